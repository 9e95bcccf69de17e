"""Writing the history of an application and telling it."""

import datetime as dt
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from portal.notifications.declarations import NotificationKind, fill
from portal.notifications.enums import Language
from portal.service_requests.commissioning import notifications
from portal.service_requests.commissioning.models import ApplicationEvent, CommissioningApplication


def record(
    application: CommissioningApplication,
    text: str,
    *,
    moment: dt.datetime,
    by: AbstractBaseUser | None,
    internal: bool = False,
) -> ApplicationEvent:
    """Add a line of history and tell nobody."""
    return ApplicationEvent.objects.create(
        application=application, text=text, at=moment, by_id=by.pk if by else None, internal=internal
    )


def record_step(
    application: CommissioningApplication,
    kind: NotificationKind,
    *,
    moment: dt.datetime,
    by: AbstractBaseUser | None,
    **values: Any,
) -> ApplicationEvent:
    """Add a step to the history, in the Russian default words of its kind, and tell the holders of it."""
    context = {"number": application.number, **values}
    text = fill(kind.russian, kind.values(context, Language.RUSSIAN)).body
    event = record(application, text, moment=moment, by=by)
    notifications.notify_step(application, event, kind, context)
    return event
