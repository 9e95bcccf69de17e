"""What waits for a second person, starting from who may be one."""

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.accounts.staff import staff_with
from portal.approvals.enums import OperationState
from portal.approvals.models import MoneyOperation, NumberRequest

APPROVE = "approvals.approve_operation"
APPROVE_NUMBER = "approvals.approve_number"


def waiting_for(user: User) -> QuerySet[MoneyOperation]:
    """Operations of others that this employee may approve, the oldest first; none without the right."""
    if not user.has_perm(APPROVE):
        return MoneyOperation.objects.none()
    waiting = MoneyOperation.objects.filter(state=OperationState.WAITING).exclude(made_by=user)
    return waiting.select_related("account", "made_by").order_by("made_at", "pk")


def numbers_waiting_for(user: User) -> QuerySet[NumberRequest]:
    """Numbers of others that this employee may approve, the oldest first; none without the right."""
    if not user.has_perm(APPROVE_NUMBER):
        return NumberRequest.objects.none()
    waiting = NumberRequest.objects.filter(state=OperationState.WAITING).exclude(made_by=user)
    return waiting.select_related("made_by").order_by("made_at", "pk")


def approvers_of(request: NumberRequest) -> list[User]:
    """Who may approve a request: those with the right, without who made it; where nobody is left, the superusers."""
    others = [user for user in staff_with(APPROVE_NUMBER) if user.pk != request.made_by_id]
    if others:
        return others
    chiefs = User.objects.filter(is_superuser=True, is_active=True)
    return [user for user in chiefs if user.pk != request.made_by_id]


def numbers_waiting(rule: str) -> QuerySet[NumberRequest]:
    """Numbers of a kind that wait, the newest first: no list of such numbers holds them yet."""
    return NumberRequest.objects.filter(state=OperationState.WAITING, rule=rule).select_related("made_by")
