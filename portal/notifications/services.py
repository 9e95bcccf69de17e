"""Writing to the outbox and sending from it. A message is written in the transaction of its fact, sent later, once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone

from portal.notifications.enums import Channel, Kind, State
from portal.notifications.models import Message
from portal.notifications.texts import DEFAULTS

LEASE = dt.timedelta(minutes=10)
ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Recipient:
    """A login, an address, or both."""

    user: AbstractBaseUser | None = None
    address: str = ""


def notify(
    *,
    kind: Kind,
    event: str,
    recipients: Iterable[Recipient],
    context: Mapping[str, str],
    link: str = "",
    channels: Iterable[Channel] = (Channel.INBOX, Channel.EMAIL),
) -> int:
    """Put a message of an event into the outbox of every recipient and channel; returns how many are new.

    The same event, recipient and channel give one message however often this is called. `context` holds ready
    Russian values for the placeholders of the kind's text; `link` is a path inside the portal.
    """
    due = timezone.now()
    wanted = []
    for recipient in recipients:
        for channel in channels:
            if channel == Channel.INBOX and recipient.user is None:
                continue
            if channel == Channel.EMAIL and not recipient.address:
                continue
            subject, body = _rendered(kind, context)
            wanted.append(
                Message(
                    kind=kind,
                    event=event,
                    channel=channel,
                    user_id=recipient.user.pk if recipient.user else None,
                    address=recipient.address if channel == Channel.EMAIL else "",
                    context=dict(context),
                    link=link,
                    subject=subject,
                    body=body,
                    due_at=due,
                    state=State.SENT if channel == Channel.INBOX else State.WAITING,
                    sent_at=due if channel == Channel.INBOX else None,
                )
            )
    before = Message.objects.filter(event=event).count()
    Message.objects.bulk_create(wanted, ignore_conflicts=True)
    return Message.objects.filter(event=event).count() - before


def _rendered(kind: Kind, context: Mapping[str, str]) -> tuple[str, str]:
    text = DEFAULTS[kind]
    return text.subject.format_map(context), text.body.format_map(context)


def send_due(*, limit: int = 200) -> int:
    """Send waiting e-mails that are due; returns how many went. Each row is claimed by a conditional UPDATE."""
    moment = timezone.now()
    waiting = Q(state=State.WAITING, due_at__lte=moment) | Q(state=State.SENDING, claimed_at__lt=moment - LEASE)
    due = Message.objects.filter(waiting, channel=Channel.EMAIL).order_by("due_at").values_list("pk", flat=True)
    return sum(_send(pk) for pk in due[:limit])


def _send(pk: int) -> bool:
    moment = timezone.now()
    free = Q(state=State.WAITING) | Q(state=State.SENDING, claimed_at__lt=moment - LEASE)
    if not Message.objects.filter(free, pk=pk).update(state=State.SENDING, claimed_at=moment):
        return False
    message = Message.objects.get(pk=pk)
    try:
        EmailMessage(subject=message.subject, body=message.body, to=[message.address]).send()
    except OSError as error:
        _put_back(message, error)
        return False
    Message.objects.filter(pk=pk).update(state=State.SENT, sent_at=timezone.now(), error="")
    return True


def _put_back(message: Message, error: OSError) -> None:
    attempts = message.attempts + 1
    Message.objects.filter(pk=message.pk).update(
        state=State.WAITING if attempts < ATTEMPTS else State.FAILED,
        attempts=attempts,
        due_at=timezone.now() + dt.timedelta(minutes=2**attempts),
        error=f"{type(error).__name__}: {error}"[:250],
    )
