"""Jobs that broke and letters that were given up: told once a day to those who can mend it, nothing older."""

import datetime as dt
import uuid

import pytest
from django_q.models import Failure, Schedule

from portal.accounts.models import User
from portal.core.clock import MOSCOW
from portal.core.schedule import PREFIX
from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Message
from portal.operations import failed_jobs
from tests.people import make_clerk

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 15, 9, 0, tzinfo=MOSCOW)
CLOSING = "portal.billing.jobs.close_chunk"
POST = "portal.notifications.jobs.send_due"


@pytest.fixture(autouse=True)
def watcher(db: None) -> User:
    """Watches the month."""
    return make_clerk("watcher", "office.watch_month")


def broke(func: str, hours_ago: float, result: str | None = "Traceback\nValueError: no norm") -> None:
    """A job of the queue that failed so long before NOW."""
    at = NOW - dt.timedelta(hours=hours_ago)
    Failure.objects.create(
        id=uuid.uuid4().hex, name="x", func=func, success=False, started=at, stopped=at, result=result
    )


def inbox(user: User) -> list[Message]:
    """What stands in somebody's messages, oldest first."""
    return list(Message.objects.filter(user=user, channel=DeliveryChannel.INBOX).order_by("pk"))


def test_each_job_is_a_message_with_its_last_error_and_count(watcher: User) -> None:
    Schedule.objects.create(name=f"{PREFIX}send-due", func=POST)
    broke(POST, 5, "Traceback\nOSError: first")
    broke(POST, 2, "Traceback\n  line\nOSError: disk full\n")
    broke(CLOSING, 3)
    failed_jobs.notify_failures(now=NOW)
    first, second = inbox(watcher)
    assert CLOSING in first.subject, "a job that the timetable does not know is called by its function"
    assert POST not in second.subject
    assert "прервалось 2 раза, последний раз 15 ноября, 7:00" in second.body.replace("\xa0", " ")
    assert "OSError: disk full" in second.body
    assert "first" not in second.body
    assert second.link == "/admin/office/month/"


@pytest.mark.parametrize("hours", [25, -1])
def test_what_broke_before_the_last_day_or_after_now_is_not_told(watcher: User, hours: int) -> None:
    broke(CLOSING, hours)
    assert failed_jobs.notify_failures(now=NOW) == 0
    assert inbox(watcher) == []


def test_it_is_told_once_a_day_however_often_it_is_looked_for(watcher: User) -> None:
    broke(CLOSING, 5)
    assert failed_jobs.notify_failures(now=NOW) > 0
    broke(CLOSING, 1)
    assert failed_jobs.notify_failures(now=NOW) == 0
    broke(CLOSING, -24)
    assert failed_jobs.notify_failures(now=NOW + dt.timedelta(days=1)) > 0
    assert len(inbox(watcher)) == 2


@pytest.mark.parametrize("result", [None, "", "\n \n"])
def test_a_job_that_left_no_error_is_told_without_one(watcher: User, result: str | None) -> None:
    broke(CLOSING, 1, result)
    failed_jobs.notify_failures(now=NOW)
    (message,) = inbox(watcher)
    assert "прервалось 1 раз" in message.body


def test_an_endless_error_is_cut(watcher: User) -> None:
    broke(CLOSING, 1, "x" * 5000)
    failed_jobs.notify_failures(now=NOW)
    assert inbox(watcher)[0].body.count("x") <= 310


# Letters.


def letter(state: str, hours_ago: int) -> None:
    """A letter whose last attempt was so long before NOW."""
    at = NOW - dt.timedelta(hours=hours_ago)
    Message.objects.create(
        event=uuid.uuid4().hex,
        kind="debt_reminder",
        channel=DeliveryChannel.EMAIL,
        address="a@mail.example",
        state=state,
        due_at=at,
        claimed_at=None if state == MessageState.WAITING else at,
    )


def test_letters_given_up_within_a_day_are_counted_and_told_once() -> None:
    postmaster = make_clerk("postmaster", "notifications.retry_message")
    for state, hours in ((MessageState.FAILED, 1), (MessageState.FAILED, 23), (MessageState.FAILED, 25)):
        letter(state, hours)
    letter(MessageState.WAITING, 1)
    letter(MessageState.SENT, 1)
    for _look in range(2):
        failed_jobs.notify_undelivered(now=NOW)
    (message,) = inbox(postmaster)
    assert "не доставлено писем: 2" in message.body
    assert message.link == "/admin/notices/history/?state=failed&channel=email"


def test_without_lost_letters_nothing_is_told() -> None:
    make_clerk("postmaster", "notifications.retry_message")
    letter(MessageState.FAILED, 30)
    assert failed_jobs.notify_undelivered(now=NOW) == 0
    assert not Message.objects.filter(kind="letters_undelivered").exists()
