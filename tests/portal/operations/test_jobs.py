"""Entry points of the timetable: what each says in the queue's list of jobs."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone
from django_q.models import Failure

from portal.billing.models import LedgerCheck
from portal.notifications.models import Message
from portal.operations import jobs
from portal.payments.models import Payment
from tests.company import put_numbers
from tests.people import Cast, make_clerk
from tests.portal.billing.month import JANUARY, close
from tests.portal.payments.bank import begin

pytestmark = pytest.mark.django_db


def test_the_proof_says_how_much_it_read_and_what_it_found(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    assert jobs.check_ledger() == "8 entries, 0 problems"
    Payment.objects.filter(pk=begin(cast.anna).pk).update(
        state="succeeded", paid_at=timezone.now(), paid_on=dt.date(2026, 1, 31)
    )
    assert jobs.check_ledger() == "8 entries, 1 problems"
    assert [check.problems for check in LedgerCheck.objects.order_by("pk")] == [0, 1]


def test_failures_and_lost_letters_are_told_together(cast: Cast) -> None:
    make_clerk("watcher", "office.watch_month")
    make_clerk("postmaster", "notifications.retry_message")
    assert jobs.notify_failures() == "messages 0"
    now = timezone.now()
    Failure.objects.create(
        id=uuid.uuid4().hex, name="x", func="f", success=False, started=now, stopped=now, result="OSError"
    )
    Message.objects.create(
        event="lost",
        kind="debt_reminder",
        channel="email",
        address="a@mail.example",
        state="failed",
        due_at=now,
        claimed_at=now,
    )
    before = Message.objects.count()
    said = jobs.notify_failures()
    assert said == f"messages {Message.objects.count() - before}"
    assert set(Message.objects.exclude(event="lost").values_list("kind", flat=True)) == {
        "job_failed",
        "letters_undelivered",
    }
    assert jobs.notify_failures() == "messages 0"
