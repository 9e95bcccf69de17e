"""A closing looks before it leaps: out of the ordinary it stops before charging, until somebody says why it is right.

Worked by hand: Anna's cold meter runs 1,900 m³ in February: 1,900 × 48.67 = 92,473.00 for water, as much wastewater at
41.05 = 77,995.00; 170,468.00 ₽ together, where January came to a few thousand for everybody.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.billing import services
from portal.billing.calculation.comparison import (
    ClosingFigures,
    ClosingLimits,
    ComparedBill,
    Concern,
    MonthFigures,
    findings,
)
from portal.billing.enums import ClosingStatus, MonthStep
from portal.billing.models import CalendarStep, Charge, ClosingReview, ClosingSettings, PeriodRun, PreviewRun, RunChunk
from portal.billing.selectors import changes_since_preview, result_of, stored_preview
from portal.billing.services import closing_checks, previewing
from portal.core.runs.enums import RunStatus
from portal.metering.models import Reading
from portal.notifications.models import Message
from portal.notifications.selectors import staff_notices
from tests.company import put_numbers
from tests.conftest import SetDate
from tests.people import Cast, make_employee
from tests.portal.billing.month import FEBRUARY, JANUARY, close, pay, read

pytestmark = pytest.mark.django_db

CLOSING_DAY = dt.date(2026, 2, 21)
PAGE = "/admin/office/closing/2026-02/"


@pytest.fixture
def january(cast: Cast) -> Cast:
    """January is closed, Anna read her meters on the 15th; hot water does not run."""
    put_numbers()
    for meter, value in zip(cast.anna.account.meters.order_by("service"), ("141.120", "80.000"), strict=True):
        read(meter, value, dt.date(2026, 1, 15))
    close(JANUARY)
    return cast


@pytest.fixture
def slip(january: Cast) -> Cast:
    """In February a digit slips: 2,041.120 instead of 147.120."""
    cold, hot = january.anna.account.meters.order_by("service")
    read(cold, "2041.120", dt.date(2026, 2, 15))
    read(hot, "80.000", dt.date(2026, 2, 15))
    return january


@pytest.fixture
def staff(db: None) -> None:
    """One login for each role."""
    call_command("setup_roles", verbosity=0)
    for name in ("accountant", "manager", "engineer"):
        make_employee(name)


def logged_in(client: Client, name: str) -> Client:
    """A browser of an employee."""
    client.force_login(Group.objects.get(name=name).user_set.get())
    return client


def run_steps() -> dict[str, str]:
    """What the timetable does on the closing day."""
    return {step.step.value: step.status.value for step in services.run_due_steps(today=CLOSING_DAY)}


USUAL = MonthFigures(total=500_000_00, lines=900)


@pytest.mark.parametrize(
    ("changes", "concerns"),
    [
        ({}, []),
        ({"total": 649_000_00}, []),
        ({"total": 651_000_00}, [Concern.TOTAL]),
        ({"total": 349_000_00}, [Concern.TOTAL]),
        ({"lines": 700}, [Concern.LINES]),
        ({"total": 14_997_459_00, "before": ()}, []),
        ({"total": 900_000_00, "before": (MonthFigures(950_000_00, 900), USUAL, USUAL)}, []),
        ({"total": 2_000_00, "before": (MonthFigures(20_00, 900),)}, []),
        ({"largest": [ComparedBill(7, 100_000_01, 900_00)]}, [Concern.LARGEST]),
        ({"high_bills": 4}, [Concern.HIGH_BILLS]),
        ({"high_bills": 3}, []),
        ({"flagged": 31}, [Concern.FLAGGED]),
        ({"reductions": 21}, [Concern.REDUCTIONS]),
        ({"no_persons": 31, "flagged": 30}, [Concern.NO_PERSONS]),
    ],
)
def test_what_is_out_of_the_ordinary(changes: dict[str, Any], concerns: list[Concern]) -> None:
    figures: dict[str, Any] = {
        "accounts": 300,
        "total": 520_000_00,
        "lines": 905,
        "largest": [ComparedBill(1, 9_000_00, 8_000_00)],
        "high_bills": 0,
        "flagged": 0,
        "reductions": 0,
        "no_persons": 0,
        "before": (USUAL, USUAL, USUAL),
    }
    findings_of_month = findings(ClosingFigures(**(figures | changes)), ClosingLimits())
    few = [Concern.HIGH_BILLS] if changes.get("high_bills") == 4 else []  # four are too few to stop for
    assert [finding.concern for finding in findings_of_month] == [concern for concern in concerns if concern not in few]


def test_the_timetable_stops_before_charging_and_tells_accountant_and_manager(slip: Cast, staff: None) -> None:
    before = Charge.objects.count()
    assert run_steps()["close"] == "held"
    assert run_steps()["close"] == "held"  # half an hour later
    assert Charge.objects.count() == before
    assert not PeriodRun.objects.filter(period=FEBRUARY.first_day).exists()
    review = ClosingReview.objects.get()
    assert [finding["concern"] for finding in review.findings] == ["total", "largest"]
    assert review.total == services.preview_closing(FEBRUARY).total > Decimal(170_468)
    letters = Message.objects.filter(kind="closing_held", channel="email")
    assert {letter.user.username for letter in letters} == {"accountant", "manager"}  # type: ignore[union-attr]
    words = letters[0].body.replace("\u00a0", " ")
    assert "Крупнейший счёт 0010001: 170 468,00 ₽" in words


def test_the_manager_lets_it_go_on_with_a_reason_and_everybody_sees_who_and_why(
    slip: Cast, staff: None, client: Client, business_date: SetDate
) -> None:
    business_date(CLOSING_DAY)
    run_steps()
    manager = logged_in(client, "manager")
    dashboard = manager.get("/admin/").content.decode()
    assert "закрытие остановлено, суммы необычные" in dashboard
    page = manager.get(PAGE)
    assert "Закрытие по расписанию остановлено" in page.content.decode()
    seen = page.context["shown"].run.pk
    refused = manager.post(f"{PAGE}start/", {"preview": seen, "reason": "  "})
    assert "Напишите, почему суммы верны" in refused.content.decode()
    assert not PeriodRun.objects.filter(period=FEBRUARY.first_day).exists()
    manager.post(f"{PAGE}start/", {"preview": seen, "reason": "Прорыв у абонента, акт № 3"})
    run = PeriodRun.objects.get(period=FEBRUARY.first_day)
    review = run.reviews.get()
    assert (review.decided_by.username, review.reason) == ("manager", "Прорыв у абонента, акт № 3")  # type: ignore[union-attr]
    services.close_chunk(chunk_id=RunChunk.objects.get(run=run).pk)
    assert "Прорыв у абонента, акт № 3" in manager.get(PAGE).content.decode()
    noted = ModelLogEntry.objects.get(action="portal.decided")
    assert (noted.user.username, noted.data["after"]) == ("manager", "Прорыв у абонента, акт № 3")
    assert run_steps()["close"] == "done"
    assert CalendarStep.objects.get(step=MonthStep.CLOSE, period=FEBRUARY.first_day).status == "done"
    assert not staff_notices(review.decided_by).exists()  # type: ignore[arg-type]  # the alarm is withdrawn


def test_an_accountant_is_asked_once_with_the_sums(
    slip: Cast, staff: None, client: Client, business_date: SetDate
) -> None:
    business_date(CLOSING_DAY)
    accountant = logged_in(client, "accountant")
    page = accountant.get(PAGE).content.decode().replace("\u00a0", " ")
    assert "Крупнейший счёт 0010001: 170 468,00 ₽" in page
    assert accountant.post(f"{PAGE}start/", {}).status_code == 200
    assert not ClosingReview.objects.exists()
    seen = PreviewRun.objects.get().pk
    accountant.post(f"{PAGE}start/", {"preview": seen, "reason": "Проверено"})
    assert ClosingReview.objects.get().run is not None
    assert not ClosingReview.objects.get().automatic


def test_what_was_seen_before_the_facts_changed_does_not_count(
    slip: Cast, staff: None, client: Client, business_date: SetDate
) -> None:
    business_date(CLOSING_DAY)
    accountant = logged_in(client, "accountant")
    accountant.get(PAGE)
    read(slip.anna.account.meters.order_by("service")[1], "90", dt.date(2026, 2, 16))
    accountant.post(f"{PAGE}start/", {"preview": 0, "reason": "Проверено"})
    assert not PeriodRun.objects.filter(period=FEBRUARY.first_day).exists()


def test_an_engineer_neither_sees_nor_releases_it(
    slip: Cast, staff: None, client: Client, business_date: SetDate
) -> None:
    business_date(CLOSING_DAY)
    run_steps()
    engineer = logged_in(client, "engineer")
    assert engineer.get(PAGE).status_code == 302
    engineer.post(f"{PAGE}start/", {"preview": PreviewRun.objects.get().pk, "reason": "x"})
    engineer.post(f"{PAGE}preview/")
    assert ClosingReview.objects.get().decided_at is None


def test_a_manager_closes_no_month_that_did_not_stop(
    january: Cast, staff: None, client: Client, business_date: SetDate
) -> None:
    business_date(CLOSING_DAY)
    logged_in(client, "manager").post(f"{PAGE}start/", {"reason": "x"})
    assert not PeriodRun.objects.filter(period=FEBRUARY.first_day).exists()


def test_a_mended_slip_closes_without_a_reason_and_settles_the_stop(
    slip: Cast, staff: None, client: Client, business_date: SetDate
) -> None:
    business_date(CLOSING_DAY)
    run_steps()
    read(slip.anna.account.meters.order_by("service")[0], "147.120", dt.date(2026, 2, 15))  # replaces it
    logged_in(client, "accountant").post(f"{PAGE}start/", {})
    assert PeriodRun.objects.get(period=FEBRUARY.first_day).status == ClosingStatus.RUNNING
    assert ClosingReview.objects.get().reason == closing_checks.WITHIN_LIMITS


def test_a_first_month_is_not_stopped_for_lack_of_comparison(cast: Cast) -> None:
    put_numbers()
    assert run_steps()["close"] == "done"
    assert result_of(PreviewRun.objects.get()).before == ()


def test_the_limits_are_settings(slip: Cast) -> None:
    limits = ClosingSettings.load()
    limits.least_difference, limits.largest_bill = 10_000_000, 1_000_000
    limits.save()
    assert run_steps()["close"] == "done"


def test_the_command_goes_on_and_warns(slip: Cast, business_date: SetDate, capsys: pytest.CaptureFixture[str]) -> None:
    business_date(CLOSING_DAY)
    with pytest.raises(SystemExit):
        call_command("close_period", "2026-02", "--check")
    assert "0010001" in capsys.readouterr().err
    assert not PeriodRun.objects.filter(period=FEBRUARY.first_day).exists()
    call_command("close_period", "2026-02")
    out, err = capsys.readouterr()
    assert out.splitlines()[-1].startswith("2026-02: 4 accounts closed, 0 wait")
    assert "warning" in err


def test_many_accounts_are_computed_in_jobs_and_kept_until_the_facts_change(
    january: Cast, staff: None, client: Client, business_date: SetDate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 1)
    monkeypatch.setattr(previewing, "CHUNK", 3)
    business_date(CLOSING_DAY)
    accountant = logged_in(client, "accountant")
    assert "Рассчитать предпросмотр" in accountant.get(PAGE).content.decode()
    accountant.post(f"{PAGE}start/", {})
    assert not PeriodRun.objects.filter(period=FEBRUARY.first_day).exists()  # not without its preview
    accountant.post(f"{PAGE}preview/")
    run = stored_preview(FEBRUARY)
    assert run is not None
    assert run.status == RunStatus.RUNNING
    assert "Счетов: 0 из 4" in accountant.get(PAGE).content.decode()
    for chunk in run.chunks.all():
        services.preview_chunk(chunk_id=chunk.pk)
        services.preview_chunk(chunk_id=chunk.pk)  # delivered twice
    assert accountant.get(f"{PAGE}preview/progress/")["HX-Refresh"] == "true"
    run.refresh_from_db()
    kept, now = result_of(run), services.preview_closing(FEBRUARY)
    assert (kept.part.as_json(), kept.before) == (now.part.as_json(), now.before)
    pay(january.anna.account, "100", dt.date(2026, 2, 10))
    assert not changes_since_preview(run).facts_changed
    assert changes_since_preview(run).payments_changed
    accountant.post(f"{PAGE}start/", {})
    assert PeriodRun.objects.filter(period=FEBRUARY.first_day).exists()


@pytest.mark.parametrize("change", ["reading", "persons", "norm", "meter", "set_aside"])
def test_a_kept_preview_knows_that_a_fact_changed(january: Cast, change: str) -> None:
    meter = january.anna.account.meters.order_by("service")[0]
    flagged = read(meter, "146.120", dt.date(2026, 2, 12))
    run = services.start_preview(period=FEBRUARY)
    if change == "reading":
        read(meter, "147.120", dt.date(2026, 2, 15))
    elif change == "persons":
        january.anna.account.occupancies.create(since=dt.date(2026, 2, 1), registered=3)
    elif change == "norm":
        from portal.billing.models import Norm

        Norm.objects.filter(service="cold_water").update(value=Decimal("5.000"))
    elif change == "meter":
        type(meter).objects.filter(pk=meter.pk).update(verified_until=dt.date(2026, 1, 31))
    else:
        from portal.metering.reviewing import set_aside

        set_aside(reading=flagged, by=None, moment=dt.datetime(2026, 2, 13, tzinfo=dt.UTC))
    assert changes_since_preview(run).facts_changed
    assert not changes_since_preview(services.start_preview(period=FEBRUARY)).facts_changed
    assert PreviewRun.objects.count() == 1


def test_the_timetable_waits_for_its_jobs_and_goes_on(january: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 1)
    assert "close" not in run_steps()
    run = PreviewRun.objects.get()
    assert run.automatic
    for chunk in run.chunks.all():
        services.preview_chunk(chunk_id=chunk.pk)
    read(january.anna.account.meters.order_by("service")[0], "147.120", dt.date(2026, 2, 15))  # somebody always reads
    assert run_steps()["close"] == "done"


def test_a_preview_that_lost_its_jobs_is_put_back(january: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 1)
    run = services.start_preview(period=FEBRUARY)
    assert services.sweep_previews() == 0
    run.chunks.update(queued_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert services.sweep_previews() == run.chunks.count() == 1


def test_the_database_refuses_a_word_without_a_reason(slip: Cast) -> None:
    run_steps()
    with pytest.raises(IntegrityError), transaction.atomic():
        ClosingReview.objects.update(decided_at=dt.datetime(2026, 2, 21, tzinfo=dt.UTC))
    assert Reading.objects.exists()


def test_another_resident_cannot_reach_it(slip: Cast, client: Client) -> None:
    client.force_login(slip.stranger.user)
    assert client.get(reverse("office_closing_month", args=["2026-02"])).status_code in {302, 403, 404}
