"""Writing the history of an application and telling it."""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser

from portal.service_requests.commissioning import notifications
from portal.service_requests.commissioning.models import Application, ApplicationEvent


def record(
    application: Application,
    text: str,
    *,
    moment: dt.datetime,
    by: AbstractBaseUser | None,
    notified_as: str = "",
    internal: bool = False,
) -> ApplicationEvent:
    """Add a line of history; `told_as` is the state in the subject of the notice, none when nobody is told."""
    event = ApplicationEvent.objects.create(
        application=application, text=text, at=moment, by_id=by.pk if by else None, internal=internal
    )
    if notified_as:
        notifications.notify_event(application, event, notified_as)
    return event
