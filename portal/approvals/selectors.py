"""What waits for a second person, starting from who may be one."""

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.approvals.enums import OperationState
from portal.approvals.models import MoneyOperation

APPROVE = "approvals.approve_operation"


def waiting_for(user: User) -> QuerySet[MoneyOperation]:
    """Operations of others that this employee may approve, the oldest first; none without the right."""
    if not user.has_perm(APPROVE):
        return MoneyOperation.objects.none()
    waiting = MoneyOperation.objects.filter(state=OperationState.WAITING).exclude(made_by=user)
    return waiting.select_related("account", "made_by").order_by("made_at", "pk")
