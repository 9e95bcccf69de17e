"""The mail server is down, lets nobody in, refuses an address: nothing is lost, nothing goes twice."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from portal.notifications import services
from portal.notifications.declarations import NotificationKind, all_kinds
from portal.notifications.enums import EXPIRED, DeliveryChannel, MessageState
from portal.notifications.models import Message
from portal.notifications.selectors import undelivered
from portal.notifications.services import Recipient, notify, sending
from portal.operations import roles
from portal.operations.failed_jobs import notify_undelivered
from portal.service_requests.support.notifications import QUESTION_ANSWERED
from tests.people import Cast, make_login
from tests.portal.notifications import smtp


def queue_messages(*addresses: str) -> None:
    notify(
        kind=QUESTION_ANSWERED,
        event="answer:1",
        recipients=[Recipient(address=a) for a in addresses],
        context={"number": "1", "answer": "Ответ"},
        link_args=(1,),
    )


def make_due() -> None:
    Message.objects.filter(state=MessageState.WAITING).update(due_at=timezone.now() - dt.timedelta(seconds=1))


def test_down_then_back(db: None, settings: object) -> None:
    with smtp.running(settings):
        pass  # its port is closed now
    queue_messages("a@mail.example", "b@mail.example", "c@mail.example")
    assert services.send_due() == 0
    assert sum(Message.objects.values_list("attempts", flat=True)) == 1, "one attempt of one message found it out"
    with smtp.running(settings) as server:
        make_due()
        assert services.send_due() == 3
        assert services.send_due() == 0
    assert sorted(letter["To"] for letter in server.letters) == ["a@mail.example", "b@mail.example", "c@mail.example"]


def test_one_connection_takes_many_letters(db: None, settings: object) -> None:
    queue_messages(*(f"r{number}@mail.example" for number in range(30)))
    with smtp.running(settings) as server:
        assert services.send_due() == 30
        assert server.sessions == 1


def test_a_wrong_password_spends_one_attempt_of_one_message(db: None, settings: object) -> None:
    queue_messages("a@mail.example", "b@mail.example", "c@mail.example")
    with smtp.running(settings) as server:
        server.lets_nobody_in = True
        assert services.send_due() == 0
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.WAITING}


def test_an_address_that_does_not_exist_stops_nobody(db: None, settings: object) -> None:
    queue_messages("nobody@mail.example", "a@mail.example")
    with smtp.running(settings) as server:
        assert services.send_due() == 1
    assert [letter["To"] for letter in server.letters] == ["a@mail.example"]
    refused = Message.objects.get(address="nobody@mail.example")
    assert refused.state == MessageState.FAILED
    assert "550" in refused.error
    assert services.retry(message_id=refused.pk)
    assert not services.retry(message_id=refused.pk)


def later(passed: dt.timedelta) -> None:
    """Let time pass for what waits: its moments lie so much earlier."""
    for message in Message.objects.filter(state=MessageState.WAITING):
        Message.objects.filter(pk=message.pk).update(
            due_at=message.due_at - passed,
            first_failed_at=message.first_failed_at and message.first_failed_at - passed,
            expires_at=message.expires_at and message.expires_at - passed,
        )


def test_a_server_that_is_away_for_days_costs_no_letter(db: None, settings: object) -> None:
    """M8, FAULTS 26: tried for five days with growing pauses, then given up."""
    with smtp.running(settings):
        pass
    queue_messages("a@mail.example")
    pauses = []
    while Message.objects.get().state == MessageState.WAITING:
        services.send_due()
        message = Message.objects.get()
        pauses.append(message.due_at - timezone.now())
        later(dt.timedelta(hours=6))
    assert len(pauses) == 21, "five days of a try every six hours, and the last"
    assert pauses[:5] == sorted(pauses[:5])
    assert max(pauses) <= sending.LONGEST_PAUSE
    assert "ConnectionRefusedError" in message.error


def test_after_two_days_all_go_once_as_soon_as_the_server_is_back(db: None, settings: object) -> None:
    with smtp.running(settings):
        pass
    addresses = [f"r{number}@mail.example" for number in range(5)]
    queue_messages(*addresses)
    for _hour in range(48):
        later(dt.timedelta(hours=1))
        assert services.send_due() == 0
    with smtp.running(settings) as server:
        later(dt.timedelta(minutes=3))
        assert Message.objects.filter(due_at__gt=timezone.now()).exists(), "a pause still runs for some"
        while services.send_due():
            pass
    assert sorted(letter["To"] for letter in server.letters) == addresses
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


@pytest.mark.parametrize("kind", [kind for kind in all_kinds() if kind.category.useful_for], ids=str)
def test_what_is_worthless_by_now_is_not_sent(db: None, settings: object, kind: NotificationKind) -> None:
    """A letter of a day's outage, a recovery link: after its time it would only confuse; nor is it sent again."""
    assert kind.category.useful_for is not None
    notify(
        kind=kind,
        event="e",
        recipients=[Recipient(address="a@mail.example")],
        context={name: placeholder.sample for name, placeholder in kind.placeholders.items() if not placeholder.secret},
        link_args=kind.link.sample if kind.link else (),
        channels=[DeliveryChannel.EMAIL],
    )
    later(kind.category.useful_for)
    with smtp.running(settings) as server:
        assert services.send_due() == 0
        assert not services.retry_failed()
    assert not server.letters
    message = Message.objects.get()
    assert (message.state, message.error) == (MessageState.FAILED, EXPIRED)
    assert not message.may_be_retried


def test_letters_given_up_are_told_and_the_alarm_clears_when_they_went(
    cast: Cast, client: Client, settings: object
) -> None:
    """Count and link on the dashboard, one notice a day, «send again all»."""
    roles.setup()
    editor = make_login("editor", staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    with smtp.running(settings):
        pass
    queue_messages("a@mail.example", "b@mail.example")
    for _letter in range(2):
        later(dt.timedelta(minutes=40))
        services.send_due()
    for _letter in range(2):
        later(sending.GIVE_UP_AFTER)
        services.send_due()
    assert notify_undelivered(now=timezone.now()) > 0
    assert notify_undelivered(now=timezone.now()) == 0
    notice = Message.objects.get(user=editor, channel=DeliveryChannel.INBOX)
    assert "не доставлено писем: 2" in notice.body
    client.force_login(editor)
    board = client.get("/admin/").content.decode()
    assert "/admin/notices/history/?state=failed&amp;channel=email" in board
    assert client.get(notice.link).content.decode().count("Ответ на вопрос № 1") == 2
    client.post("/admin/notices/retry/")
    with smtp.running(settings) as server:
        services.send_due()
    assert {"a@mail.example", "b@mail.example"} <= {letter["To"] for letter in server.letters}
    assert not undelivered(since=timezone.now() - dt.timedelta(days=7)).exists()


def test_a_worker_that_died_with_a_claim_leaves_it_to_the_next(db: None, settings: object) -> None:
    queue_messages("a@mail.example")
    Message.objects.update(state=MessageState.SENDING, claimed_at=timezone.now())
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
    queue_messages("a@mail.example")
    seen = list(Message.objects.filter(channel=DeliveryChannel.EMAIL).values_list("pk", flat=True))
    with smtp.running(settings) as server:
        for _worker in range(2):
            with sending._connection() as connection:
                sending._send(seen, connection)
    assert len(server.letters) == (1 if claimed else 2)
