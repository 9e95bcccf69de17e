"""The steps of commissioning, in their order: applying, agreeing, finishing, certificates."""

from portal.service_requests.commissioning.agreeing import (
    agree_by_phone,
    ask_another_day,
    move_visit,
    offer,
    pick,
    planned_visit,
    resident_was_out,
)
from portal.service_requests.commissioning.applying import (
    Applicant,
    ApplicationDraft,
    MeterData,
    PreferredSlot,
    allowed_days,
    already_applied,
    apply,
    refusals_of,
    withdraw,
)
from portal.service_requests.commissioning.certificates import attach_signed, pdf_of
from portal.service_requests.commissioning.finishing import (
    SiteInspection,
    company_did_not_come,
    put_into_service,
    refuse,
    settle_missed_visits,
)

__all__ = [
    "Applicant",
    "ApplicationDraft",
    "MeterData",
    "PreferredSlot",
    "SiteInspection",
    "agree_by_phone",
    "allowed_days",
    "already_applied",
    "apply",
    "ask_another_day",
    "attach_signed",
    "company_did_not_come",
    "move_visit",
    "offer",
    "pdf_of",
    "pick",
    "planned_visit",
    "put_into_service",
    "refusals_of",
    "refuse",
    "resident_was_out",
    "settle_missed_visits",
    "withdraw",
]
