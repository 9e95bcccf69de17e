"""Alerts to engineers about a visit that a resident moved or called off."""

from django.utils.translation import gettext_lazy as _

from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, register
from portal.notifications.texts import Text
from portal.service_requests.permissions import METERS
from portal.service_requests.slot_texts import VISIT

ADDRESS = Placeholder(_("Address of the visit"), "ул. Речная, д. 8, кв. 14")
REASON = Placeholder(_("Why, if the resident said it"), "Уезжаю")
APPLICATION_PAGE, REPLACEMENTS_PAGE = Link("office_field_application", (1,)), Link("office_replacement")


def _moved(code: str, link: Link) -> NotificationKind:
    return register(
        NotificationKind(
            code=code,
            name=_("Visit moved by the resident (staff)"),
            category=categories.SERVICE_STATE,
            link=link,
            permission=METERS,
            placeholders={"address": ADDRESS, "visit": VISIT},
            russian=Text("Портал: житель перенёс визит", "{address}. Житель перенёс визит, новое время: {visit}."),
            english=Text("Portal: a resident moved a visit", "{address}. The resident moved the visit to {visit}."),
        )
    )


def _cancelled(code: str, link: Link) -> NotificationKind:
    return register(
        NotificationKind(
            code=code,
            name=_("Visit called off by the resident (staff)"),
            category=categories.SERVICE_STATE,
            link=link,
            permission=METERS,
            placeholders={"address": ADDRESS, "visit": VISIT, "reason": REASON},
            russian=Text("Портал: житель отменил визит", "{address}. Визит {visit} отменил житель. {reason}"),
            english=Text(
                "Portal: a resident called a visit off",
                "{address}. The resident called off the visit of {visit}. {reason}",
            ),
        )
    )


APPLICATION_VISIT_MOVED = _moved("application_visit_moved", APPLICATION_PAGE)
REPLACEMENT_VISIT_MOVED = _moved("order_visit_moved", REPLACEMENTS_PAGE)
APPLICATION_VISIT_CANCELLED = _cancelled("application_visit_cancelled", APPLICATION_PAGE)
REPLACEMENT_VISIT_CANCELLED = _cancelled("order_visit_cancelled", REPLACEMENTS_PAGE)
