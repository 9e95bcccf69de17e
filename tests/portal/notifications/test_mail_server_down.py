"""The mail server is down, lets nobody in, refuses an address: nothing is lost, nothing goes twice."""

import datetime as dt

import pytest
from django.utils import timezone

from portal.notifications import services
from portal.notifications.enums import Channel, Kind, State
from portal.notifications.models import Message
from portal.notifications.services import Recipient, notify, sending
from tests.portal.notifications import smtp


def tell(*addresses: str) -> None:
    notify(
        kind=Kind.ANSWER, event="answer:1", recipients=[Recipient(address=a) for a in addresses],
        context={"number": "1", "text": "Ответ"},
    )  # fmt: skip


def make_due() -> None:
    Message.objects.filter(state=State.WAITING).update(due_at=timezone.now() - dt.timedelta(seconds=1))


def test_down_then_back(db: None, settings: object) -> None:
    with smtp.running(settings):
        pass  # its port is closed now
    tell("a@mail.example", "b@mail.example", "c@mail.example")
    assert services.send_due() == 0
    assert sum(Message.objects.values_list("attempts", flat=True)) == 1, "one attempt of one message found it out"
    with smtp.running(settings) as server:
        make_due()
        assert services.send_due() == 3
        assert services.send_due() == 0
    assert sorted(letter["To"] for letter in server.letters) == ["a@mail.example", "b@mail.example", "c@mail.example"]


def test_one_connection_takes_many_letters(db: None, settings: object) -> None:
    tell(*(f"r{number}@mail.example" for number in range(30)))
    with smtp.running(settings) as server:
        assert services.send_due() == 30
        assert server.sessions == 1


def test_a_wrong_password_spends_one_attempt_of_one_message(db: None, settings: object) -> None:
    tell("a@mail.example", "b@mail.example", "c@mail.example")
    with smtp.running(settings) as server:
        server.lets_nobody_in = True
        assert services.send_due() == 0
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert set(Message.objects.values_list("state", flat=True)) == {State.WAITING}


def test_an_address_that_does_not_exist_stops_nobody(db: None, settings: object) -> None:
    tell("nobody@mail.example", "a@mail.example")
    with smtp.running(settings) as server:
        assert services.send_due() == 1
    assert [letter["To"] for letter in server.letters] == ["a@mail.example"]
    refused = Message.objects.get(address="nobody@mail.example")
    assert refused.state == State.FAILED
    assert "550" in refused.error
    assert services.retry(message_id=refused.pk)
    assert not services.retry(message_id=refused.pk)


def test_pauses_grow_and_end(db: None, settings: object) -> None:
    with smtp.running(settings):
        pass
    tell("a@mail.example")
    pauses = []
    for _ in range(sending.ATTEMPTS):
        make_due()
        services.send_due()
        pauses.append(Message.objects.get().due_at - timezone.now())
    assert pauses == sorted(pauses)
    assert Message.objects.get().state == State.FAILED


def test_a_worker_that_died_with_a_claim_leaves_it_to_the_next(db: None, settings: object) -> None:
    tell("a@mail.example")
    Message.objects.update(state=State.SENDING, claimed_at=timezone.now())
    with smtp.running(settings) as server:
        assert services.send_due() == 0, "the claim still holds"
        Message.objects.update(claimed_at=timezone.now() - sending.LEASE - dt.timedelta(seconds=1))
        assert services.send_due() == 1
    assert len(server.letters) == 1


@pytest.mark.parametrize("claimed", [True, False], ids=["claimed", "control: without the claim it goes twice"])
def test_two_workers_at_once_send_one_letter(
    db: None, settings: object, monkeypatch: pytest.MonkeyPatch, claimed: bool
) -> None:
    if not claimed:
        monkeypatch.setattr(sending, "_claim", lambda ids: list(Message.objects.filter(pk__in=ids)))
    tell("a@mail.example")
    seen = list(Message.objects.filter(channel=Channel.EMAIL).values_list("pk", flat=True))
    with smtp.running(settings) as server:
        for _worker in range(2):
            with sending._connection() as connection:
                sending._send(seen, connection)
    assert len(server.letters) == (1 if claimed else 2)
