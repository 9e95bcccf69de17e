"""Sending what is due: each row claimed by a conditional UPDATE, put back with a growing pause when mail is down."""

import datetime as dt
import smtplib
from collections.abc import Iterator, Sequence

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q
from django.utils import timezone

from portal.core import clock
from portal.notifications.categories import Category
from portal.notifications.declarations import codes_of
from portal.notifications.enums import EXPIRED, FINAL_ERRORS, GONE, SERVER_AWAY, DeliveryChannel, MessageState
from portal.notifications.mail import letter
from portal.notifications.models import Message
from portal.notifications.rendering import NoLongerValid, text_to_send

LEASE = dt.timedelta(minutes=10)
GIVE_UP_AFTER = dt.timedelta(days=5)
"""How long a letter is tried after its first failed attempt."""
LONGEST_PAUSE = dt.timedelta(minutes=30)


class _ServerUnavailable(Exception):
    """The mail server does not answer: the rest of the batch is left untouched."""


def send_due(*, limit: int = 200, category: Category | None = None) -> int:
    """Send waiting e-mails that are due, of one category when it is given; returns how many went.

    A server that is away costs one attempt of one message, not one of each; the first letter that it takes again
    makes all that waited for it due. A message claimed by a worker that died is taken again after the lease; its
    Message-ID stays the same.
    """
    moment = timezone.now()
    sent = 0
    with _connection() as connection:
        for batch in _batches(moment, limit, category):
            try:
                sent_now = _send(batch, connection)
            except _ServerUnavailable:
                break
            if sent_now and not sent:
                _release_waiting(moment)
            sent += sent_now
    return sent


def _release_waiting(moment: dt.datetime) -> None:
    """The mail server takes letters again: nobody waits for the end of a pause."""
    messages = Message.objects.filter(state=MessageState.WAITING, due_at__gt=moment, error__startswith=SERVER_AWAY)
    messages.update(due_at=moment)


class _connection:  # noqa: N801 (used as a function)
    """A mail connection for many letters: opened for the first, closed quietly even when the server is gone."""

    def __enter__(self) -> BaseEmailBackend:
        self.connection: BaseEmailBackend = get_connection()
        return self.connection

    def __exit__(self, *error: object) -> None:
        try:
            self.connection.close()
        except OSError:
            return


def _claimable(moment: dt.datetime) -> Q:
    return Q(state=MessageState.WAITING, due_at__lte=moment) | Q(
        state=MessageState.SENDING, claimed_at__lt=moment - LEASE
    )


def _batches(moment: dt.datetime, limit: int, category: Category | None) -> Iterator[list[int]]:
    """Ids that go in one letter: one message, or all of a digest to one recipient."""
    due = Message.objects.filter(_claimable(moment), channel=DeliveryChannel.EMAIL).order_by("due_at", "pk")
    if category is not None:
        due = due.filter(kind__in=codes_of([category]))
    digests: dict[int | None, list[int]] = {}
    single: list[list[int]] = []
    for pk, user_id, digest in due.values_list("pk", "user_id", "digest")[:limit]:
        if digest:
            digests.setdefault(user_id, []).append(pk)
        else:
            single.append([pk])
    yield from single
    yield from digests.values()


def _claim(ids: Sequence[int]) -> list[Message]:
    moment = timezone.now()
    free = _claimable(moment)
    mine = [
        pk for pk in ids if Message.objects.filter(free, pk=pk).update(state=MessageState.SENDING, claimed_at=moment)
    ]
    return list(Message.objects.filter(pk__in=mine).order_by("pk"))


def _send(ids: Sequence[int], connection: BaseEmailBackend) -> int:
    parts = []
    moment = timezone.now()
    for message in _claim(ids):
        if message.expires_at is not None and message.expires_at <= moment:
            Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, error=EXPIRED)
            continue
        try:
            parts.append((message, text_to_send(message)))
        except NoLongerValid:
            Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, error=GONE)
    if not parts:
        return 0
    messages = [message for message, _text in parts]
    mail = letter(parts)
    mail.connection = connection
    _open(connection, messages)
    return _hand_over(mail, messages)


def _open(connection: BaseEmailBackend, messages: Sequence[Message]) -> None:
    """Open the connection unless it is; a server that lets nobody in says nothing of the other messages."""
    try:
        connection.open()
    except OSError as error:
        _put_back(messages, error, server_away=True)
        raise _ServerUnavailable from error


def _hand_over(mail: EmailMultiAlternatives, messages: Sequence[Message]) -> int:
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        _put_back(messages, error, give_up=all(code >= 500 for code, _reason in error.recipients.values()))
        return 0
    except smtplib.SMTPResponseException as error:
        _put_back(messages, error)
        return 0
    except OSError as error:
        _put_back(messages, error, server_away=True)
        raise _ServerUnavailable from error
    Message.objects.filter(pk__in=[m.pk for m in messages]).update(
        state=MessageState.SENT, sent_at=clock.now(), error=""
    )
    return len(messages)


def _put_back(messages: Sequence[Message], error: OSError, *, give_up: bool = False, server_away: bool = False) -> None:
    """Try again later, the pause doubling up to LONGEST_PAUSE; give up GIVE_UP_AFTER the first failed attempt."""
    moment = timezone.now()
    for message in messages:
        attempts, first = message.attempts + 1, message.first_failed_at or moment
        over = give_up or moment - first >= GIVE_UP_AFTER
        detail = f"{SERVER_AWAY if server_away else ''}{type(error).__name__}: {error}"
        Message.objects.filter(pk=message.pk).update(
            state=MessageState.FAILED if over else MessageState.WAITING,
            attempts=attempts,
            first_failed_at=first,
            due_at=moment + min(dt.timedelta(minutes=2 ** min(attempts, 10)), LONGEST_PAUSE),
            error=detail[:250],
        )


def retry(*, message_id: int) -> bool:
    """Send a failed message again, as if new; False when it is not a failed one, or worthless by now."""
    return bool(_again(Q(pk=message_id)))


def retry_failed() -> int:
    """Send again all that failed and is still worth sending; returns how many."""
    return _again(Q())


def _again(which: Q) -> int:
    failed = Message.objects.filter(which, state=MessageState.FAILED).exclude(error__in=FINAL_ERRORS)
    return failed.update(state=MessageState.WAITING, attempts=0, first_failed_at=None, due_at=timezone.now(), error="")
