"""Putting a meter into service, from the resident's side."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.client_ip import sender_of
from portal.accounts.enums import Service
from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.requests.calendar import visit_file
from portal.cabinet.requests.forms import AnotherDayForm, CommissioningForm, StartForm
from portal.cabinet.requests.rows import KINDS
from portal.cabinet.requests.uploads import gather
from portal.core import clock
from portal.core.files.exceptions import FileRefused
from portal.core.formatting import phone_text
from portal.core.models import PrivateFile
from portal.core.params import whole_number
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import spend
from portal.core.refusals import add_error, error_message
from portal.metering.commissioning import record_start
from portal.metering.models import Meter
from portal.metering.selectors import active_meters
from portal.service_requests import visits
from portal.service_requests.commissioning import selectors, services
from portal.service_requests.commissioning.enums import ApplicationState, DayPart, FileKind
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.crews.selectors import one_crew_each
from portal.service_requests.exceptions import WrongState
from portal.service_requests.permissions import METER_DOCUMENT
from portal.service_requests.refusals import REFUSED
from portal.service_requests.slot_texts import when


def _meters(request: ResidentRequest) -> list[Meter]:
    today = clock.today()
    return [meter for account in request.resident.accounts for meter in active_meters(account, on=today)]


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def new(request: ResidentRequest) -> HttpResponse:
    """Apply to put a meter into service."""
    resident, meters = request.resident, _meters(request)
    if request.method != "POST":
        person = getattr(resident.user, "person", None)
        initial = {
            "account": resident.account.pk,
            "applicant": person.full_name if person else "",
            "phone": phone_text(person.phone) if person else "",
            "email": resident.user.email,
            "replaces": request.GET.get("replaces", ""),
        }
        return _form(request, CommissioningForm(accounts=resident.accounts, meters=meters, initial=initial), {})
    form = CommissioningForm(request.POST, request.FILES, accounts=resident.accounts, meters=meters)
    form.full_clean()
    files: dict[FileKind, list[PrivateFile]] = {}
    for kind in (FileKind.PASSPORT, FileKind.CERTIFICATE):
        files[kind], errors = gather(request, name=kind.value, kind=METER_DOCUMENT, user=resident.user, pdf=True)
        for text in errors:
            form.add_error(kind.value, text)
    sent_again = services.already_applied(_key(request))
    if sent_again is None:
        _refuse(form, passport=bool(files[FileKind.PASSPORT] or "passport" in form.errors))
    applied = _apply(request, form, files) if sent_again or not form.errors else None
    if applied is None:
        return _form(request, form, files, status=422)
    messages.success(request, _("Application No. %(number)s received.") % {"number": applied.number})
    return redirect("cabinet:commissioning", pk=applied.pk)


def _key(request: ResidentRequest) -> str:
    return f"{request.resident.user.pk}:{request.POST.get('form_token', '')[:30]}"


def _refuse(form: CommissioningForm, *, passport: bool) -> None:
    """Everything that would be refused, each at its field."""
    for refusal in services.refusals_of(form.draft(passport=passport), today=clock.today()):
        add_error(form, refusal)


def _form(
    request: ResidentRequest, form: CommissioningForm, files: dict[FileKind, list[PrivateFile]], status: int = 200
) -> HttpResponse:
    first, last = services.allowed_days(clock.today())
    context = {
        "form": form,
        "passport": files.get(FileKind.PASSPORT, []),
        "certificate": files.get(FileKind.CERTIFICATE, []),
        "first": first,
        "last": last,
        "form_token": request.POST.get("form_token", ""),
    }
    return render(request, "cabinet/requests/commissioning_new.html", context, status=status)


def _apply(
    request: ResidentRequest, form: CommissioningForm, files: dict[FileKind, list[PrivateFile]]
) -> CommissioningApplication | None:
    data = form.cleaned_data
    account = next(candidate for candidate in request.resident.accounts if str(candidate.pk) == data["account"])
    old = form.meters.get(data["replaces"])
    try:
        return services.apply(
            key=_key(request),
            account=account,
            applicant=services.Applicant(name=data["applicant"], phone=data["phone"], email=data["email"]),
            meter=services.MeterData(
                service=Service(data["service"]),
                place=data["place"],
                type_name=data["type_name"],
                serial_number=data["serial_number"],
                mounted_by=data["mounted_by"],
                mounted_on=data["mounted_on"],
                value=data["value"],
                verified_until=data["verified_until"],
                digits=data["digits"],
                type=form.type_of(data["type_name"]),
                replaces=old,
                final_value=data["final_value"] if old else None,
            ),
            preferred=services.PreferredSlot(data["wanted_on"], DayPart(data["wanted_part"])),
            files=files,
            author=request.resident.user,
            moment=clock.now(),
            sender=sender_of(request),
        )
    except RateLimited as limit:
        show_limit(request, form, limit)
        return None
    except REFUSED as refusal:
        add_error(form, refusal)
        return None


def _own(request: ResidentRequest, pk: int) -> CommissioningApplication:
    return get_object_or_404(selectors.applications_of(request.resident.user), pk=pk)


@require_safe
@resident_page
def detail(request: ResidentRequest, pk: int) -> HttpResponse:
    """An application: its clock, steps, what to choose, its certificate."""
    return _page(request, _own(request, pk))


def _page(
    request: ResidentRequest, application: CommissioningApplication, status: int = 200, **more: Any
) -> HttpResponse:
    now, today = clock.now(), clock.today()
    visit = services.planned_visit(application)
    may_move = selectors.may_move(application, visit, now)
    context = {
        "application": application,
        "badge": KINDS[ApplicationState(application.state)],
        "term": selectors.clock(application, today),
        "steps": selectors.steps(application),
        "visit": visit,
        "offered": selectors.offered_slots(application) if application.state == ApplicationState.OFFERED else [],
        "other_slots": one_crew_each(selectors.slots_to_move_to(application, today))[:12] if may_move else [],
        "may_move": may_move,
        "may_cancel": visit is not None and visit.slot.day > today,
        "we_are_missed": visit is not None and visit.slot.is_over(now),
        "another_day": AnotherDayForm(),
        "start_form": StartForm() if selectors.waits_for_start_reading(application, today) else None,
        "commissioning_certificates": application.commissioning_certificates.select_related("signed"),
        "files": application.files.select_related("file"),
        "reasons": application.reasons.all(),
        "history": selectors.events_for_resident(application),
        "today": today,
    } | more
    return render(request, "cabinet/requests/commissioning.html", context, status=status)


@require_safe
@resident_page
def visit_calendar(request: ResidentRequest, pk: int) -> HttpResponse:
    """The agreed visit as a file for the calendar."""
    application = _own(request, pk)
    planned = services.planned_visit(application)
    if planned is None:
        raise Http404
    return visit_file(
        planned.slot,
        uid=f"meter-{application.pk}",
        host=request.get_host(),
        address=application.account.premises.address,
        number=application.number,
    )


@require_POST
@resident_page
def visit(request: ResidentRequest, pk: int) -> HttpResponse:
    """Pick an offered time, or move the agreed one."""
    application, user = _own(request, pk), request.resident.user
    slot_id = whole_number(request.POST.get("slot", "")) or 0
    step = visits.move_application_visit if application.state == ApplicationState.SCHEDULED else services.pick
    try:
        agreed = step(application=application, slot_id=slot_id, by=user, now=clock.now())
    except REFUSED as refusal:
        messages.error(request, error_message(refusal))
        return redirect("cabinet:commissioning", pk=pk)
    messages.success(request, _("Agreed: %(slot)s.") % {"slot": when(agreed.slot)})
    return redirect("cabinet:commissioning", pk=pk)


@require_POST
@resident_page
def cancel_visit(request: ResidentRequest, pk: int) -> HttpResponse:
    """The agreed time does not suit at all: the visit is called off before its day, the application stays."""
    spend(Action.FOLLOW_UP, sender=sender_of(request))
    application = _own(request, pk)
    planned = services.planned_visit(application)
    try:
        if planned is None:
            raise WrongState(application.state)
        visits.cancel_by_resident(visit=planned, reason="", by=request.resident.user, now=clock.now())
        messages.success(request, _("The visit is cancelled. We offer another time."))
    except REFUSED as refusal:
        messages.error(request, error_message(refusal))
    return redirect("cabinet:commissioning", pk=pk)


@require_POST
@resident_page
def another_day(request: ResidentRequest, pk: int) -> HttpResponse:
    """None of the times suits."""
    application, form = _own(request, pk), AnotherDayForm(request.POST)
    if form.is_valid():
        preferred = services.PreferredSlot(form.cleaned_data["wanted_on"], DayPart(form.cleaned_data["wanted_part"]))
        try:
            services.ask_another_day(
                application=application, preferred=preferred, by=request.resident.user, moment=clock.now()
            )
        except REFUSED as refusal:
            add_error(form, refusal)
        else:
            messages.success(request, _("We look for another time."))
            return redirect("cabinet:commissioning", pk=pk)
    return _page(request, application, status=422, another_day=form)


@require_POST
@resident_page
def missed(request: ResidentRequest, pk: int) -> HttpResponse:
    """The agreed hours passed and we did not come: the meter is in service from the day of the application."""
    application = _own(request, pk)
    planned = services.planned_visit(application)
    try:
        if planned is None:
            raise WrongState(application.state)
        services.company_did_not_come(visit=planned, now=clock.now(), by=request.resident.user)
        messages.success(request, _("Recorded. The meter counts from the day of your application."))
    except REFUSED as refusal:
        messages.error(request, error_message(refusal))
    return redirect("cabinet:commissioning", pk=pk)


@require_POST
@resident_page
def withdraw(request: ResidentRequest, pk: int) -> HttpResponse:
    """The resident changes their mind."""
    try:
        services.withdraw(application=_own(request, pk), by=request.resident.user, moment=clock.now())
        messages.success(request, _("The application is withdrawn."))
    except REFUSED as refusal:
        messages.error(request, error_message(refusal))
    return redirect("cabinet:commissioning", pk=pk)


@require_POST
@resident_page
def start(request: ResidentRequest, pk: int) -> HttpResponse:
    """The first meter's reading for the 1st."""
    application, form = _own(request, pk), StartForm(request.POST)
    if application.meter is None:
        raise Http404
    if form.is_valid():
        try:
            record_start(meter=application.meter, value=form.cleaned_data["value"], taken_on=clock.today())
        except REFUSED as refusal:
            form.add_error("value", error_message(refusal))
        else:
            messages.success(request, _("The reading is saved: we count from it."))
            return redirect("cabinet:commissioning", pk=pk)
    return _page(request, application, status=422, start_form=form)


@require_safe
@resident_page
def certificate_pdf(request: ResidentRequest, pk: int) -> HttpResponse:
    """The certificate as a PDF, made when it is first asked for."""
    certificate = get_object_or_404(selectors.commissioning_certificates_of(request.resident.user), pk=pk)
    try:
        stored = services.pdf_of(certificate)
    except FileRefused as refusal:
        messages.error(request, f"{certificate!s}: {error_message(refusal)}")
        return redirect("cabinet:requests")
    return redirect("core:private-file", file_id=stored.pk)
