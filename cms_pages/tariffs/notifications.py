"""Alerts to accountants about a tariff decision that waits for them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cms_pages.tariffs.permissions import MAY_ADOPT
from portal.accounts.notifications import recipient
from portal.accounts.staff import staff_with, withdraw_alerts
from portal.core.formatting import user_name
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, register
from portal.notifications.services import notify
from portal.notifications.texts import Text

TARIFF_WAITS = register(
    NotificationKind(
        code="tariff_waits",
        name=_("Tariff waits for approval (staff)"),
        category=categories.NEEDS_DECISION,
        link=Link("wagtailadmin_pages:edit", (1,)),
        permission=MAY_ADOPT,
        placeholders={
            "title": Placeholder(_("Title of the page"), "Тарифы с 1 июля 2026"),
            "name": Placeholder(_("Who entered it"), "Иванова Анна"),
        },
        russian=Text("Нужно ваше решение: тариф «{title}»", "Ждёт вашего утверждения. Внёс(ла): {name}."),
        english=Text("Your decision is needed: tariff “{title}”", "It waits for your approval. Entered by {name}."),
    )
)


def notify_waits(page: Any, task_state: Any, *, asked_by: Any) -> None:
    """Tell those who may adopt rates that a decision waits for one of them; once for a submission."""
    others = [user for user in staff_with(MAY_ADOPT) if asked_by is None or user.pk != asked_by.pk]
    notify(
        kind=TARIFF_WAITS,
        event=_waits_event(task_state),
        recipients=[recipient(user) for user in others],
        context={
            "title": page.title,
            "name": user_name(asked_by),
        },
        link_args=(page.pk,),
    )


def withdraw_waits(instance: Any, **_kwargs: Any) -> None:
    """A tariff decision was approved, sent back or withdrawn (`instance` is its task's state): nobody is asked now."""
    withdraw_alerts(_waits_event(instance))


def _waits_event(task_state: Any) -> str:
    return f"tariff:{task_state.pk}:waits"
