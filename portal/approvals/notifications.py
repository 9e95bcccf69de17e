"""What who made an operation is told of its decision. Russian content."""

from portal.accounts.notifications import recipient
from portal.approvals.enums import OperationState
from portal.approvals.models import MoneyOperation
from portal.approvals.words import TITLES
from portal.core.formatting import money_text
from portal.notifications.enums import Kind
from portal.notifications.services import notify


def tell_decision(operation: MoneyOperation) -> None:
    """Tell who made it whether it was approved, by whom and why not; once for an operation."""
    if operation.made_by is None or operation.decided_by is None:
        return
    what = f"{TITLES[operation.kind]} {money_text(operation.amount)}"
    name = operation.decided_by.get_full_name() or operation.decided_by.get_username()
    if operation.state == OperationState.APPROVED:
        decision, text = "подтверждено", f"{name}: подтверждено. Причина операции: {operation.reason}"
    else:
        decision, text = "отклонено", f"{name}: отклонено. {operation.answer}"
    notify(
        kind=Kind.DECISION,
        event=f"operation:{operation.pk}:decided",
        recipients=[recipient(operation.made_by)],
        context={"what": what, "decision": decision, "text": text},
        link=f"/admin/office/approvals/{operation.pk}/",
    )
