"""The inbox from its owner's side; the history from the staff's; a person's choices."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Q, QuerySet

from portal.notifications.enums import GONE, Channel, Kind, State
from portal.notifications.kinds import CHANNELS, REFUSABLE, RULES, wanted_by_default
from portal.notifications.models import Choice, Delivery, Message, NotificationText
from portal.notifications.rendering import Wording, wording


def inbox(user: AbstractBaseUser) -> QuerySet[Message]:
    """What a login was told in the cabinet, newest first."""
    return Message.objects.filter(user_id=user.pk, channel=Channel.INBOX)


def staff_notices(user: AbstractBaseUser) -> QuerySet[Message]:
    """What an employee was told of failed jobs and of decisions, and has not opened, newest first."""
    return inbox(user).filter(kind__in=(Kind.JOB_FAILED, Kind.DECISION, Kind.NEEDS_DECISION), read_at=None)


def unread_count(user: AbstractBaseUser) -> int:
    """How many of them were not opened (one query)."""
    return inbox(user).filter(read_at=None).count()


def choices_of(user: AbstractBaseUser) -> dict[tuple[str, str], bool]:
    """What a login wants, by (kind, channel), for every kind that may be refused (one query)."""
    made = {(c.kind, c.channel): c.wanted for c in Choice.objects.filter(user_id=user.pk)}
    return {
        (kind, channel): made.get((kind, channel), wanted_by_default(kind, channel))
        for kind in REFUSABLE
        for channel in CHANNELS
    }


def wants(user: AbstractBaseUser, kind: str, channel: str) -> bool:
    """Whether a login is told of a kind by a channel (one query)."""
    return choices_of(user)[kind, channel]


def delivery_of(user: AbstractBaseUser) -> Delivery:
    """When and in which language a login is written to; the defaults where nothing was chosen (one query)."""
    return Delivery.objects.filter(user_id=user.pk).first() or Delivery(user_id=user.pk)


def message_of(pk: int) -> Message | None:
    """One message of the history with its recipient (one query)."""
    return Message.objects.select_related("user").filter(pk=pk).first()


def history(
    *, query: str = "", kind: str = "", channel: str = "", state: str = "", by_part_of_address: bool = False
) -> QuerySet[Message]:
    """What went to whom, newest first; `query` is a part of a login name or subject, or an address.

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


def undelivered(*, since: dt.datetime) -> QuerySet[Message]:
    """Letters to residents and visitors that were given up since a moment, for whatever reason but a gone occasion."""
    failed = Message.objects.filter(channel=Channel.EMAIL, state=State.FAILED, claimed_at__gte=since)
    return failed.exclude(error=GONE).exclude(kind__in=[kind for kind in Kind if RULES[kind].for_staff])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the messages of an event have come."""

    total: int
    sent: int
    waiting: int
    failed: int

    @property
    def percent(self) -> int:
        """How much of it has gone."""
        return self.sent * 100 // self.total if self.total else 100


def progress(event_prefix: str) -> Progress:
    """E-mails and inbox messages of all events that begin so (one query)."""
    rows: Mapping[str, int] = dict(
        Message.objects.filter(event__startswith=event_prefix)
        .order_by()
        .values_list("state")
        .annotate(count=Count("pk"))
    )
    return Progress(
        total=sum(rows.values()),
        sent=rows.get(State.SENT, 0),
        waiting=rows.get(State.WAITING, 0) + rows.get(State.SENDING, 0),
        failed=rows.get(State.FAILED, 0),
    )


@dataclass(frozen=True, slots=True)
class KindText:
    """A kind with the text that it has now."""

    kind: Kind
    wording: Wording
    changed: NotificationText | None
    placeholders: Mapping[str, str]


def text_of(kind: str) -> KindText:
    """A kind's text as it stands (one query)."""
    return _kind_text(Kind(kind), NotificationText.objects.select_related("changed_by").filter(kind=kind).first())


def all_texts() -> list[KindText]:
    """Every kind with its text (one query)."""
    changed = {text.kind: text for text in NotificationText.objects.select_related("changed_by")}
    return [_kind_text(kind, changed.get(kind)) for kind in Kind]


def _kind_text(kind: Kind, changed: NotificationText | None) -> KindText:
    words = wording(kind, changed or NotificationText(kind=kind))
    return KindText(kind, words, changed, RULES[kind].placeholders)
