"""Submitting a money operation or a number, approving it as the second person, rejecting it."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from portal.accounts import audit
from portal.accounts.models import Account, User
from portal.accounts.selectors import holds
from portal.approvals import notifications
from portal.approvals.calculation import ApprovalLimits, DoneAlone, needs_second_person, total
from portal.approvals.enums import NumberRule, OperationKind, OperationState
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.labels import NUMBER_LABELS, TAKEN_BACK, OperationEvent, event_text
from portal.approvals.loosening import MONEY, still_waits
from portal.approvals.models import SWITCHES, ApprovalSettings, MoneyOperation, NumberRequest, TwoPersonDecision
from portal.core import clock
from portal.core.formatting import money_text

D = TypeVar("D", bound=TwoPersonDecision)
BookingHandler = Callable[[Any, dt.datetime], None]
Facts = Callable[[Any], list[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOperation:
    """Operation to be requested; `amount` in ₽, `moved` what is counted when that is not the sum itself."""

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
    book: BookingHandler
    rejected: BookingHandler
    facts: "Facts | None" = None


_owners: dict[str, _Owner] = {}


def _nothing(operation: Any, now: dt.datetime) -> None:
    """Do nothing: a rejected operation of this kind leaves no trace."""


def register(
    kind: OperationKind | str, *, book: BookingHandler, rejected: BookingHandler = _nothing, facts: Facts | None = None
) -> None:
    """Say who books a kind: `book` runs once, in the transaction of the approval, and may raise ApprovalRefused.

    `kind` is one of money, or the `owner` that requests about numbers name. `facts` says what a request that waits
    would do now, as pairs of words; without it those of its submission are shown.
    """
    _owners[str(kind)] = _Owner(book, rejected, facts)


def current_facts(decision: TwoPersonDecision) -> list[tuple[str, str]]:
    """Return what a request that waits would do now, in pairs of words."""
    facts = _owners[decision.owner].facts
    if facts is not None:
        return facts(decision)
    return [(name, value) for name, value in decision.details.get("facts", [])]


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
    day, rules = clock.date_of(now), ApprovalSettings.load()
    whatever_the_sum = holds(by, new.account) or still_waits(rules, *MONEY, by=by)
    waits = whatever_the_sum or (
        rules.limits_kind(new.kind) and needs_second_person(moved, _done_alone(new, by, day, rules), _limits(rules))
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
        _note(operation, by, OperationEvent.WAITS)
    return operation, True


def above_one_person(rule: NumberRule, amount: Decimal, done: Decimal, *, by: User, day: dt.date) -> bool:
    """Whether `amount` ₽, after `done` ₽ of the same kind on a day, is above what one person may do alone.

    The limit of a day counts the money operations of the person as well. False while the rule is off.
    """
    rules = ApprovalSettings.load()
    if still_waits(rules, *MONEY, by=by):
        return True
    if not rules.needs_two(rule):
        return False
    of_day = total(_alone(by).filter(made_on=day).values_list("moved", flat=True))
    return needs_second_person(amount, DoneAlone(subject=done, day=done + of_day), _limits(rules))


def _alone(by: User) -> "QuerySet[MoneyOperation]":
    return MoneyOperation.objects.filter(made_by=by, state=OperationState.ALONE)


def _limits(rules: ApprovalSettings) -> ApprovalLimits:
    return ApprovalLimits(single=rules.second_person_above, day=rules.day_above)


def _done_alone(new: NewOperation, by: User, day: dt.date, rules: ApprovalSettings) -> DoneAlone:
    """Three short lists of one person's own operations; sums are added in Python, exactly."""
    alone = _alone(by)
    since = day - dt.timedelta(days=rules.account_days - 1)
    of_subject = alone.filter(subject=new.subject) if new.subject else alone.none()
    return DoneAlone(
        subject=total(of_subject.values_list("moved", flat=True)),
        account=total(alone.filter(account=new.account, made_on__gte=since).values_list("moved", flat=True)),
        day=total(alone.filter(made_on=day).values_list("moved", flat=True)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNumberRequest:
    """Change of a number to be requested: `owner` is the registered part that makes it from `details`."""

    rule: NumberRule
    owner: str
    title: str
    details: Mapping[str, Any]
    reason: str = ""


def needs_two(rule: NumberRule, *, by: User | None = None) -> bool:
    """Whether numbers of a kind are approved by a second person: for a day also when `by` has switched that off."""
    rules = ApprovalSettings.load()
    return rules.needs_two(rule) or (by is not None and still_waits(rules, SWITCHES[rule], by=by))


@transaction.atomic
def request_number(new: NewNumberRequest, *, by: User, now: dt.datetime) -> tuple[NumberRequest, bool]:
    """Let a number wait for a second person; True when the request is new, False when the very same waits already.

    Nothing changes until somebody else approves; those who may are told.
    """
    details = {"owner": new.owner, **new.details}
    key = hashlib.sha256(json.dumps([new.rule, details], sort_keys=True).encode()).hexdigest()
    request, created = NumberRequest.objects.get_or_create(
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
        _note(request, by, OperationEvent.WAITS)
        notifications.notify_number_waits(request)
    return request, created


@transaction.atomic
def approve(model: type[D], *, pk: int, by: User, now: dt.datetime) -> D:
    """The second person agrees: the operation is booked, or the number made, once.

    Raises ApprovalRefused (see its codes), and what the owner refuses.
    """
    decision = _waiting(model, pk)
    if decision.made_by_id == by.pk:
        raise ApprovalRefused("same_person")
    if decision.concerned is not None and holds(by, decision.concerned):
        raise ApprovalRefused("own_account")
    decision = _decide(decision, OperationState.APPROVED, by=by, now=now)
    _owners[decision.owner].book(decision, now)
    _note(decision, by, OperationEvent.APPROVED)
    _notify_decided(decision)
    return decision


@transaction.atomic
def reject(model: type[D], *, pk: int, by: User, answer: str, now: dt.datetime) -> D:
    """Say no with words for who made it. Raises ApprovalRefused: reason, state."""
    if not answer.strip():
        raise ApprovalRefused("reason")
    decision = _drop(model, pk, by=by, answer=answer.strip()[:250], now=now, event=OperationEvent.REJECTED)
    if decision.made_by_id != by.pk:
        _notify_decided(decision)
    return decision


@transaction.atomic
def take_back(model: type[D], *, pk: int, by: User, now: dt.datetime) -> D:
    """Withdraw a request that its maker no longer wants: nothing is booked or changed.

    Raises ApprovalRefused: not_own, state.
    """
    if not model._default_manager.filter(pk=pk, made_by=by).exists():
        raise ApprovalRefused("not_own")
    return _drop(model, pk, by=by, answer=TAKEN_BACK, now=now, event=OperationEvent.TAKEN_BACK)


def _waiting(model: type[D], pk: int) -> D:
    return model._default_manager.select_related(*model.SHOWN_WITH).get(pk=pk)


def _drop(model: type[D], pk: int, *, by: User, answer: str, now: dt.datetime, event: OperationEvent) -> D:
    decision = _decide(_waiting(model, pk), OperationState.REJECTED, by=by, now=now, answer=answer)
    _owners[decision.owner].rejected(decision, now)
    _note(decision, by, event)
    return decision


def _decide(decision: D, state: OperationState, *, by: User, now: dt.datetime, answer: str = "") -> D:
    """One conditional UPDATE: of two who decide at once, one is refused."""
    waiting = type(decision)._default_manager.filter(pk=decision.pk, state=OperationState.WAITING)
    if not waiting.update(state=state, decided_by=by, decided_at=now, answer=answer):
        raise ApprovalRefused("state")
    decision.refresh_from_db()
    if isinstance(decision, NumberRequest):
        notifications.withdraw_number_waits(decision)
    return decision


def mark_void(*, operation_id: int | None) -> None:
    """The money did not move after all (the bank refused): the sum is counted against nobody."""
    if operation_id is not None:
        MoneyOperation.objects.filter(pk=operation_id).update(state=OperationState.VOID)


def _note(decision: TwoPersonDecision, by: User, event: OperationEvent) -> None:
    """An operation in the audit of its account, which its resident reads: words between employees stay out of it."""
    if isinstance(decision, MoneyOperation):
        after = f"{money_text(decision.amount)}. {decision.reason}"
        audit.money(decision.account, by=by, what=event_text(decision, event), after=after)
    elif isinstance(decision, NumberRequest):
        description = f"{decision.title}: {NUMBER_LABELS[event]}"
        audit.decided(decision, by=by, what=description, after=decision.answer or decision.reason or None)


def _notify_decided(decision: TwoPersonDecision) -> None:
    if isinstance(decision, MoneyOperation):
        notifications.notify_decision(decision)
    elif isinstance(decision, NumberRequest):
        notifications.notify_number_decision(decision)
