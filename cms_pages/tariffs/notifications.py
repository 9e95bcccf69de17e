"""What accountants are told of a tariff decision that waits for them. Russian content."""

from typing import Any

from portal.accounts.notifications import recipient
from portal.accounts.staff import staff_with, withdraw_alerts
from portal.notifications.enums import Kind
from portal.notifications.services import notify


def notify_waits(page: Any, task_state: Any, *, asked_by: Any) -> None:
    """Tell those who may adopt rates that a decision waits for one of them; once for a submission."""
    from cms_pages.tariffs.models import MAY_ADOPT

    others = [user for user in staff_with(MAY_ADOPT) if asked_by is None or user.pk != asked_by.pk]
    name = "" if asked_by is None else asked_by.get_full_name() or asked_by.get_username()
    notify(
        kind=Kind.NEEDS_DECISION,
        event=_waits_event(task_state),
        recipients=[recipient(user) for user in others],
        context={"what": f"тариф «{page.title}»", "text": f"Ждёт вашего утверждения. Внёс(ла): {name}."},
        link=f"/admin/pages/{page.pk}/edit/",
    )


def withdraw_waits(instance: Any, **_kwargs: Any) -> None:
    """A tariff decision was approved, sent back or withdrawn (`instance` is its task's state): nobody is asked now."""
    withdraw_alerts(_waits_event(instance))


def _waits_event(task_state: Any) -> str:
    return f"tariff:{task_state.pk}:waits"
