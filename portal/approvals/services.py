"""Submitting a money operation, approving it as the second person, rejecting it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import Account, User
from portal.approvals import notifications
from portal.approvals.calculation import DoneAlone, Limits, needs_second_person, total
from portal.approvals.enums import OperationKind, OperationState
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import ApprovalSettings, MoneyOperation
from portal.approvals.words import TAKEN_BACK, Event, event_words
from portal.core import clock
from portal.core.formatting import money_text

Act = Callable[[MoneyOperation, dt.datetime], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOperation:
    """What somebody wants to do; `amount` in ₽, `moved` what is counted when that is not the sum itself."""

    kind: OperationKind
    key: str
    account: Account
    amount: Decimal
    reason: str
    subject: str = ""
    document: str = ""
    moved: Decimal | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Owner:
    book: Act
    rejected: Act


_owners: dict[str, _Owner] = {}


def _nothing(operation: MoneyOperation, now: dt.datetime) -> None:
    """What happens to a rejected operation that left nothing behind."""


def register(kind: OperationKind, *, book: Act, rejected: Act = _nothing) -> None:
    """Say who books a kind: `book` runs once, in the transaction of the approval, and may raise ApprovalRefused."""
    _owners[kind] = _Owner(book, rejected)


@transaction.atomic
def submit(new: NewOperation, *, by: User, now: dt.datetime) -> tuple[MoneyOperation, bool]:
    """Count an operation against the limits of who makes it; True when it is new, False when its key stands already.

    State `alone`: the caller books it, in the same transaction. State `waiting`: nothing is booked until somebody else
    approves. The row of the person is locked, so that parallel requests are counted one after another.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    standing = MoneyOperation.objects.filter(key=new.key).first()
    if standing is not None:
        return standing, False
    moved = abs(new.amount) if new.moved is None else new.moved
    day = now.astimezone(clock.MOSCOW).date()
    waits = _holds(by, new.account) or needs_second_person(moved, _done_alone(new, by, day), _limits())
    operation = MoneyOperation.objects.create(
        kind=new.kind,
        key=new.key,
        account=new.account,
        subject=new.subject,
        amount=new.amount,
        moved=moved,
        reason=new.reason,
        document=new.document,
        details=dict(new.details),
        state=OperationState.WAITING if waits else OperationState.ALONE,
        made_by=by,
        made_at=now,
        made_on=day,
    )
    if waits:
        _note(operation, by, Event.WAITS)
    return operation, True


def _limits() -> Limits:
    settings = ApprovalSettings.load()
    return Limits(single=settings.second_person_above, day=settings.day_above)


def _done_alone(new: NewOperation, by: User, day: dt.date) -> DoneAlone:
    """Three short lists of one person's own operations; sums are added in Python, exactly."""
    alone = MoneyOperation.objects.filter(made_by=by, state=OperationState.ALONE)
    since = day - dt.timedelta(days=ApprovalSettings.load().account_days - 1)
    of_subject = alone.filter(subject=new.subject) if new.subject else alone.none()
    return DoneAlone(
        subject=total(of_subject.values_list("moved", flat=True)),
        account=total(alone.filter(account=new.account, made_on__gte=since).values_list("moved", flat=True)),
        day=total(alone.filter(made_on=day).values_list("moved", flat=True)),
    )


def _holds(user: User, account: Account) -> bool:
    """Whether an employee holds the account themselves: their own money always takes another person."""
    return bool(Account.objects.visible_to(user).filter(pk=account.pk).exists())


@transaction.atomic
def approve(*, operation_id: int, by: User, now: dt.datetime) -> MoneyOperation:
    """The second person agrees: the operation is booked, once. Raises ApprovalRefused: see its codes."""
    operation = MoneyOperation.objects.select_related("account", "made_by").get(pk=operation_id)
    if operation.made_by_id == by.pk:
        raise ApprovalRefused("same_person")
    if _holds(by, operation.account):
        raise ApprovalRefused("own_account")
    operation = _decide(operation, OperationState.APPROVED, by=by, now=now)
    _owners[operation.kind].book(operation, now)
    _note(operation, by, Event.APPROVED)
    notifications.tell_decision(operation)
    return operation


@transaction.atomic
def reject(*, operation_id: int, by: User, answer: str, now: dt.datetime) -> MoneyOperation:
    """Say no with words for who made it. Raises ApprovalRefused: reason, state."""
    if not answer.strip():
        raise ApprovalRefused("reason")
    operation = _drop(operation_id, by=by, answer=answer.strip()[:250], now=now, event=Event.REJECTED)
    if operation.made_by_id != by.pk:
        notifications.tell_decision(operation)
    return operation


@transaction.atomic
def take_back(*, operation_id: int, by: User, now: dt.datetime) -> MoneyOperation:
    """Who made an operation no longer wants it: nothing is booked. Raises ApprovalRefused: not_own, state."""
    if not MoneyOperation.objects.filter(pk=operation_id, made_by=by).exists():
        raise ApprovalRefused("not_own")
    return _drop(operation_id, by=by, answer=TAKEN_BACK, now=now, event=Event.TAKEN_BACK)


def _drop(operation_id: int, *, by: User, answer: str, now: dt.datetime, event: Event) -> MoneyOperation:
    operation = MoneyOperation.objects.select_related("account", "made_by").get(pk=operation_id)
    operation = _decide(operation, OperationState.REJECTED, by=by, now=now, answer=answer)
    _owners[operation.kind].rejected(operation, now)
    _note(operation, by, event)
    return operation


def _decide(
    operation: MoneyOperation, state: OperationState, *, by: User, now: dt.datetime, answer: str = ""
) -> MoneyOperation:
    """One conditional UPDATE: of two who decide at once, one is refused."""
    waiting = MoneyOperation.objects.filter(pk=operation.pk, state=OperationState.WAITING)
    if not waiting.update(state=state, decided_by=by, decided_at=now, answer=answer):
        raise ApprovalRefused("state")
    operation.refresh_from_db()
    return operation


def mark_void(*, operation_id: int | None) -> None:
    """The money did not move after all (the bank refused): the sum is counted against nobody."""
    if operation_id is not None:
        MoneyOperation.objects.filter(pk=operation_id).update(state=OperationState.VOID)


def _note(operation: MoneyOperation, by: User, event: Event) -> None:
    """In the audit of the account, which its resident reads: the words between employees stay with the operation."""
    audit.money(
        operation.account,
        by=by,
        what=event_words(operation, event),
        after=f"{money_text(operation.amount)}. {operation.reason}",
    )
