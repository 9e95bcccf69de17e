"""A resident is told of an event once, by the channels that were not refused, in the chosen language."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.accounts.models import Person
from portal.accounts.notifications import RECOVERY
from portal.accounts.recipients import everybody, holders_on
from portal.billing.notifications import DEBT_REMINDER
from portal.metering.notifications import notify_not_taken
from portal.notifications import selectors, services
from portal.notifications.declarations import MissingValue, NotificationKind, UndeclaredValue
from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Delivery, Message
from portal.notifications.services import Recipient, notify
from portal.service_requests.outages.notifications import OUTAGE_ENDED
from portal.service_requests.support.notifications import QUESTION_ANSWERED
from tests.people import Cast, Resident


def queue_messages(
    resident: Resident,
    *,
    kind: NotificationKind = DEBT_REMINDER,
    event: str = "debt:1",
    text: str = "Речная, 4",
    context: Mapping[str, object] | None = None,
) -> int:
    debt = {"account": "0010001", "address": text, "amount": Decimal("820.00"), "due": dt.date(2026, 10, 10)}
    return notify(
        kind=kind,
        event=event,
        recipients=[Recipient(resident.user, resident.user.email)],
        context=debt if context is None else context,
    )


ENDED = {"services": ["cold_water"], "moment": dt.datetime(2026, 11, 15, 14, 0, tzinfo=dt.UTC)}


def test_in_the_cabinet_and_by_mail_once(cast: Cast) -> None:
    assert queue_messages(cast.anna) == 2
    assert queue_messages(cast.anna) == 0
    assert services.send_due() == 1
    assert services.send_due() == 0
    assert [m.to for m in mail.outbox] == [[cast.anna.user.email]]
    assert selectors.unread_count(cast.anna.user) == 1
    assert selectors.inbox(cast.stranger.user).count() == 0


def test_values_must_fit_the_kind(cast: Cast) -> None:
    with pytest.raises(MissingValue):
        queue_messages(cast.anna, context={"account": "0010001"})
    with pytest.raises(UndeclaredValue):
        queue_messages(cast.anna, kind=OUTAGE_ENDED, context=ENDED | {"reason": "Ремонт"})
    assert not Message.objects.exists()


def test_an_address_without_a_login_is_told_once(db: None) -> None:
    for _ in range(2):
        notify(
            kind=QUESTION_ANSWERED,
            event="answer:1",
            recipients=[Recipient(address="a@mail.example")],
            context={"number": "1", "answer": "Да."},
            link_args=(1,),
        )
    assert Message.objects.count() == 1


def test_the_database_itself_refuses_a_second_message(cast: Cast) -> None:
    queue_messages(cast.anna)
    stored = Message.objects.get(channel=DeliveryChannel.EMAIL)
    stored.pk = None
    stored.address = "other@mail.example"
    with pytest.raises(IntegrityError), transaction.atomic():
        stored.save(force_insert=True)


def test_the_letter_has_text_html_and_a_way_out(cast: Cast) -> None:
    queue_messages(cast.anna, text="<script>alert(1)</script> Долг")
    services.send_due()
    letter = mail.outbox[0]
    html = letter.alternatives[0][0]
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert "/personal/pay/" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert cast.anna.account.number not in letter.subject


def test_reading_marks_only_ones_own(cast: Cast) -> None:
    queue_messages(cast.anna)
    ids = [message.pk for message in selectors.inbox(cast.anna.user)]
    assert services.mark_read(user=cast.stranger.user, message_ids=ids, moment=timezone.now()) == 0
    assert services.mark_read(user=cast.anna.user, message_ids=ids, moment=timezone.now()) == 1
    assert selectors.unread_count(cast.anna.user) == 0


def choose(resident: Resident, **delivery: object) -> None:
    Delivery.objects.update_or_create(user=resident.user, defaults=delivery)


def test_english_for_whoever_chose_it(cast: Cast) -> None:
    choose(cast.anna, language="en")
    queue_messages(cast.anna)
    services.send_due()
    assert mail.outbox[0].subject == "You have an unpaid bill"


def test_a_digest_is_one_letter(cast: Cast) -> None:
    choose(cast.anna, digest=True)
    queue_messages(cast.anna)
    queue_messages(cast.anna, event="debt:2", text="Второй долг")
    Message.objects.update(due_at=timezone.now() - dt.timedelta(minutes=1))
    assert services.send_due() == 2
    assert len(mail.outbox) == 1
    assert "Второй долг" in mail.outbox[0].body
    assert "Речная, 4" in mail.outbox[0].body


def test_the_urgent_does_not_wait_for_the_digest(cast: Cast) -> None:
    choose(cast.anna, digest=True)
    queue_messages(cast.anna, kind=OUTAGE_ENDED, event="outage:1", context=ENDED)
    assert services.send_due() == 1


def test_quiet_hours_hold_a_letter_back_but_not_the_inbox(cast: Cast) -> None:
    now = timezone.localtime()
    start = (now - dt.timedelta(hours=1)).time().replace(microsecond=0)
    end = (now + dt.timedelta(hours=1)).time().replace(microsecond=0)
    choose(cast.anna, quiet_from=start, quiet_until=end)
    queue_messages(cast.anna)
    assert services.send_due() == 0
    assert selectors.unread_count(cast.anna.user) == 1
    assert Message.objects.get(channel=DeliveryChannel.EMAIL).due_at > timezone.now()


def test_half_of_quiet_hours_is_refused_by_the_database(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        choose(cast.anna, quiet_from=dt.time(22))


def test_secrets_are_made_when_the_letter_is_sent_and_never_stored(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "portal.accounts.services.recovery.letter_values",
        lambda message: {
            "login": "anna",
            "account": "0010001",
            "link": "https://x.example/key",
            "until": "завтра",
        },
    )
    notify(
        kind=RECOVERY,
        event="recovery:1",
        recipients=[Recipient(cast.anna.user, cast.anna.user.email)],
        context={},
        channels=[DeliveryChannel.EMAIL],
    )
    services.send_due()
    assert "https://x.example/key" in mail.outbox[0].body
    stored = Message.objects.get()
    assert stored.state == MessageState.SENT
    assert "x.example" not in stored.body + stored.subject + str(stored.context)


def test_a_secret_that_is_gone_sends_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.accounts.services.recovery.letter_values", lambda message: None)
    notify(
        kind=RECOVERY,
        event="recovery:1",
        recipients=[Recipient(cast.anna.user, cast.anna.user.email)],
        context={},
        channels=[DeliveryChannel.EMAIL],
    )
    assert services.send_due() == 0
    assert mail.outbox == []
    assert Message.objects.get().state == MessageState.FAILED


def test_five_thousand_are_told_by_a_constant_number_of_queries(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    people = [Recipient(cast.anna.user), *(Recipient(address=f"r{n}@mail.example") for n in range(5000))]
    with django_assert_max_num_queries(300):  # type: ignore[operator]
        new = notify(kind=OUTAGE_ENDED, event="outage:1", recipients=people, context=ENDED)
    assert new == 5001


def test_who_holds_several_accounts_is_told_which_one(cast: Cast) -> None:
    notify_not_taken(account=cast.anna.account, reported_on=dt.date(2026, 11, 3), event="bank:1")
    notify_not_taken(account=cast.boris_second, reported_on=dt.date(2026, 11, 3), event="bank:2")
    services.send_due()
    label = f"Лицевой счёт {cast.boris_second.number}, {cast.boris_second.premises.address}\n"
    assert all(not message.body.startswith("Лицевой счёт") for message in cast.anna.user.messages.all())
    assert [message.body.startswith(label) for message in cast.boris.user.messages.all()] == [True, True]
    assert [label in str(sent.body) for sent in mail.outbox] == [False, True]


def test_the_account_is_named_in_the_readers_language_and_once(cast: Cast) -> None:
    Delivery.objects.create(user=cast.boris.user, language="en")
    notify_not_taken(account=cast.boris_second, reported_on=dt.date(2026, 11, 3), event="bank:1")
    told, account = cast.boris.user.messages.first(), cast.boris_second
    assert told is not None
    assert told.body.startswith(f"Account {account.number}, {account.premises.address}\n")
    label = services.AccountLabel("0010001", "ул. Речная, 4")
    recipient = Recipient(cast.anna.user, account=label)
    debt = {"account": "0010001", "address": "ул. Речная, 4", "amount": Decimal("820.00"), "due": dt.date(2026, 10, 10)}
    notify(kind=DEBT_REMINDER, event="debt:1", recipients=[recipient], context=debt)
    assert Message.objects.get(event="debt:1").body.count("0010001") == 1


def test_whoever_left_an_account_and_holds_another_is_told_which_one(cast: Cast) -> None:
    day = dt.date(2026, 11, 3)
    cast.boris_second.holders.update(until=day)
    told = {recipient.account for recipient in holders_on(cast.boris_second, day)}
    assert told == {services.AccountLabel(cast.boris_second.number, cast.boris_second.premises.address)}
    assert {recipient.account for recipient in everybody(cast.boris.account)} == {None}
    Person.objects.update(user=None, email="")
    assert holders_on(cast.boris_second, day) == []


@pytest.mark.django_db
def test_messages_of_an_event_are_found_by_an_index() -> None:
    """Each message written asks for those of its event: a receipt of 100,000 must not read them all."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "notifications_event" in Message.objects.filter(event="receipt:1").order_by().explain()
