"""Records events in the history of an application and notifies its holders."""

import datetime as dt
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from portal.notifications.declarations import NotificationKind, fill
from portal.notifications.enums import Language
from portal.service_requests.commissioning import notifications
from portal.service_requests.commissioning.models import ApplicationEvent, CommissioningApplication


def record(
    *,
    application: CommissioningApplication,
    text: str,
    moment: dt.datetime,
    by: AbstractBaseUser | None,
    is_internal: bool = False,
) -> ApplicationEvent:
    """Record an event without a notification. `is_internal`: only staff see it."""
    return ApplicationEvent.objects.create(
        application=application, text=text, at=moment, by_id=by.pk if by else None, is_internal=is_internal
    )


def record_step(
    *,
    application: CommissioningApplication,
    kind: NotificationKind,
    moment: dt.datetime,
    by: AbstractBaseUser | None,
    **values: Any,
) -> ApplicationEvent:
    """Record an event with the Russian default text of a notification kind, and notify the holders."""
    context = {"number": application.number, **values}
    text = fill(kind.russian, kind.values(context, Language.RUSSIAN)).body
    event = record(application=application, text=text, moment=moment, by=by)
    notifications.notify_step(application, event, kind, context)
    return event
