"""Alerts to employees about operations that need two persons: what waits, and how it was decided."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import User
from portal.accounts.notifications import recipient
from portal.accounts.staff import staff_with, superusers, withdraw_alerts
from portal.approvals.enums import OperationState
from portal.approvals.models import MoneyOperation, NumberRequest
from portal.approvals.selectors import APPROVE, APPROVE_NUMBER, approvers_of
from portal.core.formatting import user_name
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, money, register
from portal.notifications.services import notify
from portal.notifications.texts import Text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_OPERATIONS: "dict[str, StrOrPromise]" = {
    "refund": pgettext_lazy("operation", "refund"),
    "correction": pgettext_lazy("operation", "correction"),
    "recalculation": pgettext_lazy("operation", "recalculation"),
}
OPERATION_PAGE, NUMBER_PAGE = Link("office_approval", (1,)), Link("office_number_request", (1,))
OPERATION = Placeholder(_("What it is: a refund, a correction, a recalculation"), _OPERATIONS["refund"])
AMOUNT = money(_("Its sum"), Decimal("4000.00"))
NAME = Placeholder(_("Who approved or rejected it"), "Иванова Анна")
ANSWER = Placeholder(_("Answer of the person who decided"), "Платёж уже вернул банк.")
TITLE = Placeholder(_("The number that is to be changed"), "Норматив: холодное водоснабжение, 4,331 → 5")

OPERATION_APPROVED = register(
    NotificationKind(
        code="operation_approved",
        name=_("Money operation approved (staff)"),
        category=categories.DECISION,
        link=OPERATION_PAGE,
        placeholders={
            "operation": OPERATION,
            "amount": AMOUNT,
            "name": NAME,
            "reason": Placeholder(_("Why the operation was made"), "Двойная оплата"),
        },
        russian=Text(
            "Деньги вдвоём, {operation} {amount}: подтверждено",
            "{name}: подтверждено. Причина операции: {reason}",
        ),
        english=Text(
            "Money operation approved: {operation}, {amount}", "{name} approved it. Reason of the operation: {reason}"
        ),
    )
)
OPERATION_REJECTED = register(
    NotificationKind(
        code="operation_rejected",
        name=_("Money operation rejected (staff)"),
        category=categories.DECISION,
        link=OPERATION_PAGE,
        placeholders={"operation": OPERATION, "amount": AMOUNT, "name": NAME, "answer": ANSWER},
        russian=Text("Деньги вдвоём, {operation} {amount}: отклонено", "{name}: отклонено. {answer}"),
        english=Text("Money operation rejected: {operation}, {amount}", "{name} rejected it. {answer}"),
    )
)
NUMBER_WAITS = register(
    NotificationKind(
        code="number_waits",
        name=_("Number waits for approval (staff)"),
        category=categories.NEEDS_DECISION,
        link=NUMBER_PAGE,
        permission=APPROVE_NUMBER,
        placeholders={"title": TITLE, "name": Placeholder(_("Who entered it"), "Иванова Анна")},
        russian=Text("Нужно ваше решение: {title}", "Ждёт вашего утверждения. Внёс(ла): {name}."),
        english=Text("Your decision is needed: {title}", "It waits for your approval. Entered by {name}."),
    )
)
NUMBER_APPROVED = register(
    NotificationKind(
        code="number_approved",
        name=_("Number approved (staff)"),
        category=categories.DECISION,
        link=NUMBER_PAGE,
        placeholders={"title": TITLE, "name": NAME},
        russian=Text("Утверждено: {title}", "{name}: утверждено."),
        english=Text("Approved: {title}", "{name} approved it."),
    )
)
NUMBER_REJECTED = register(
    NotificationKind(
        code="number_rejected",
        name=_("Number rejected (staff)"),
        category=categories.DECISION,
        link=NUMBER_PAGE,
        placeholders={"title": TITLE, "name": NAME, "answer": ANSWER},
        russian=Text("Отклонено: {title}", "{name}: отклонено. {answer}"),
        english=Text("Rejected: {title}", "{name} rejected it. {answer}"),
    )
)


RULES_LOOSENED = register(
    NotificationKind(
        code="approval_rules_loosened",
        name=_("Rule of two people switched off (staff)"),
        category=categories.DECISION,
        permission=APPROVE_NUMBER,
        placeholders={
            "name": Placeholder(_("Who switched it off"), "Иванова Анна"),
            "what": Placeholder(_("What was switched off or raised"), "Нормативы: да → нет"),
        },
        russian=Text(
            "Правила «Деньги и числа вдвоём» ослаблены",
            "{name}: {what}. Если вы об этом не договаривались, спросите. Что этот сотрудник внесёт за сутки, всё "
            "равно ждёт второго человека.",
        ),
        english=Text(
            "The rules of two people were loosened",
            "{name}: {what}. If this was not agreed, ask. What they enter within a day still waits for somebody else.",
        ),
    )
)


def notify_rules_loosened(*, by: User, what: str, event: str) -> None:
    """Tell everybody who approves, and the other superusers, that somebody switched a rule off or raised a limit."""
    people = {user.pk: user for user in [*staff_with(APPROVE_NUMBER), *staff_with(APPROVE), *superusers()]}
    people.pop(by.pk, None)
    notify(
        kind=RULES_LOOSENED,
        event=event,
        recipients=[recipient(user) for user in people.values()],
        context={"name": user_name(by), "what": what},
    )


def notify_decision(operation: MoneyOperation) -> None:
    """Tell who made it whether it was approved, by whom and why not; once for an operation."""
    if operation.made_by is None or operation.decided_by is None:
        return
    approved = operation.state == OperationState.APPROVED
    values = {
        "operation": _OPERATIONS[operation.kind],
        "amount": operation.amount,
        "name": user_name(operation.decided_by),
    }
    notify(
        kind=OPERATION_APPROVED if approved else OPERATION_REJECTED,
        event=f"operation:{operation.pk}:decided",
        recipients=[recipient(operation.made_by)],
        context=values | ({"reason": operation.reason} if approved else {"answer": operation.answer}),
        link_args=(operation.pk,),
    )


def notify_number_waits(request: NumberRequest) -> None:
    """Tell those who may approve a number that it waits for one of them; once for a request."""
    if request.made_by is None:
        return
    notify(
        kind=NUMBER_WAITS,
        event=_waits_event(request),
        recipients=[recipient(user) for user in approvers_of(request)],
        context={"title": request.title, "name": user_name(request.made_by)},
        link_args=(request.pk,),
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
    approved = request.state == OperationState.APPROVED
    values = {"title": request.title, "name": user_name(request.decided_by)}
    notify(
        kind=NUMBER_APPROVED if approved else NUMBER_REJECTED,
        event=f"number:{request.pk}:decided",
        recipients=[recipient(request.made_by)],
        context=values if approved else values | {"answer": request.answer},
        link_args=(request.pk,),
    )
