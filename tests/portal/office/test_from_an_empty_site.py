"""From an empty site to the first receipts, as the first steps lead: numbers by their screens, accounts from a file."""

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms_pages.tariffs.models import TariffIndexPage, TariffPage
from portal.accounts.models import Account, User
from portal.approvals.models import ApprovalSettings
from portal.billing import jobs as billing_jobs
from portal.billing.enums import ClosingStatus
from portal.billing.models import PeriodRun, RunChunk
from portal.core.models import CompanySettings
from portal.receipts import jobs as receipt_jobs
from portal.receipts.models import Receipt, ReceiptChunk
from tests.conftest import SetDate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
PRICES = {"cold_water": "64,84", "hot_water": "245,11", "wastewater": "73,82"}
NORMS = {"cold_water": "4,331", "hot_water": "3,087", "wastewater": "7,418"}


@pytest.fixture
def chief(client: Client, business_date: SetDate) -> Client:
    business_date("2026-11-05")
    rules = ApprovalSettings.load()
    rules.two_people_tariffs = rules.two_people_norms = False
    rules.save()
    client.force_login(User.objects.create_superuser("chief", "chief@portal.example", "x"))
    return client


def left(client: Client) -> list[str]:
    """Required steps that the page still names."""
    page = client.get(reverse("office_first_steps"))
    return [row.declared.key for row in page.context["setup"].missing]


def enter_company(client: Client) -> None:
    company = CompanySettings.load()
    answer = client.post(
        reverse("wagtailsettings:edit", args=["core", "companysettings", company.pk]),
        {
            "name": "Родник",
            "legal_name": "МУП «Родник»",
            "inn": "5024187340",
            "kpp": "502401001",
            "bank_name": "ПАО Сбербанк",
            "bank_account": "40702810138000017425",
            "bic": "044525225",
            "correspondent_account": "30101810400000000225",
            "office_phone": "+7 495 000-00-00",
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors


def import_accounts(client: Client) -> None:
    """The sample of the screen, filled in as it is."""
    sample = client.get(reverse("office_import_sample", args=["accounts"]))
    content = b"".join(sample) if sample.streaming else sample.content
    file = SimpleUploadedFile("accounts.xlsx", content)
    checked = client.post(reverse("office_import", args=["accounts"]), {"file": file})
    client.post(checked["Location"])
    assert Account.objects.exists()


def publish_tariffs(client: Client) -> None:
    index = TariffIndexPage.objects.get()
    rates = [{"service": name, "price": price, "valid_from": "2026-11-01"} for name, price in PRICES.items()]
    form = {
        "title": "Тарифы",
        "slug": "order",
        "summary": "",
        "regulator": "Комитет",
        "order_number": "1-Р",
        "order_date": "2026-10-01",
        "order_url": "",
        "payers": "",
        "body": streamfield([]),
        "comments": inline_formset([]),
        "action-publish": "1",
        "rates": inline_formset(rates),
    }
    client.post(f"/admin/pages/add/cms_tariffs/tariffpage/{index.pk}/", nested_form_data(form))
    page = TariffPage.objects.get()
    client.post(reverse("cms_tariffs_publish", args=[page.pk, page.latest_revision_id]))


def enter_norms(client: Client) -> None:
    url = reverse("office_number", args=["norm"])
    for service, value in NORMS.items():
        written = {"service": service, "valid_from": "2020-02-01", "value": value, "source": "Распоряжение № 2"}
        html = client.post(url, written).content.decode()
        token = re.search(r'name="preview_token" value="([^"]+)"', html)
        assert token
        client.post(url, {**written, "preview_token": token[1], "confirmed": "1"})


def test_each_step_is_done_by_its_screen_and_the_first_receipts_go(chief: Client, business_date: SetDate) -> None:
    assert left(chief) == ["company", "bank-details", "rates", "norms", "accounts"]
    enter_company(chief)
    assert left(chief) == ["rates", "norms", "accounts"]
    import_accounts(chief)
    publish_tariffs(chief)
    assert left(chief) == ["norms"]
    enter_norms(chief)
    assert left(chief) == []
    business_date("2026-11-25")
    chief.post(reverse("office_closing_start", args=["2026-11"]))
    for chunk in RunChunk.objects.all():
        billing_jobs.close_chunk(chunk.pk)
    assert PeriodRun.objects.get().status == ClosingStatus.DONE
    chief.post(reverse("office_issue_receipts", args=["2026-11"]))
    for chunk in ReceiptChunk.objects.all():
        receipt_jobs.issue_chunk(chunk.pk)
    assert Receipt.objects.count() == Account.objects.count() > 0
    receipt = Receipt.objects.order_by("-to_pay").first()
    assert receipt is not None
    assert receipt.to_pay > Decimal(0)
    assert receipt.data["company"]["legal_name"] == "МУП «Родник»"
