"""Timed jobs started by hand, failed ones run again; what is wrong stands on the dashboard; the proof in words."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success

from portal.billing.enums import ClosingStatus
from portal.billing.models import LedgerCheck, PeriodRun
from portal.core.schedule import PREFIX
from portal.office.dashboard.alerts import alerts
from tests.answers import messages_of, text_of
from tests.conftest import SetDate
from tests.people import Cast, Clerk

pytestmark = pytest.mark.django_db
MONTH = reverse("office_month")
JOB = "portal.notifications.jobs.send_due"
TODAY = dt.date(2026, 11, 12)


@pytest.fixture
def manager(cast: Cast, clerk: Clerk, client: Client, business_date: SetDate) -> Client:
    business_date(TODAY)
    clerk("office.watch_month", "office.run_month_step")
    return client


def broken(**changes: object) -> Failure:
    values = {
        "id": uuid.uuid4().hex,
        "name": "x",
        "func": JOB,
        "success": False,
        "started": timezone.now(),
        "stopped": timezone.now(),
        "args": (),
        "kwargs": {},
        "result": "OSError: disk full",
    }
    return Failure.objects.create(**values | changes)


def queued() -> list[str]:
    return [row.func() for row in OrmQ.objects.all()]


# Timed jobs.


def test_a_timed_job_is_queued_by_hand(manager: Client) -> None:
    Schedule.objects.create(name=f"{PREFIX}send-due", func=JOB)
    assert messages_of(manager.post(reverse("office_run_now", args=["send-due"]))) == [
        "В очереди: запустится в течение минуты."
    ]
    assert queued() == [JOB]


@pytest.mark.parametrize("name", ["unheard", "send-due"])
def test_a_job_that_is_none_is_not_queued(manager: Client, name: str) -> None:
    Schedule.objects.create(name="other:send-due", func=JOB)
    assert messages_of(manager.post(reverse("office_run_now", args=[name]))) == ["Такого задания больше нет."]
    assert queued() == []


def test_a_failed_job_is_run_again_once_with_its_data(manager: Client) -> None:
    failure = broken(func="portal.billing.jobs.close_chunk", args=(7,), kwargs={"x": 1})
    assert "OSError: disk full" in text_of(manager.get(MONTH))
    url = reverse("office_run_again", args=[failure.pk])
    manager.post(url)
    job = OrmQ.objects.get().task
    assert (job["func"], job["args"], job["kwargs"]) == ("portal.billing.jobs.close_chunk", (7,), {"x": 1})
    assert messages_of(manager.post(url))[-1] == "Такого задания больше нет.", "a second click"
    assert OrmQ.objects.count() == 1
    assert "OSError: disk full" not in text_of(manager.get(MONTH))


def test_a_job_shows_when_it_ran_and_what_came_of_it(manager: Client) -> None:
    ran = Success.objects.create(
        id=uuid.uuid4().hex,
        name="x",
        func=JOB,
        success=True,
        started=timezone.now(),
        stopped=timezone.now(),
        result="messages 5",
    )
    Schedule.objects.create(name=f"{PREFIX}send-due", func=JOB, task=ran.pk)
    (job,) = manager.get(MONTH).context["month"].jobs
    assert (job.name, job.succeeded, job.result) == ("send-due", True, "messages 5")
    assert job.label


def test_whoever_only_watches_starts_nothing(cast: Cast, clerk: Clerk, client: Client) -> None:
    Schedule.objects.create(name=f"{PREFIX}send-due", func=JOB)
    failure = broken()
    clerk("office.watch_month")
    page = text_of(client.get(MONTH))
    assert reverse("office_run_now", args=["send-due"]) not in page
    for url in (reverse("office_run_now", args=["send-due"]), reverse("office_run_again", args=[failure.pk])):
        assert client.post(url)["Location"] == reverse("wagtailadmin_home")
    assert queued() == []
    assert Failure.objects.count() == 1


@pytest.mark.parametrize(("period", "step"), [("2026-13", "close"), ("2026-11", "unheard"), ("x", "close")])
def test_a_step_that_is_none_is_not_found(manager: Client, period: str, step: str) -> None:
    assert manager.post(reverse("office_run_step", args=[period, step])).status_code == 404


# The dashboard.


def texts(now: dt.datetime | None = None) -> list[str]:
    return [alert.text.replace("\xa0", " ") for alert in alerts(TODAY, now or timezone.now())]


def run(status: ClosingStatus, started: dt.datetime, *, month: int = 10) -> PeriodRun:
    return PeriodRun.objects.create(
        period=dt.date(2026, month, 1), closing_day=dt.date(2026, month, 21), status=status, started_at=started
    )


@pytest.mark.parametrize(("minutes", "stuck"), [(59, False), (61, True)])
def test_a_closing_that_runs_for_more_than_an_hour_is_told(
    cast: Cast, numbers: None, minutes: int, stuck: bool
) -> None:
    now = timezone.now()
    run(ClosingStatus.RUNNING, now - dt.timedelta(minutes=minutes))
    assert any("больше часа" in text for text in texts(now)) is stuck


def test_failed_jobs_of_three_days_are_counted(cast: Cast, numbers: None) -> None:
    now = timezone.now()
    for hours in (1, 71, 73):
        broken(stopped=now - dt.timedelta(hours=hours))
    assert [text for text in texts(now) if "Задани" in text] == ["Заданий с ошибкой за три дня: 2."]


def test_the_last_proof_alone_counts(cast: Cast, numbers: None) -> None:
    now = timezone.now()
    LedgerCheck.objects.create(ran_at=now - dt.timedelta(days=1), entries=4, problems=2)
    assert "Книга не сходится: проблем 2." in texts(now)
    LedgerCheck.objects.create(ran_at=now, entries=4, problems=0)
    assert not any("Книга" in text for text in texts(now))


def test_an_undone_closing_is_left_to_a_person(cast: Cast, numbers: None) -> None:
    run(ClosingStatus.REVERSED, timezone.now())
    (text,) = [text for text in texts() if "отменено" in text]
    assert text.startswith("октябрь 2026")
    run(ClosingStatus.DONE, timezone.now())
    assert not any("отменено" in text for text in texts())


def test_nothing_is_wrong_and_nothing_is_said(cast: Cast, numbers: None) -> None:
    assert [text for text in texts() if "просрочено" not in text] == []


# The proof of the ledger, in words.


@pytest.mark.parametrize(
    ("problem", "shown"),
    [
        (["checkpoint", "2026-10", "100.50", "99.00"], "октябрь 2026: сохранено 100,50 ₽, по записям 99,00 ₽"),
        (["receipt_reversed", "0010001-2026-10"], "квитанция 0010001-2026-10"),
        (["entry_without_charge", "charge:7"], "charge:7"),
        (["checkpoint", "2026-10"], "2026-10"),
        (["unheard", "a", "b"], "a b"),
    ],
)
def test_a_problem_is_said_in_words_with_its_sums(manager: Client, cast: Cast, problem: list[str], shown: str) -> None:
    pk = cast.anna.account.pk
    LedgerCheck.objects.create(ran_at=timezone.now(), entries=4, problems=1, listed=[[pk, *problem]])
    page = manager.get(reverse("office_ledger_checks"))
    (row,) = page.context["problems"]
    assert (row.account_id, row.number) == (pk, cast.anna.account.number)
    assert row.detail.replace("\xa0", " ") == shown
    assert str(row.label) != problem[0] or problem[0] == "unheard"


def test_a_problem_of_no_account_and_of_one_that_is_gone(manager: Client) -> None:
    LedgerCheck.objects.create(
        ran_at=timezone.now(),
        entries=4,
        problems=2,
        listed=[[None, "entry_without_payment", "payment:7"], [99999, "receipt", "5"]],
    )
    rows = manager.get(reverse("office_ledger_checks")).context["problems"]
    assert [(row.account_id, row.number) for row in rows] == [(None, ""), (None, "")]


def test_a_ledger_that_was_never_proven_says_so(manager: Client) -> None:
    page = manager.get(reverse("office_ledger_checks"))
    assert page.context["latest"] is None
    assert page.context["problems"] == []
