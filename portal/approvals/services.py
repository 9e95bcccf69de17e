"""Submitting a money operation or a number, approving it as the second person, rejecting it."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import Account, User
from portal.accounts.selectors import holds
from portal.approvals import notifications
from portal.approvals.calculation import DoneAlone, Limits, needs_second_person, total
from portal.approvals.enums import NumberRule, OperationKind, OperationState
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import ApprovalSettings, MoneyOperation, NumberRequest, TwoPersonDecision
from portal.approvals.words import TAKEN_BACK, Event, event_words
from portal.core import clock
from portal.core.formatting import money_text

D = TypeVar("D", bound=TwoPersonDecision)
Act = Callable[[Any, dt.datetime], None]


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


def _nothing(operation: Any, now: dt.datetime) -> None:
    """What happens to a rejected operation that left nothing behind."""


def register(kind: OperationKind | str, *, book: Act, rejected: Act = _nothing) -> None:
    """Say who books a kind: `book` runs once, in the transaction of the approval, and may raise ApprovalRefused.

    `kind` is one of money, or the `owner` that requests about numbers name.
    """
    _owners[str(kind)] = _Owner(book, rejected)


@transaction.atomic
def submit(new: NewOperation, *, by: User, now: dt.datetime) -> tuple[MoneyOperation, bool]:
    """Count an operation against the limits of who makes it; True when it is new, False when its key stands already.

    State `alone`: the caller books it, in the same transaction. State `waiting`: nothing is booked until somebody else
    approves. The row of the person is locked, so that parallel requests are counted one after another.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    existing = MoneyOperation.objects.filter(key=new.key).first()
    if existing is not None:
        return existing, False
    moved = abs(new.amount) if new.moved is None else new.moved
    day = now.astimezone(clock.MOSCOW).date()
    waits = holds(by, new.account) or (
        _under_limits(new.kind) and needs_second_person(moved, _done_alone(new, by, day), _limits())
    )
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


def _under_limits(kind: OperationKind) -> bool:
    """Refunds always are; corrections and recalculations unless the superuser switched their rule off."""
    return kind == OperationKind.REFUND or ApprovalSettings.load().two_people_corrections


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


@transaction.atomic
def approve(*, operation_id: int, by: User, now: dt.datetime) -> MoneyOperation:
    """The second person agrees: the operation is booked, once. Raises ApprovalRefused: see its codes."""
    operation = MoneyOperation.objects.select_related("account", "made_by").get(pk=operation_id)
    if operation.made_by_id == by.pk:
        raise ApprovalRefused("same_person")
    if holds(by, operation.account):
        raise ApprovalRefused("own_account")
    operation = _decide(operation, OperationState.APPROVED, by=by, now=now)
    _owners[operation.kind].book(operation, now)
    _note(operation, by, Event.APPROVED)
    notifications.notify_decision(operation)
    return operation


@transaction.atomic
def reject(*, operation_id: int, by: User, answer: str, now: dt.datetime) -> MoneyOperation:
    """Say no with words for who made it. Raises ApprovalRefused: reason, state."""
    if not answer.strip():
        raise ApprovalRefused("reason")
    operation = _drop(operation_id, by=by, answer=answer.strip()[:250], now=now, event=Event.REJECTED)
    if operation.made_by_id != by.pk:
        notifications.notify_decision(operation)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNumberRequest:
    """What somebody wants to do with a number: `owner` is the registered part that makes it from `details`."""

    rule: NumberRule
    owner: str
    title: str
    details: Mapping[str, Any]
    reason: str = ""


def needs_two(rule: NumberRule) -> bool:
    """Whether numbers of a kind are approved by a second person."""
    return ApprovalSettings.load().needs_two(rule)


@transaction.atomic
def request_number(new: NewNumberRequest, *, by: User, now: dt.datetime) -> tuple[NumberRequest, bool]:
    """Let a number wait for a second person; True when the request is new, False when the very same waits already.

    Nothing changes until somebody else approves; those who may are told.
    """
    details = {"owner": new.owner, **new.details}
    key = hashlib.sha256(json.dumps([new.rule, details], sort_keys=True).encode()).hexdigest()
    found, created = NumberRequest.objects.get_or_create(
        key=key,
        state=OperationState.WAITING,
        defaults={
            "rule": new.rule,
            "title": new.title[:250],
            "reason": new.reason[:250],
            "details": details,
            "made_by": by,
            "made_at": now,
        },
    )
    if created:
        _note_number(found, by, "ждёт утверждения")
        notifications.notify_number_waits(found)
    return found, created


@transaction.atomic
def approve_number(*, request_id: int, by: User, now: dt.datetime) -> NumberRequest:
    """The second person agrees: the number is made, once. Raises ApprovalRefused, and what its owner refuses."""
    found = NumberRequest.objects.select_related("made_by").get(pk=request_id)
    if found.made_by_id == by.pk:
        raise ApprovalRefused("same_person")
    found = _decide(found, OperationState.APPROVED, by=by, now=now)
    _owners[found.details["owner"]].book(found, now)
    _note_number(found, by, "утверждено")
    notifications.notify_number_decision(found)
    return found


@transaction.atomic
def reject_number(*, request_id: int, by: User, answer: str, now: dt.datetime) -> NumberRequest:
    """Say no with words for who asked. Raises ApprovalRefused: reason, state."""
    if not answer.strip():
        raise ApprovalRefused("reason")
    found = _drop_number(request_id, by=by, answer=answer.strip()[:250], now=now, what="отклонено")
    if found.made_by_id != by.pk:
        notifications.notify_number_decision(found)
    return found


@transaction.atomic
def take_back_number(*, request_id: int, by: User, now: dt.datetime) -> NumberRequest:
    """Who asked for a number no longer wants it: nothing changes. Raises ApprovalRefused: not_own, state."""
    if not NumberRequest.objects.filter(pk=request_id, made_by=by).exists():
        raise ApprovalRefused("not_own")
    return _drop_number(request_id, by=by, answer=TAKEN_BACK, now=now, what="забрано обратно")


def _drop_number(request_id: int, *, by: User, answer: str, now: dt.datetime, what: str) -> NumberRequest:
    found = NumberRequest.objects.select_related("made_by").get(pk=request_id)
    found = _decide(found, OperationState.REJECTED, by=by, now=now, answer=answer)
    _owners[found.details["owner"]].rejected(found, now)
    _note_number(found, by, what)
    return found


def _decide(operation: D, state: OperationState, *, by: User, now: dt.datetime, answer: str = "") -> D:
    """One conditional UPDATE: of two who decide at once, one is refused."""
    waiting = type(operation)._default_manager.filter(pk=operation.pk, state=OperationState.WAITING)
    if not waiting.update(state=state, decided_by=by, decided_at=now, answer=answer):
        raise ApprovalRefused("state")
    operation.refresh_from_db()
    return operation


def _note_number(found: NumberRequest, by: User, what: str) -> None:
    audit.decided(found, by=by, what=f"{found.title}: {what}", after=found.answer or found.reason or None)


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
