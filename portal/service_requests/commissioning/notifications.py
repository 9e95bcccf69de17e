"""What residents are told of putting a meter into service."""

from portal.accounts.recipients import holders_on
from portal.core.clock import MOSCOW
from portal.notifications.enums import Kind
from portal.notifications.services import notify
from portal.service_requests.commissioning.models import Application, ApplicationEvent


def notify_event(application: Application, event: ApplicationEvent, state: str) -> int:
    """Tell the holders of the account of a step, in the step's own words."""
    return notify(
        kind=Kind.REQUEST_CHANGED,
        event=f"commissioning:{application.pk}:{event.pk}",
        recipients=holders_on(application.account, application.submitted_at.astimezone(MOSCOW).date()),
        context={"number": application.number, "state": state, "text": event.text},
        link=f"/personal/requests/meters/{application.pk}/",
    )
