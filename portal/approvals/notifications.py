"""What who made an operation is told of its decision. Russian content."""

from portal.accounts.notifications import recipient
from portal.accounts.staff import withdraw_alerts
from portal.approvals.enums import OperationState
from portal.approvals.models import MoneyOperation, NumberRequest
from portal.approvals.selectors import approvers_of
from portal.approvals.words import TITLES
from portal.core.formatting import money_text
from portal.notifications.enums import Kind
from portal.notifications.services import notify


def notify_decision(operation: MoneyOperation) -> None:
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


def notify_number_waits(request: NumberRequest) -> None:
    """Tell those who may approve a number that it waits for one of them; once for a request."""
    if request.made_by is None:
        return
    name = request.made_by.get_full_name() or request.made_by.get_username()
    notify(
        kind=Kind.NEEDS_DECISION,
        event=_waits_event(request),
        recipients=[recipient(user) for user in approvers_of(request)],
        context={"what": request.title, "text": f"Ждёт вашего утверждения. Внёс(ла): {name}."},
        link=_link(request),
    )


def withdraw_number_waits(request: NumberRequest) -> None:
    """A number was decided on: it waits for nobody any more."""
    withdraw_alerts(_waits_event(request))


def _waits_event(request: NumberRequest) -> str:
    return f"number:{request.pk}:waits"


def notify_number_decision(request: NumberRequest) -> None:
    """Tell who entered a number whether it was approved, by whom and why not; once for a request."""
    if request.made_by is None or request.decided_by is None:
        return
    name = request.decided_by.get_full_name() or request.decided_by.get_username()
    approved = request.state == OperationState.APPROVED
    notify(
        kind=Kind.DECISION,
        event=f"number:{request.pk}:decided",
        recipients=[recipient(request.made_by)],
        context={
            "what": request.title,
            "decision": "утверждено" if approved else "отклонено",
            "text": f"{name}: утверждено." if approved else f"{name}: отклонено. {request.answer}",
        },
        link=_link(request),
    )


def _link(request: NumberRequest) -> str:
    return f"/admin/office/number-requests/{request.pk}/"
