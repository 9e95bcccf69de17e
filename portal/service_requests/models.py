"""Every model of the app; each lives in the folder of its idea."""

from portal.service_requests.commissioning.models import (
    ApplicationEvent,
    ApplicationFile,
    CommissioningApplication,
    CommissioningCertificate,
    Offer,
    RefusalReason,
    Visit,
    VisitCheck,
    VisitPhoto,
)
from portal.service_requests.crews.models import Crew, DayOff, Slot, WorkingHours
from portal.service_requests.dispatch.models import (
    DispatchEvent,
    DispatchPhoto,
    DispatchRequest,
    Incident,
    KindNorm,
)
from portal.service_requests.outages.models import Outage, OutageHouse, OutageScope
from portal.service_requests.replacement.models import (
    Agreement,
    ReplacementOrder,
    Verification,
    VisitPlan,
)
from portal.service_requests.support.models import SupportMessage, SupportQuestion
from portal.service_requests.terms import RequestTerms

__all__ = [
    "Agreement",
    "ApplicationEvent",
    "ApplicationFile",
    "CommissioningApplication",
    "CommissioningCertificate",
    "Crew",
    "DayOff",
    "DispatchEvent",
    "DispatchPhoto",
    "DispatchRequest",
    "Incident",
    "KindNorm",
    "Offer",
    "Outage",
    "OutageHouse",
    "OutageScope",
    "RefusalReason",
    "ReplacementOrder",
    "RequestTerms",
    "Slot",
    "SupportMessage",
    "SupportQuestion",
    "Verification",
    "Visit",
    "VisitCheck",
    "VisitPhoto",
    "VisitPlan",
    "WorkingHours",
]
