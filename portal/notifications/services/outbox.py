"""Writing to the outbox, in the transaction of the fact."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone, translation
from django.utils.translation import gettext
from django_q.tasks import async_task

from portal.core import clock
from portal.core.clock import MOSCOW
from portal.notifications import timing
from portal.notifications.categories import Category
from portal.notifications.declarations import NotificationKind, codes_of
from portal.notifications.enums import DeliveryChannel, Language, MessageState
from portal.notifications.models import Choice, Delivery, Message
from portal.notifications.rendering import Wording, stored_text, wording
from portal.notifications.texts import Text

MANY = 500


@dataclass(frozen=True, slots=True)
class AccountLabel:
    """The customer account that a message is about: its number and the address of its flat."""

    number: str
    address: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """A login, an address, or both; `account` is set where the recipient could take it for another one of theirs."""

    user: AbstractBaseUser | None = None
    address: str = ""
    account: AccountLabel | None = None


@dataclass(frozen=True, slots=True)
class _Wishes:
    """Preferences of the recipients of one call."""

    choices: Mapping[tuple[int, str], bool]
    deliveries: Mapping[int, Delivery]


def notify(
    *,
    kind: NotificationKind,
    event: str,
    recipients: Iterable[Recipient],
    context: Mapping[str, Any] = MappingProxyType({}),
    link_args: Sequence[Any] = (),
    to_employee: bool = False,
    channels: Iterable[DeliveryChannel] = (DeliveryChannel.INBOX, DeliveryChannel.EMAIL),
) -> int:
    """Put a message of an event into the outbox of every recipient and channel; returns how many are new.

    The same event, recipient and channel give one message however often this is called. `context` holds a value for
    every placeholder of the kind (dates, sums, lazy translations; None where there is nothing to say): each reader
    gets them in their own language. `link_args` are the arguments of the kind's link, `to_employee` takes the kind's
    link for employees. What a person refused is not written; mail waits for the end of quiet hours or for the digest
    unless the category is urgent.

    Raises MissingValue or UndeclaredValue when the context does not fit the kind, NoReverseMatch when the arguments
    do not fit the link.
    """
    kind.check(context)
    people = list(recipients)
    path = kind.path(link_args, to_employee=to_employee)
    writer = _Writer(kind, event, context, path, _wishes(kind, people))
    wanted = [message for person in people for message in writer.messages(person, channels)]
    before = Message.objects.filter(event=event).count()
    Message.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=1000)
    new = Message.objects.filter(event=event).count() - before
    if new and kind.category.urgent and any(message.channel == DeliveryChannel.EMAIL for message in wanted):
        async_task("portal.notifications.jobs.send_due")
    return new


def body_naming_account(body: str, account: AccountLabel | None, language: str) -> str:
    """A body that begins with the account it is about; as it is when it names the account, or is made when sent."""
    if account is None or not body or account.number in body:
        return body
    with translation.override(language):
        label = gettext("Account %(number)s, %(address)s") % {"number": account.number, "address": account.address}
    return f"{label}\n{body}"


def mark_read(*, user: AbstractBaseUser, message_ids: Iterable[int], moment: dt.datetime) -> int:
    """Note that somebody opened messages of the inbox; returns how many were unread."""
    mine = Message.objects.filter(
        user_id=user.pk, channel=DeliveryChannel.INBOX, read_at=None, pk__in=list(message_ids)
    )
    return mine.update(read_at=moment)


def withdraw(*, event_prefix: str, categories: Iterable[Category], moment: dt.datetime) -> int:
    """Mark inbox messages as read because their subject is over. Returns how many were unread."""
    unread = Message.objects.filter(
        event__startswith=event_prefix, kind__in=codes_of(categories), channel=DeliveryChannel.INBOX, read_at=None
    )
    return unread.update(read_at=moment)


def _wishes(kind: NotificationKind, people: Sequence[Recipient]) -> _Wishes:
    ids = {person.user.pk for person in people if person.user is not None}
    choices = Choice.objects.filter(category=kind.category.code)
    deliveries = Delivery.objects.all()
    if len(ids) <= MANY:
        choices, deliveries = choices.filter(user_id__in=ids), deliveries.filter(user_id__in=ids)
    return _Wishes(
        {(choice.user_id, choice.channel): choice.wanted for choice in choices},
        {delivery.user_id: delivery for delivery in deliveries},
    )


class _Writer:
    """Makes the rows of one event; each language is rendered once."""

    def __init__(
        self, kind: NotificationKind, event: str, context: Mapping[str, Any], link: str, wishes: _Wishes
    ) -> None:
        self.kind, self.event, self.context, self.link, self.wishes = kind, event, context, link, wishes
        self.category = kind.category
        self.guest_path = kind.guest_link.path() if kind.guest_link else ""
        self.moment = timezone.now()
        self.wording: Wording = wording(kind)
        self.rendered: dict[str, tuple[Text, dict[str, str]]] = {}

    def messages(self, person: Recipient, channels: Iterable[DeliveryChannel]) -> Iterable[Message]:
        """The messages that a recipient gets."""
        for channel in channels:
            if self._reaches(person, channel) and self._wanted(person, channel):
                yield self._message(person, channel)

    def _reaches(self, person: Recipient, channel: DeliveryChannel) -> bool:
        return person.user is not None if channel == DeliveryChannel.INBOX else bool(person.address)

    def _wanted(self, person: Recipient, channel: DeliveryChannel) -> bool:
        if self.category.mandatory or person.user is None:
            return True
        default = self.category.wanted_by_default(channel)
        return self.wishes.choices.get((person.user.pk, channel), default)

    def _message(self, person: Recipient, channel: DeliveryChannel) -> Message:
        delivery = self.wishes.deliveries.get(person.user.pk) if person.user else None
        language = delivery.language if delivery else Language.RUSSIAN
        if language not in self.rendered:
            values = self.kind.values(self.context, language)
            self.rendered[language] = stored_text(self.wording, language, values), values
        text, values = self.rendered[language]
        inbox = channel == DeliveryChannel.INBOX
        digest = bool(delivery and delivery.digest and not self.category.urgent and not inbox)
        due_at, lasts = self.moment if inbox else self._due(delivery, digest=digest), self.category.useful_for
        return Message(
            kind=self.kind.code,
            event=self.event,
            channel=channel,
            user_id=person.user.pk if person.user else None,
            address="" if inbox else person.address,
            language=language,
            context=values,
            link=self.link if person.user is not None or not self.guest_path else self.guest_path,
            subject=text.subject,
            body=body_naming_account(text.body, person.account, language),
            digest=digest,
            due_at=due_at,
            expires_at=None if inbox or lasts is None else due_at + lasts,
            state=MessageState.SENT if inbox else MessageState.WAITING,
            sent_at=clock.now() if inbox else None,
        )

    def _due(self, delivery: Delivery | None, *, digest: bool) -> dt.datetime:
        if delivery is None or self.category.urgent:
            return self.moment
        quiet = None
        if delivery.quiet_from is not None and delivery.quiet_until is not None:
            quiet = (delivery.quiet_from, delivery.quiet_until)
        return timing.due_at(self.moment, quiet=quiet, digest=digest, zone=MOSCOW)
