"""Fixed vocabularies of dispatch."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RequestKind(models.TextChoices):
    """Kinds of requests."""

    NO_WATER = "no_water", _("No water")
    LEAK_STREET = "leak_street", _("Leak on the street")
    LEAK_HOUSE = "leak_house", _("Leak in the house")
    LOW_PRESSURE = "low_pressure", _("Low pressure")
    QUALITY = "quality", _("Water quality")
    SEWER = "sewer", _("Sewer blocked")
    OTHER = "other", _("Something else")


class RequestState(models.TextChoices):
    """States of a request."""

    RECEIVED = "received", pgettext_lazy("service_requests", "Received")
    ASSIGNED = "assigned", _("Assigned to a crew")
    ON_THE_WAY = "on_the_way", _("The crew is on the way")
    WORKING = "working", _("The crew is working")
    DONE = "done", pgettext_lazy("service_requests", "Done")
    CLOSED = "closed", pgettext_lazy("service_requests", "Closed")
    REJECTED = "rejected", pgettext_lazy("service_requests", "Rejected")


class RequestSource(models.TextChoices):
    """Sources of a request."""

    CABINET = "cabinet", _("Online account")
    PHONE = "phone", _("By phone")


OPEN = (RequestState.RECEIVED, RequestState.ASSIGNED, RequestState.ON_THE_WAY, RequestState.WORKING)
"""States in which the dispatcher still has something to do."""

TRANSITIONS: dict[str, tuple[RequestState, ...]] = {
    RequestState.RECEIVED: (RequestState.ASSIGNED, RequestState.REJECTED),
    RequestState.ASSIGNED: (RequestState.ON_THE_WAY, RequestState.WORKING, RequestState.REJECTED),
    RequestState.ON_THE_WAY: (RequestState.WORKING, RequestState.REJECTED),
    RequestState.WORKING: (RequestState.DONE,),
    RequestState.DONE: (RequestState.CLOSED, RequestState.RECEIVED),
    RequestState.CLOSED: (),
    RequestState.REJECTED: (),
}
"""From which state to which. DONE → RECEIVED is the resident's reopening, once."""
