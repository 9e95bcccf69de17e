"""Operations that wait for a second person, starting from who may approve."""

from typing import TypeVar

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.accounts.staff import staff_with, superusers
from portal.approvals.enums import OperationState
from portal.approvals.models import MoneyOperation, NumberRequest, TwoPersonDecision

D = TypeVar("D", bound=TwoPersonDecision)
APPROVE = "approvals.approve_operation"
APPROVE_NUMBER = "approvals.approve_number"
RIGHTS: dict[type[TwoPersonDecision], str] = {MoneyOperation: APPROVE, NumberRequest: APPROVE_NUMBER}
"""Who may approve what."""


def waiting_for(model: type[D], user: User) -> QuerySet[D]:
    """Return what others made and this employee may approve, the oldest first; nothing without the right."""
    decisions: QuerySet[D] = model._default_manager.all()
    if not user.has_perm(RIGHTS[model]):
        return decisions.none()
    waiting = decisions.filter(state=OperationState.WAITING).exclude(made_by=user)
    return waiting.select_related(*model.SHOWN_WITH).order_by("made_at", "pk")


def approvers_of(request: NumberRequest) -> list[User]:
    """Return who may approve a request: those with the right, without who made it; where nobody is left, the
    superusers.
    """
    others = [user for user in staff_with(APPROVE_NUMBER) if user.pk != request.made_by_id]
    if others:
        return others
    return [user for user in superusers() if user.pk != request.made_by_id]


def numbers_waiting(rule: str) -> QuerySet[NumberRequest]:
    """Numbers of a kind that wait, the newest first: no list of such numbers holds them yet."""
    return NumberRequest.objects.filter(state=OperationState.WAITING, rule=rule).select_related("made_by")
