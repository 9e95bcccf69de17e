"""Reads of commissioning: a resident's applications with their steps and clock; the engineer's lists."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.accounts.own_time import in_own_time
from portal.billing.calculation.workdays import is_working
from portal.core.clock import date_of
from portal.core.formatting import date_text, moment_text
from portal.core.params import whole_number
from portal.metering.models import Meter
from portal.service_requests.commissioning.enums import PENDING, ApplicationState, VisitState
from portal.service_requests.commissioning.models import (
    CommissioningApplication,
    CommissioningCertificate,
    RefusalReason,
    Visit,
)
from portal.service_requests.crews.models import Slot
from portal.service_requests.crews.selectors import free_slots, one_crew_each
from portal.service_requests.slot_texts import when
from portal.service_requests.step_states import WithStepState
from portal.service_requests.terms import RequestTerms
from portal.service_requests.workdays import plus, transferred_days


def applications_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[CommissioningApplication]:
    """Applications for the accounts that a login holds, of their own time, newest first."""
    own = in_own_time(user, moment="submitted_at", author="author")
    return CommissioningApplication.objects.filter(own).select_related("account__premises__house__street", "meter")


def commissioning_certificates_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[CommissioningCertificate]:
    """Certificates of the accounts that a login holds, of their own time: a certificate names who applied."""
    own = in_own_time(user, day="made_on", author="application__author")
    return CommissioningCertificate.objects.filter(own).select_related("file", "signed")


def commissioning_certificates_of_meter(meter: Meter) -> QuerySet[CommissioningCertificate]:
    """Certificates about a meter, newest first, with their files."""
    return meter.commissioning_certificates.select_related("file", "signed")


@dataclass(frozen=True, slots=True)
class ApplicationStep(WithStepState):
    """A step of the way: what, when or until when."""

    title: str
    note: str
    state: str


def steps(application: CommissioningApplication) -> list[ApplicationStep]:
    """The five steps of an application with what is known of each (two queries)."""
    submitted = ApplicationStep(
        _("Application submitted"),
        _("%(moment)s. You asked for %(day)s")
        % {"moment": moment_text(application.submitted_at), "day": date_text(application.wanted_on)},
        "done",
    )
    visit = application.visits.filter(state__in=[VisitState.PLANNED, VisitState.DONE, VisitState.MISSED])
    last = visit.select_related("slot").order_by("-pk").first()
    certificate = application.commissioning_certificates.order_by("-pk").first()
    return [submitted, _agreeing(application, last), _visiting(application, last), *_after(application, certificate)]


def _agreeing(application: CommissioningApplication, visit: Visit | None) -> ApplicationStep:
    if visit is not None:
        return ApplicationStep(_("The date is agreed"), when(visit.slot), "done")
    if application.state == ApplicationState.OFFERED:
        return ApplicationStep(_("Choose the time"), _("we offered several"), "now")
    if application.state == ApplicationState.WITHDRAWN:
        return ApplicationStep(_("Application withdrawn"), "", "failed")
    return ApplicationStep(_("We agree on a date"), _("by %(day)s") % {"day": date_text(application.contact_by)}, "now")


def _visiting(application: CommissioningApplication, visit: Visit | None) -> ApplicationStep:
    if visit is None:
        return ApplicationStep(_("The engineer's visit"), _("about 20 minutes, free of charge"), "ahead")
    if visit.state == VisitState.MISSED:
        return ApplicationStep(_("We did not come"), _("in service from the day of the application"), "failed")
    if visit.state == VisitState.DONE:
        return ApplicationStep(_("The engineer came"), when(visit.slot), "done")
    return ApplicationStep(_("The engineer's visit"), when(visit.slot), "now")


def _certificate_text(certificate: CommissioningCertificate) -> str:
    return _("No. %(number)s of %(day)s") % {"number": certificate.number, "day": date_text(certificate.made_on)}


def _after(
    application: CommissioningApplication, certificate: CommissioningCertificate | None
) -> list[ApplicationStep]:
    if application.state == ApplicationState.REFUSED and certificate is not None:
        return [ApplicationStep(pgettext("service_requests", "Refused"), _certificate_text(certificate), "failed")]
    if certificate is None or application.meter is None:
        return [
            ApplicationStep(_("Commissioning certificate"), _("on the day of the visit, it will be here"), "ahead"),
            ApplicationStep(_("The meter counts"), _("from the 1st of the next month"), "ahead"),
        ]
    return [
        ApplicationStep(_("Commissioning certificate"), _certificate_text(certificate), "done"),
        ApplicationStep(
            _("The meter counts"), _("from %(day)s") % {"day": date_text(application.meter.commissioned_on)}, "done"
        ),
    ]


@dataclass(frozen=True, slots=True)
class ContactTerm:
    """The clock of our answer: its last day, days left (negative when late), each counted day."""

    until: dt.date
    days_left: int
    counted: list[dt.date]
    passed: int

    @property
    def late(self) -> bool:
        """Whether the term is over."""
        return self.days_left < 0


def clock(application: CommissioningApplication, today: dt.date) -> ContactTerm | None:
    """The clock of an application that waits for our answer; None when it does not."""
    if application.state != ApplicationState.SUBMITTED:
        return None
    terms = RequestTerms.load()
    until = application.contact_by
    counted = _counted(until, terms.contact_days, working=terms.contact_in_working_days)
    return ContactTerm(until, (until - today).days, counted, sum(day < today for day in counted))


def _counted(until: dt.date, number: int, *, working: bool) -> list[dt.date]:
    days: list[dt.date] = []
    moved = transferred_days() if working else {}
    day = until
    while len(days) < number:
        if not working or is_working(day, moved):
            days.append(day)
        day -= dt.timedelta(days=1)
    return days[::-1]


def slots_to_move_to(application: CommissioningApplication, today: dt.date) -> QuerySet[Slot]:
    """Free slots that a resident may move an agreed visit to: from tomorrow, within the terms."""
    last = plus(today, RequestTerms.load().another_date_days, working=True)
    return free_slots(today + dt.timedelta(days=1), last)


@dataclass(frozen=True, slots=True)
class ApplicationFilters:
    """Filters of the list of applications."""

    query: str = ""
    state: str = "pending"


def for_engineers(filters: ApplicationFilters) -> QuerySet[CommissioningApplication]:
    """Applications: those waiting for us first by their term, then the rest."""
    applications = CommissioningApplication.objects.select_related("account__premises__house__street")
    if filters.query:
        applications = applications.filter(_search(filters.query))
    if filters.state == "pending":
        return applications.filter(state__in=PENDING).order_by("contact_by", "pk")
    if filters.state:
        applications = applications.filter(state=filters.state)
    return applications.order_by("-submitted_at", "-pk")


def _search(query: str) -> Q:
    condition = (
        Q(applicant__icontains=query)
        | Q(serial_number__icontains=query)
        | Q(account__number__startswith=query)
        | Q(account__premises__house__street__name__icontains=query)
    )
    number = whole_number(query)
    if number is not None and number > 3_000:
        condition |= Q(pk=number - 3_000)
    return condition


def visits_on(day: dt.date) -> QuerySet[Visit]:
    """Visits of a day in the order of their hours, with all that a checklist shows."""
    return (
        Visit.objects.filter(slot__day=day)
        .exclude(state__in=[VisitState.MOVED, VisitState.CANCELLED])
        .select_related(
            "slot__crew",
            "application__account__premises__house__street",
            "application__replaces",
            "order__meter__account__premises__house__street",
        )
        .order_by("slot__starts", "slot__crew__name", "pk")
    )


def late(today: dt.date) -> QuerySet[CommissioningApplication]:
    """Applications that we did not answer in time."""
    return CommissioningApplication.objects.filter(state=ApplicationState.SUBMITTED, contact_by__lt=today)


def refusal_reasons() -> QuerySet[RefusalReason]:
    """Reasons that are offered now."""
    return RefusalReason.objects.filter(active=True)


def may_move(application: CommissioningApplication, visit: Visit | None, now: dt.datetime) -> bool:
    """Whether the resident may still move the visit."""
    return visit is not None and not application.moved_once and visit.slot.day > date_of(now)


def waits_for_start_reading(application: CommissioningApplication, today: dt.date) -> bool:
    """Whether a first meter still needs its reading for the 1st."""
    meter = application.meter
    if application.state != ApplicationState.COMMISSIONED or application.replaces_id is not None or meter is None:
        return False
    first, last = meter.commissioned_on - dt.timedelta(days=3), meter.commissioned_on + dt.timedelta(days=20)
    return first <= today <= last and not meter.readings.exists()


def offered_slots(application: CommissioningApplication) -> list[Slot]:
    """Slots that were offered and still take a visit; of two crews at the same hours the freer one (one query)."""
    ids = application.offers.values("slot_id")
    return one_crew_each(Slot.objects.filter(pk__in=ids, booked__lt=F("capacity")).select_related("crew"))


def agreed_visits(applications: Iterable[CommissioningApplication]) -> dict[int, Visit]:
    """The visit that stands of each application that has one, by the application's key (one query)."""
    planned = Visit.objects.filter(
        application__in=[application.pk for application in applications], state=VisitState.PLANNED
    )
    return {visit.application_id or 0: visit for visit in planned.select_related("slot__crew")}


def events_for_resident(application: CommissioningApplication) -> QuerySet[Any]:
    """The history of an application as its resident sees it: without notes between employees."""
    return application.events.filter(is_internal=False)
