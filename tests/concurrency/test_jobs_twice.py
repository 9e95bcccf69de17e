"""A job delivered twice, to two processes at once; a worker killed at it; a mail server that dies or hangs.

FAULTS 5 and 10: one effect, one letter. The control sends without the claim.
"""

import datetime as dt
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from portal.billing.models import DebtReminder
from portal.billing.services import bring_debt
from portal.core.periods import Period
from portal.metering.models import Meter
from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Message
from portal.notifications.services import Recipient, notify, send_due, sending
from portal.service_requests.commissioning import services as commissioning
from portal.service_requests.commissioning.enums import VisitState
from portal.service_requests.commissioning.models import CommissioningCertificate, Visit
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.replacement import services as replacement
from portal.service_requests.replacement.models import ReplacementOrder
from portal.service_requests.support.notifications import QUESTION_ANSWERED
from tests.concurrency.job_worker import run_job
from tests.conftest import OwnDatabase
from tests.people import make_cast, make_login
from tests.portal.notifications import smtp
from tests.portal.service_requests.samples import NOW, applied, later, slots
from tests.processes import CONTEXT, TIMEOUT, TestProcess

LETTERS, MANY = 40, 500


class Worker:
    """A process that does a job on the database of the test."""

    def __init__(self, database: str, job: str, now: dt.datetime, port: int = 0) -> None:
        self._pipe, other = CONTEXT.Pipe()
        self._process = TestProcess(run_job, other, job, now, port, database=database)
        other.close()

    def ready(self) -> None:
        """Wait until it only waits for the word."""
        assert self._pipe.poll(TIMEOUT)
        try:
            self._pipe.recv()
        except EOFError:
            raise AssertionError(f"the process ended: {self._process.finished()}") from None

    def go(self) -> None:
        """Give the word."""
        self._pipe.send("go")

    def kill(self) -> None:
        """As `kill -9` does."""
        self._process.kill()
        self._pipe.close()

    def result(self) -> int:
        """What the job returned."""
        assert self._process.finished() == 0
        returned = self._pipe.recv()
        self._pipe.close()
        assert isinstance(returned, int)
        return returned


def both(database: str, job: str, moment: dt.datetime, port: int = 0) -> list[int]:
    """The same job in two processes that begin together."""
    workers = [Worker(database, job, moment, port) for _ in range(2)]
    for worker in workers:
        worker.ready()
    for worker in workers:
        worker.go()
    return [worker.result() for worker in workers]


def queue_messages(number: int) -> list[str]:
    addresses = [f"r{n}@mail.example" for n in range(number)]
    notify(
        kind=QUESTION_ANSWERED,
        event="answer:1",
        recipients=[Recipient(address=address) for address in addresses],
        context={"number": "1", "answer": "Ответ"},
        link_args=(1,),
    )
    return addresses


def test_two_processes_send_each_letter_once(own_database: OwnDatabase, settings: object) -> None:
    addresses = queue_messages(LETTERS)
    with smtp.running(settings) as server:
        sent = both(own_database.name, "mail", timezone.now(), server.server_address[1])
    assert sum(sent) == LETTERS
    assert Counter(letter["To"] for letter in server.letters) == Counter(addresses)


def test_two_processes_remind_of_each_debt_once(own_database: OwnDatabase) -> None:
    cast = make_cast()
    due = NOW.date() - dt.timedelta(days=15)
    for account in (cast.anna.account, cast.boris.account):
        bring_debt(account=account, period=Period.of(due).previous, due_on=due, amount=Decimal("820.00"))
    assert sum(both(own_database.name, "debts", NOW)) == 2
    letters = Message.objects.filter(channel=DeliveryChannel.EMAIL, kind="debt_reminder")
    assert Counter(letters.values_list("user__username", flat=True)) == {"anna": 1, "boris": 1}
    assert DebtReminder.objects.count() == 2


def test_a_worker_killed_in_the_middle_of_the_post(own_database: OwnDatabase, settings: object) -> None:
    """It dies with a letter in its hands; the rest goes at once, that letter when its claim has lapsed."""
    addresses = queue_messages(LETTERS)
    with smtp.running(settings) as server:
        server.hangs_after = 15
        worker = Worker(own_database.name, "mail", NOW, server.server_address[1])
        worker.ready()
        worker.go()
        assert server.died.wait(timeout=60)
        worker.kill()
        server.release()
        assert send_due(limit=1000) == LETTERS - 16
        Message.objects.filter(state=MessageState.SENDING).update(claimed_at=timezone.now() - sending.LEASE * 2)
        assert send_due(limit=1000) == 1
    assert Counter(letter["To"] for letter in server.letters) == Counter(addresses)


def test_the_server_killed_in_the_middle_of_the_post(
    own_database: OwnDatabase, settings: object, tmp_path: Path
) -> None:
    """A process killed (-9) with a letter in its hands; then another starts."""
    addresses, box = queue_messages(MANY), tmp_path / "box"
    with smtp.process(box, dies_after=MANY // 2) as first:
        worker = Worker(own_database.name, "mail", NOW, first.port)
        worker.ready()
        worker.go()
        assert worker.result() == MANY // 2
        assert first.killed()
    assert sum(Message.objects.values_list("attempts", flat=True)) == 1, "one letter found it out for all"
    Message.objects.filter(state=MessageState.WAITING).update(due_at=timezone.now() - dt.timedelta(seconds=1))
    with smtp.process(box) as second:
        smtp.mail_goes_to(settings, second.port)
        assert send_due(limit=1000) == MANY // 2
    letters = [line.split() for line in box.read_text().splitlines()]
    assert Counter(address for address, _id in letters) == Counter(addresses)
    assert len({message_id for _address, message_id in letters}) == MANY
    assert not Message.objects.filter(channel=DeliveryChannel.EMAIL).exclude(state=MessageState.SENT).exists()


def test_a_server_that_hangs_costs_one_attempt_and_no_page_waits_for_it(
    own_database: OwnDatabase, settings: object
) -> None:
    anna = make_cast().anna
    with smtp.running(settings) as server:
        server.hangs_after = 0
        settings.EMAIL_TIMEOUT = 2  # type: ignore[attr-defined]
        client = Client()
        client.force_login(anna.user)
        client.get("/personal/requests/new/")
        form = {
            "kind": "no_water",
            "account": anna.account.pk,
            "text": "Нет воды",
            "phone": "89161234567",
            "form_token": "1",
        }
        began = time.perf_counter()
        answer = client.post("/personal/requests/new/", form)
        assert (answer.status_code, DispatchRequest.objects.count()) == (302, 1)
        assert time.perf_counter() - began < 2, "it did not wait for the mail server"
        assert not server.died.is_set(), "nor speak to it"
        queue_messages(5)
        assert send_due() == 0
        server.release()
    assert sum(Message.objects.values_list("attempts", flat=True)) == 1


def test_the_control_without_the_claim_sends_twice(
    own_database: OwnDatabase, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_messages(3)
    monkeypatch.setattr(sending, "_claim", lambda ids: list(Message.objects.filter(pk__in=ids)))
    seen = list(Message.objects.values_list("pk", flat=True))
    with smtp.running(settings) as server, sending._connection() as connection:
        for _worker in range(2):
            for pk in seen:
                sending._send([pk], connection)
    assert len(server.letters) == 6


def test_a_missed_visit_is_settled_once(own_database: OwnDatabase) -> None:
    cast = make_cast()
    offered = slots()
    application = applied(cast)
    commissioning.offer(application=application, slots=offered, by=None, moment=later(1))
    commissioning.pick(application=application, slot_id=offered[0].pk, by=cast.boris.user, now=later(1))
    assert sorted(both(own_database.name, "visits", later(5))) == [0, 1]
    assert Meter.objects.filter(account=cast.boris.account).count() == 1
    assert CommissioningCertificate.objects.count() == 1
    assert Visit.objects.get().state == VisitState.MISSED


def test_an_order_is_proposed_and_told_once(own_database: OwnDatabase) -> None:
    cast = make_cast()
    meter = Meter.objects.get(serial_number="A-1001")
    Meter.objects.filter(pk=meter.pk).update(verified_until=NOW.date() + dt.timedelta(days=30))
    replacement.publish_price(price=2400, source="/services/")  # type: ignore[arg-type]
    replacement.agree(meter=meter, by=make_login("engineer", staff=True), moment=NOW)
    both(own_database.name, "verifications", NOW)
    assert ReplacementOrder.objects.count() == 1
    assert Message.objects.filter(user=cast.anna.user, kind="replacement_proposed", channel="inbox").count() == 1
