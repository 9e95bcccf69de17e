"""The inbox from its owner's side; the history from the staff's; a person's choices."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Max, Min, Q, QuerySet

from portal.notifications.categories import CHANNELS, DECISION, JOB_FAILED, NEEDS_DECISION, REFUSABLE, Category
from portal.notifications.declarations import NotificationKind, all_kinds, codes_of, staff_codes
from portal.notifications.enums import GONE, DeliveryChannel, MessageState
from portal.notifications.models import Choice, Delivery, Message, NotificationText
from portal.notifications.rendering import Wording, wording


def inbox(user: AbstractBaseUser) -> QuerySet[Message]:
    """Return a login's inbox messages, newest first."""
    return Message.objects.filter(user_id=user.pk, channel=DeliveryChannel.INBOX)


def staff_notices(user: AbstractBaseUser) -> QuerySet[Message]:
    """Return an employee's unread messages about failed jobs and decisions, newest first."""
    return inbox(user).filter(kind__in=codes_of((JOB_FAILED, DECISION, NEEDS_DECISION)), read_at=None)


def unread_count(user: AbstractBaseUser) -> int:
    """Return how many of them were not opened (one query)."""
    return inbox(user).filter(read_at=None).count()


def choices_of(user: AbstractBaseUser) -> dict[tuple[str, str], bool]:
    """Return what a login wants, by (category, channel), for every category that may be refused (one query)."""
    made = {(c.category, c.channel): c.wanted for c in Choice.objects.filter(user_id=user.pk)}
    return {
        (category.code, channel): made.get((category.code, channel), category.wanted_by_default(channel))
        for category in REFUSABLE
        for channel in CHANNELS
    }


def wants(user: AbstractBaseUser, category: Category, channel: str) -> bool:
    """Whether a login gets a category by a channel (one query)."""
    return choices_of(user)[category.code, channel]


def delivery_of(user: AbstractBaseUser) -> Delivery:
    """Return when and in which language a login is written to; the defaults where nothing was chosen (one query)."""
    return Delivery.objects.filter(user_id=user.pk).first() or Delivery(user_id=user.pk)


def message_of(pk: int) -> Message | None:
    """One message of the history with its recipient (one query)."""
    return Message.objects.select_related("user").filter(pk=pk).first()


def history(
    *, query: str = "", kind: str = "", channel: str = "", state: str = "", by_part_of_address: bool = False
) -> QuerySet[Message]:
    """Return what went to whom, newest first; `query` is a part of a login name or subject, or an address.

    A part of an address finds it only where asked for: else searching would spell out what the list masks.
    """
    lookup = "address__icontains" if by_part_of_address else "address__iexact"
    messages = Message.objects.select_related("user")
    wanted = {"kind": kind, "channel": channel, "state": state}
    messages = messages.filter(**{name: value for name, value in wanted.items() if value})
    if query:
        messages = messages.filter(
            Q(user__username__icontains=query) | Q(**{lookup: query}) | Q(subject__icontains=query)
        )
    return messages


@dataclass(frozen=True, slots=True)
class OutboxState:
    """What is due and not sent, since when, what was given up, and when a letter went last."""

    due: int
    oldest_due_at: dt.datetime | None
    undelivered: int
    last_sent_at: dt.datetime | None


def outbox_state(*, now: dt.datetime, since: dt.datetime) -> OutboxState:
    """Return how the outbox stands (three queries); what was given up and sent is looked for from `since` on."""
    waiting = Message.objects.filter(state=MessageState.WAITING, due_at__lte=now)
    due = waiting.aggregate(count=Count("pk"), first=Min("due_at"))
    letters = Message.objects.filter(channel=DeliveryChannel.EMAIL, created_at__gte=since)
    return OutboxState(
        due=due["count"],
        oldest_due_at=due["first"],
        undelivered=undelivered(since=since).count(),
        last_sent_at=letters.filter(state=MessageState.SENT).aggregate(last=Max("sent_at"))["last"],
    )


def undelivered(*, since: dt.datetime) -> QuerySet[Message]:
    """Letters to residents and visitors that were given up since a moment, for whatever reason but a gone occasion."""
    failed = Message.objects.filter(channel=DeliveryChannel.EMAIL, state=MessageState.FAILED, claimed_at__gte=since)
    return failed.exclude(error=GONE).exclude(kind__in=staff_codes())


@dataclass(frozen=True, slots=True)
class DeliveryProgress:
    """Progress of the messages of an event."""

    total: int
    sent: int
    waiting: int
    failed: int

    @property
    def percent(self) -> int:
        """Return how much of it has gone."""
        return self.sent * 100 // self.total if self.total else 100


def progress(event_prefix: str) -> DeliveryProgress:
    """E-mails and inbox messages of all events that begin so (one query)."""
    rows: Mapping[str, int] = dict(
        Message.objects.filter(event__startswith=event_prefix)
        .order_by()
        .values_list("state")
        .annotate(count=Count("pk"))
    )
    return DeliveryProgress(
        total=sum(rows.values()),
        sent=rows.get(MessageState.SENT, 0),
        waiting=rows.get(MessageState.WAITING, 0) + rows.get(MessageState.SENDING, 0),
        failed=rows.get(MessageState.FAILED, 0),
    )


@dataclass(frozen=True, slots=True)
class KindText:
    """A kind with the text that it has now."""

    kind: NotificationKind
    wording: Wording
    changed: NotificationText | None


def text_of(kind: NotificationKind) -> KindText:
    """A kind's text as it stands (one query)."""
    return _kind_text(kind, NotificationText.objects.select_related("changed_by").filter(kind=kind.code).first())


def all_texts(*, query: str = "", category: str = "") -> list[KindText]:
    """The kinds with their texts (one query): those of a category, or whose name or text has the words of a query."""
    changed = {text.kind: text for text in NotificationText.objects.select_related("changed_by")}
    texts = [_kind_text(kind, changed.get(kind.code)) for kind in all_kinds()]
    return [
        text
        for text in texts
        if category in ("", text.kind.category.code) and query.casefold() in _searched(text).casefold()
    ]


def _searched(text: KindText) -> str:
    parts = [str(text.kind.name), text.kind.code]
    parts += [part for localized in text.wording.by_language.values() for part in (localized.subject, localized.body)]
    return "\n".join(parts)


def _kind_text(kind: NotificationKind, changed: NotificationText | None) -> KindText:
    texts = wording(kind, changed or NotificationText(kind=kind.code))
    return KindText(kind, texts, changed)


def unread(user: AbstractBaseUser) -> QuerySet[Message]:
    """Messages of the cabinet that were not opened, newest first."""
    return inbox(user).filter(read_at=None)
