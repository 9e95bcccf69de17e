"""Publishing a tariff adopts its rates; search finds other grammatical cases of a word."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms_pages.tariffs.models import TariffIndexPage, TariffPage, TariffRate
from portal.accounts.models import User
from portal.billing.models import Rate
from tests.cms_pages.editing import by_one_person
from tests.people import Cast, make_login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]


def _decision(price: str, since: dt.date) -> TariffPage:
    page = TariffPage(
        title="Тарифы с октября", slug="order", regulator="Комитет", order_number="1-Р", order_date=since, live=False
    )
    page.rates = [TariffRate(service="cold_water", price=Decimal(price), valid_from=since)]
    TariffIndexPage.objects.get().add_child(instance=page)
    return page


def test_publishing_adopts_the_rates_and_the_page_calculates_with_them(
    client: Client, business_date: Callable[[object], None]
) -> None:
    business_date("2026-11-15")
    page = _decision("64.84", dt.date(2026, 10, 1))
    assert not Rate.objects.exists()
    page.save_revision().publish()
    assert Rate.objects.get().page_id == page.pk
    html = client.get("/tariffs/?cold=6,335&hot=").content.decode()
    assert "410,76" in html
    assert "№ 1-Р" in html


@pytest.mark.parametrize("query", ["тарифы", "тарифам", "о тарифах"])
def test_search_finds_a_word_in_any_case(client: Client, query: str) -> None:
    assert "/tariffs/" in client.get("/search/", {"q": query}).content.decode().split("<main")[1].split("</main")[0]


def _form_data(price: str) -> dict[str, str]:
    return nested_form_data(
        {
            "title": "Тарифы с октября",
            "slug": "order",
            "summary": "",
            "regulator": "Комитет",
            "order_number": "1-Р",
            "order_date": "2026-09-01",
            "order_url": "",
            "payers": "",
            "body": streamfield([]),
            "comments": inline_formset([]),
            "action-publish": "1",
            "rates": inline_formset([{"service": "cold_water", "price": price, "valid_from": "2026-10-01"}]),
        }
    )


def test_new_prices_are_published_from_their_preview_unless_changed_since(cast: Cast, client: Client) -> None:
    by_one_person()
    client.force_login(User.objects.create_superuser("chief", "chief@mail.example", "x"))
    index = TariffIndexPage.objects.get()
    preview_html = client.post(
        f"/admin/pages/add/cms_tariffs/tariffpage/{index.pk}/", _form_data("64,84")
    ).content.decode()
    page = TariffPage.objects.get()
    assert "64,84" in preview_html
    assert not page.live
    assert not Rate.objects.exists()
    outdated_url = reverse("cms_tariffs_publish", args=[page.pk, page.latest_revision_id])
    page.save_revision()
    client.post(outdated_url)
    assert not Rate.objects.exists()
    page.refresh_from_db()
    client.post(reverse("cms_tariffs_publish", args=[page.pk, page.latest_revision_id]))
    assert TariffPage.objects.get().live
    assert Rate.objects.get().price == Decimal("64.84")


def test_a_scheduled_tariff_shows_its_day_and_its_effect(cast: Cast, client: Client) -> None:
    by_one_person()
    client.force_login(User.objects.create_superuser("chief", "chief@mail.example", "x"))
    page = _decision("64.84", dt.date(2026, 10, 1))
    page.go_live_at = timezone.now() + dt.timedelta(days=9)
    revision = page.save_revision()
    client.post(reverse("cms_tariffs_publish", args=[page.pk, revision.pk]))
    edit = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "Публикация назначена на" in edit
    assert "октябрь\u00a02026" in edit
    assert not Rate.objects.exists()


def test_publishing_from_the_preview_needs_the_permission(cast: Cast, client: Client) -> None:
    page = _decision("64.84", dt.date(2026, 10, 1))
    revision = page.save_revision()
    client.force_login(make_login("clerk", staff=True))
    assert client.post(reverse("cms_tariffs_publish", args=[page.pk, revision.pk])).status_code in (302, 403)
    assert not Rate.objects.exists()
