"""A new company is led through what its first receipts need; until then nothing is closed and nothing is issued."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Account, User
from portal.billing.enums import MonthStep, StepStatus
from portal.billing.models import Norm, PeriodRun, Rate
from portal.billing.services import run_step
from portal.core.models import CompanySettings
from portal.core.periods import Period
from portal.receipts.models import ReceiptRun
from tests.company import put_company
from tests.conftest import SetDate
from tests.people import Cast

pytestmark = pytest.mark.django_db
PAGE = "/admin/office/first-steps/"
NOVEMBER = Period(2026, 11)


@pytest.fixture(autouse=True)
def late_november(business_date: SetDate) -> None:
    business_date("2026-11-25")


def shown(client: Client, user: User, page: str = PAGE) -> str:
    """A page of the admin as an employee sees it."""
    client.force_login(user)
    return " ".join(client.get(page).content.decode().split())


def test_an_empty_site_says_what_is_missing_who_fills_it_and_where(staff: dict[str, User], client: Client) -> None:
    page = shown(client, staff["accountant"])
    assert "Готово шагов, без которых квитанций не будет: 1 из 6." in page
    assert "ИНН</div>" in page
    assert f'href="{reverse("office_number", args=["norm"])}"' in page
    assert reverse("office_import", args=["accounts"]) not in page, "the registrar imports accounts"
    assert "Регистратор" in page
    assert reverse("office_import", args=["accounts"]) in shown(client, staff["registrar"])
    assert "<script" not in page.split("<main")[1].split("Почта и карты")[0]


def test_the_dashboard_shows_how_far_it_is_until_it_is_whole(staff: dict[str, User], client: Client) -> None:
    assert "Готово шагов" in shown(client, staff["manager"], "/admin/")
    assert "Готово шагов" not in shown(client, staff["dispatcher"], "/admin/")


def test_a_whole_company_is_told_so(cast: Cast, numbers: None, staff: dict[str, User], client: Client) -> None:
    page = shown(client, staff["manager"])
    assert "месяц можно закрывать, квитанции выпускать" in page
    assert "АО «Водоканал Павшино», ИНН 5024187340" in page
    assert "Готово шагов" not in shown(client, staff["manager"], "/admin/")


def test_wrong_numbers_are_wrong_until_they_are_confirmed(staff: dict[str, User], client: Client) -> None:
    put_company()
    CompanySettings.objects.update(inn="5024187341", bank_account="40702810138000017426")
    page = shown(client, staff["accountant"])
    assert "контрольная цифра ИНН не сходится" in page
    assert "ключ расчётного счёта не подходит к БИК" in page
    CompanySettings.objects.update(bank_details_confirmed=True)
    assert "не сходится" not in shown(client, staff["accountant"])


MISSING = {
    "Название и ИНН компании": lambda: CompanySettings.objects.update(inn=""),
    "Реквизиты": lambda: CompanySettings.objects.update(bic=""),
    "Тарифы (Водоотведение)": lambda: Rate.objects.filter(service="wastewater").delete(),
    "Улицы и лицевые счета": lambda: Account.objects.update(opened_on=dt.date(2027, 1, 1)),
}


@pytest.mark.parametrize("step", MISSING)
def test_no_month_is_closed_by_screen_command_or_timetable(
    cast: Cast, numbers: None, staff: dict[str, User], client: Client, step: str
) -> None:
    MISSING[step]()
    client.force_login(staff["accountant"])
    answer = client.post(reverse("office_closing_start", args=["2026-11"]), follow=True)
    assert step in answer.content.decode()
    with pytest.raises(CommandError, match="SetupIncomplete"):
        call_command("close_period", "2026-11")
    if Account.objects.filter(opened_on__lte=NOVEMBER.last_day).exists():
        ran = run_step(period=NOVEMBER, step=MonthStep.CLOSE, today=dt.date(2026, 11, 25))
        assert ran.status == StepStatus.FAILED
    assert not PeriodRun.objects.exists()


@pytest.mark.parametrize("lost", ["inn", "norms"])
def test_no_receipt_is_issued_by_screen_command_or_timetable(
    cast: Cast, numbers: None, staff: dict[str, User], client: Client, lost: str
) -> None:
    call_command("close_period", "2026-11")
    if lost == "inn":
        CompanySettings.objects.update(inn="")
    else:
        Norm.objects.all().delete()
    client.force_login(staff["accountant"])
    answer = client.post(reverse("office_issue_receipts", args=["2026-11"]), follow=True)
    assert "Портал ещё не настроен" in answer.content.decode()
    with pytest.raises(CommandError, match="SetupIncomplete"):
        call_command("issue_receipts", "2026-11")
    assert run_step(period=NOVEMBER, step=MonthStep.RECEIPTS, today=dt.date(2026, 11, 25)).status == StepStatus.FAILED
    assert not ReceiptRun.objects.exists()


def test_a_test_letter_shows_what_the_server_said(staff: dict[str, User], client: Client, settings: object) -> None:
    client.force_login(staff["manager"])
    answer = client.post(reverse("office_test_letter"), follow=True).content.decode()
    assert "Почтовый сервер принял письмо для manager@mail.example" in answer
    assert "пробное письмо принято" in answer
    assert mail.outbox[0].to == ["manager@mail.example"]
    settings.EMAIL_BACKEND = "portal.notifications.unconfigured_mail.UnconfiguredBackend"  # type: ignore[attr-defined]
    answer = client.post(reverse("office_test_letter"), follow=True).content.decode()
    assert "EMAIL_URL is not set" in answer
    assert "письма ждут и не отправляются" in answer
