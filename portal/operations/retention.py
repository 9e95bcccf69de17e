"""Retention terms in one table, and the daily deletion of what is past them.

Each line counts what would go and erases one chunk of it; a chunk is one transaction. What still owes something stays:
a former holder while an account of theirs has a debt or an advance, a payment's events while the payment is open.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from portal.accounts import audit
from portal.accounts.models import Holder, Person, RegistrationDraft, RetentionSettings
from portal.accounts.services import anonymising, audit_archive
from portal.core import clock
from portal.ledger.selectors import balances
from portal.notifications.enums import MessageState
from portal.notifications.models import Message
from portal.operations import request_data
from portal.payments.enums import OPEN_STATES
from portal.payments.models import GatewayEvent
from portal.service_requests.support.enums import QuestionState
from portal.service_requests.support.models import SupportMessage, SupportQuestion

CHUNK = 500
CHUNKS_A_NIGHT = 40


@dataclass(frozen=True, slots=True)
class RetentionTerm:
    """One line of the table: its setting, what it is in Russian, what is due and how one chunk of it goes."""

    name: str
    title: str
    due: Callable[[dt.date], int]
    erase: Callable[[dt.date], int]


def _messages(before: dt.date) -> "QuerySet[Message]":
    old = Message.objects.filter(created_at__lt=clock.start_of(before))
    return old.exclude(state=MessageState.WAITING).order_by("pk")


def _questions(before: dt.date) -> "QuerySet[SupportQuestion]":
    late = SupportMessage.objects.filter(question=OuterRef("pk"), written_at__gte=clock.start_of(before))
    closed = SupportQuestion.objects.exclude(state=QuestionState.OPEN).filter(turned_at__lt=clock.start_of(before))
    return closed.exclude(Exists(late)).order_by("pk")


def _events(before: dt.date) -> "QuerySet[GatewayEvent]":
    old = GatewayEvent.objects.filter(received_at__lt=clock.start_of(before))
    return old.exclude(payment__state__in=OPEN_STATES).order_by("pk")


def _drafts(before: dt.date) -> "QuerySet[RegistrationDraft]":
    return RegistrationDraft.objects.filter(finished_at=None, updated_at__lt=clock.start_of(before)).order_by("pk")


def _settled(people: list[Person]) -> list[Person]:
    """Of people those whose accounts neither owe nor are owed anything, or have another holder now."""
    holdings = list(Holder.objects.filter(person__in=people).values_list("person_id", "account_id"))
    accounts = {account for _person, account in holdings}
    taken_over = set(Holder.objects.filter(account__in=accounts, until=None).values_list("account_id", flat=True))
    owed = balances(list(accounts - taken_over))
    busy = {person for person, account in holdings if owed.get(account)}
    return [person for person in people if person.pk not in busy]


def _people_due(before: dt.date) -> list[Person]:
    return _settled(list(anonymising.former_holders(before)))


def _erase_people(before: dt.date) -> int:
    chosen = _people_due(before)[:CHUNK]
    for person in chosen:
        anonymising.anonymise(person, moment=clock.real_now())
    return len(chosen)


def _erase_questions(before: dt.date) -> int:
    keys = list(_questions(before).values_list("pk", flat=True)[:CHUNK])
    SupportMessage.objects.filter(question__in=keys).delete()
    SupportQuestion.objects.filter(pk__in=keys).delete()
    return len(keys)


def _erased(
    rows: "Callable[[dt.date], QuerySet[Message] | QuerySet[GatewayEvent] | QuerySet[RegistrationDraft]]",
) -> Callable[[dt.date], int]:
    def erase(before: dt.date) -> int:
        expired = rows(before)
        keys = list(expired.values_list("pk", flat=True)[:CHUNK])
        expired.model._default_manager.filter(pk__in=keys).delete()
        return len(keys)

    return erase


def _log_due(before: dt.date) -> int:
    return sum(audit_archive.old_entries(log, before).count() for log in audit_archive.LOGS)


TERMS: tuple[RetentionTerm, ...] = (
    RetentionTerm("messages", "Письма и уведомления", lambda day: _messages(day).count(), _erased(_messages)),
    RetentionTerm("questions", "Вопросы в поддержку", lambda day: _questions(day).count(), _erase_questions),
    RetentionTerm(
        "requests",
        "Имена и телефоны в заявках",
        request_data.requests_due,
        lambda day: request_data.erase_requests(day, most=CHUNK),
    ),
    RetentionTerm(
        "complaints",
        "Имена и тексты обращений книги жалоб",
        lambda day: request_data.complaints(day).count(),
        lambda day: request_data.erase_complaints(day, most=CHUNK),
    ),
    RetentionTerm(
        "bank_lines",
        "Плательщики в строках банковских файлов",
        lambda day: request_data.bank_lines(day).count(),
        lambda day: request_data.erase_bank_lines(day, most=CHUNK),
    ),
    RetentionTerm("gateway_events", "Ответы платёжного шлюза", lambda day: _events(day).count(), _erased(_events)),
    RetentionTerm("drafts", "Незаконченные регистрации", lambda day: _drafts(day).count(), _erased(_drafts)),
    RetentionTerm("people", "Бывшие абоненты", lambda day: len(_people_due(day)), _erase_people),
    RetentionTerm(
        "audit_log",
        "Записи журнала",
        _log_due,
        lambda day: audit_archive.archive_month(before=day, moment=clock.real_now()),
    ),
)


def limit_of(term: RetentionTerm, *, today: dt.date) -> dt.date:
    """Return the first day that is kept: the first of the month that lies the setting's months back."""
    months: int = getattr(RetentionSettings.load(), term.name)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return dt.date(year, month + 1, 1)


def due(*, today: dt.date) -> dict[str, int]:
    """Return how much of each line would go; nothing is changed."""
    return {term.name: term.due(limit_of(term, today=today)) for term in TERMS}


def sweep(*, today: dt.date) -> dict[str, int]:
    """Erase what has had its time, chunk by chunk, at most `CHUNKS_A_NIGHT` of each line; what went is in the audit."""
    return {term.name: _swept(term, limit_of(term, today=today)) for term in TERMS}


def _swept(term: RetentionTerm, before: dt.date) -> int:
    total = 0
    for _chunk in range(CHUNKS_A_NIGHT):
        with transaction.atomic():
            erased = term.erase(before)
        if not erased:
            break
        total += erased
    if total:
        audit.write(
            RetentionSettings.load(),
            audit.RETENTION,
            by=None,
            what=f"{term.title}: срок хранения прошёл",
            section="audit",
            rows=total,
            before=before.isoformat(),
        )
    return total
