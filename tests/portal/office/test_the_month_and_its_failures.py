"""The month's page: steps done, due and failed, run now; failures are alerts on the dashboard."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.billing.enums import ClosingStatus
from portal.billing.models import CalendarStep, LedgerCheck, Norm, PeriodRun, WorkdayYear
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from portal.receipts.issuing import issue_receipts
from tests.conftest import SetDate
from tests.people import Cast, Clerk

pytestmark = pytest.mark.django_db
MANAGER = ("office.watch_month", "office.run_month_step")


@pytest.fixture
def late(cast: Cast, numbers: None, business_date: object) -> Cast:
    """25 November: November should have been closed on the 21st."""
    business_date("2026-11-25")  # type: ignore[operator]
    return cast


def test_a_manager_sees_a_late_step_and_runs_it(late: Cast, clerk: Clerk, client: Client) -> None:
    clerk(*MANAGER)
    assert "просрочено" in client.get("/admin/").content.decode()
    run = reverse("office_run_step", args=["2026-11", "close"])
    assert run in client.get(reverse("office_month")).content.decode()
    assert "закрытие запущено" in client.post(run, follow=True).content.decode()
    assert PeriodRun.objects.get().period == dt.date(2026, 11, 1)
    assert run not in client.get(reverse("office_month")).content.decode()


def test_a_step_that_fails_says_why(late: Cast, clerk: Clerk, client: Client) -> None:
    clerk(*MANAGER)
    WorkdayYear.objects.filter(year=2026).delete()
    client.post(reverse("office_run_step", args=["2026-11", "close"]))
    page = client.get(reverse("office_month")).content.decode()
    assert CalendarStep.objects.get().status == "failed"
    assert "не внесён производственный календарь на 2026 год" in page
    assert "не удалось" in client.get("/admin/").content.decode()


def test_receipts_wait_for_the_closing(late: Cast, clerk: Clerk, client: Client) -> None:
    clerk(*MANAGER)
    answer = client.post(reverse("office_run_step", args=["2026-11", "receipts"]), follow=True)
    assert "Сначала закройте месяц" in answer.content.decode()
    assert not CalendarStep.objects.exists()


def test_failures_stand_on_the_dashboard_until_they_are_mended(late: Cast, clerk: Clerk, client: Client) -> None:
    clerk(*MANAGER, "office.close_month")
    norms = list(Norm.objects.filter(service="cold_water"))
    Norm.objects.filter(service="cold_water").delete()
    close_period(period=Period(2026, 11), executor=Executor.INLINE)
    LedgerCheck.objects.create(
        ran_at=timezone.now(), entries=4, problems=1, listed=[[late.anna.account.pk, "closing", "2026-11"]]
    )
    assert PeriodRun.objects.get().status == ClosingStatus.INCOMPLETE
    page = client.get("/admin/").content.decode()
    assert "часть счетов не рассчитана" in page
    assert "Книга не сходится: проблем 1" in page
    assert late.anna.account.number in client.get(reverse("office_ledger_checks")).content.decode()
    Norm.objects.bulk_create(norms)
    close_period(period=Period(2026, 11), executor=Executor.INLINE)
    LedgerCheck.objects.create(ran_at=timezone.now(), entries=4, problems=0)
    page = client.get("/admin/").content.decode()
    assert "не рассчитана" not in page
    assert "Книга не сходится" not in page


def test_what_was_left_is_downloaded_with_its_reasons(late: Cast, clerk: Clerk, client: Client) -> None:
    clerk(*MANAGER, "office.close_month")
    november = Period(2026, 11)
    Norm.objects.filter(service="cold_water").delete()
    close_period(period=november, executor=Executor.INLINE)
    shown = client.get(reverse("office_closing_month", args=["2026-11"])).content.decode()
    address = reverse("office_closing_failures", args=["2026-11"])
    assert f"{address}?export=csv" in shown
    table = client.get(address, {"export": "csv"}).content.decode("utf-8-sig")
    assert late.anna.account.number in table
    assert "Нет действующего норматива" in table
    issue_receipts(
        period=november, issued_on=dt.date(2026, 12, 1), executor=Executor.INLINE, with_files=False, notify=False
    )
    issued = client.get(reverse("office_issue_failures", args=["2026-11"]))
    assert issued["Content-Disposition"] == 'attachment; filename="receipts-not-made-2026-11.xlsx"'


def test_whoever_only_looks_runs_nothing(late: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.watch_month")
    client.post(reverse("office_run_step", args=["2026-11", "close"]))
    assert not PeriodRun.objects.exists()
    clerk("office.enter_readings", username="other")
    assert client.get(reverse("office_ledger_checks")).status_code == 302
    assert "просрочено" not in client.get("/admin/").content.decode()


def test_a_year_without_the_governments_transfers_is_named_and_shouts_in_december(
    cast: Cast, clerk: Clerk, client: Client, business_date: SetDate
) -> None:
    clerk(*MANAGER, "billing.view_workdayyear", "billing.change_workdayyear")
    years, words = reverse("billing_workdayyear_modeladmin_index"), "Рабочие дни 2027 года"
    business_date("2026-11-30")
    for address in (years, reverse("office_month")):
        page = client.get(address).content.decode()
        assert f"{words} считаются только по статье 112" in page
        assert "день, с которого идут пени" in page
    assert words not in client.get("/admin/").content.decode()
    business_date("2026-12-01")
    assert words in client.get("/admin/").content.decode()
    WorkdayYear.objects.filter(year=2027).update(by_decree=True)
    assert words not in client.get("/admin/").content.decode()
    WorkdayYear.objects.filter(year=2027).delete()
    assert "календарь 2027 года не внесён" in client.get("/admin/").content.decode()
    assert "Рабочие дни 2026" not in client.get(years).content.decode()
