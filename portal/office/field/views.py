"""The engineer's work: answer, agree, go, check, draw up the certificate."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core import clock
from portal.core.exports import table_response
from portal.core.files.exceptions import FileRefused
from portal.core.list_parameters import is_day, is_export, is_page, is_text, list_parameters, one_of
from portal.core.models import PrivateFile
from portal.core.params import date_param
from portal.core.refusals import error_message
from portal.office.audit.viewing import log_printed, log_view
from portal.office.common.views import StaffRequest, found_or_404, needs, outcome_message, page, reads, same_list
from portal.office.dispatch.forms import number_of
from portal.office.field.forms import CHECKS, CheckForm, MoveForm
from portal.office.field.photos import gathered
from portal.office.field.selectors import check_of, commissioning_certificate_of, slots_of, visit_of
from portal.office.field.tables import APPLICATIONS
from portal.service_requests import visits
from portal.service_requests.commissioning import selectors, services
from portal.service_requests.commissioning.enums import ApplicationState, VisitState
from portal.service_requests.commissioning.models import CommissioningApplication, CommissioningCertificate, Visit
from portal.service_requests.crews.models import Slot
from portal.service_requests.crews.selectors import calendar as week
from portal.service_requests.crews.selectors import free_slots
from portal.service_requests.exceptions import StepRefused, WrongState
from portal.service_requests.permissions import COMMISSIONING_CERTIFICATE, METERS
from portal.service_requests.refusals import REFUSED
from portal.service_requests.uploads import store_upload

PER_PAGE = 30
AHEAD, MAX_SLOTS = dt.timedelta(days=30), 50


@require_safe
@reads(METERS)
@list_parameters(q=is_text, state=one_of(("pending", *ApplicationState)), page=is_page, export=is_export)
def index(request: HttpRequest) -> HttpResponse:
    """Applications, those that wait for us by their term first."""
    today = clock.today()
    filters = selectors.ApplicationFilters(
        query=request.GET.get("q", "").strip(), state=request.GET.get("state", "pending")
    )
    applications = selectors.for_engineers(filters)
    if "export" in request.GET:
        return table_response(request, request.GET["export"], f"vvod-schetchikov-{today}", APPLICATIONS, applications)
    application_page = Paginator(applications, PER_PAGE).get_page(request.GET.get("page"))
    agreed = selectors.agreed_visits(application_page)
    return page(
        request,
        "office/field/index.html",
        title=_("Meters to put into service"),
        icon="tasks",
        page_obj=application_page,
        rows=[(row, selectors.clock(row, today), agreed.get(row.pk)) for row in application_page],
        filters=filters,
        states=[("pending", _("Under way")), ("", _("All")), *ApplicationState.choices],
        late=selectors.late(today).count(),
        get=same_list(request),
    )


@require_safe
@reads(METERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An application whole, with free slots to offer."""
    application = get_object_or_404(selectors.for_engineers(selectors.ApplicationFilters(state="")), pk=pk)
    log_view(request, application, f"Заявка на ввод счётчика № {application.number}")
    today = clock.today()
    return page(
        request,
        "office/field/detail.html",
        title=_("Application No. %(number)s") % {"number": application.number},
        subtitle=application.account.premises.address,
        icon="tasks",
        application=application,
        term=selectors.clock(application, today),
        visits=application.visits.select_related("slot__crew"),
        files=application.files.select_related("file"),
        commissioning_certificates=application.commissioning_certificates.all(),
        offered=application.offers.select_related("slot"),
        events=application.events.select_related("by"),
        free=selectors.slots_to_move_to(application, today)[:30]
        if application.state in {ApplicationState.SUBMITTED, ApplicationState.OFFERED}
        else [],
    )


@require_POST
@needs(METERS)
def agree(request: StaffRequest, pk: int) -> HttpResponse:
    """Offer slots, or agree on one by phone."""
    application = get_object_or_404(CommissioningApplication, pk=pk)
    slots = slots_of([number_of(pk_text) for pk_text in request.POST.getlist("slot")])
    if not slots:
        messages.error(request, _("Choose a time."))
        return redirect("office_field_application", pk=pk)
    with outcome_message(request, *REFUSED, done=_("Done. The resident is notified.")):
        if request.POST.get("action") == "agree":
            services.agree_by_phone(application=application, slot_id=slots[0].pk, by=request.user, now=clock.now())
        else:
            services.offer(application=application, slots=slots, by=request.user, moment=clock.now())
    return redirect("office_field_application", pk=pk)


@require_safe
@reads(METERS)
@list_parameters(day=is_day)
def day(request: HttpRequest) -> HttpResponse:
    """The visits of a day, for a phone."""
    shown = date_param(request, "day") or clock.today()
    return page(
        request,
        "office/field/day.html",
        title=_("Visits"),
        icon="date",
        day=shown,
        visits=selectors.visits_on(shown),
        before=shown - dt.timedelta(days=1),
        after=shown + dt.timedelta(days=1),
    )


@require_safe
@reads(METERS)
@list_parameters(day=is_day)
def calendar(request: HttpRequest) -> HttpResponse:
    """The crews' week: what is taken, what is free, days off."""
    today = clock.today()
    shown = date_param(request, "day") or today
    first = shown - dt.timedelta(days=shown.weekday())
    return page(
        request,
        "office/field/calendar.html",
        title=_("Calendar of visits"),
        icon="calendar-alt",
        today=today,
        days=week(first),
        before=first - dt.timedelta(days=7),
        after=first + dt.timedelta(days=7),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reads(METERS)
def visit(request: StaffRequest, pk: int) -> HttpResponse:
    """The checklist of a visit, and what came of it."""
    planned_visit = found_or_404(visit_of(pk))
    if planned_visit.application is None:
        raise Http404
    log_view(request, planned_visit.application, f"Выезд по заявке № {planned_visit.application.number}")
    form = CheckForm(request.POST or None)
    photos, valid = gathered(request, form)
    if valid:
        certificate = _finish(request, planned_visit, form, photos)
        if certificate is not None:
            messages.success(request, _("Certificate No. %(number)s is drawn up.") % {"number": certificate.number})
            return redirect("office_field_application", pk=planned_visit.application_id)
    return page(
        request,
        "office/field/visit.html",
        title=_("Visit"),
        subtitle=planned_visit.application.account.premises.address,
        icon="tasks",
        visit=planned_visit,
        application=planned_visit.application,
        form=form,
        open=planned_visit.state == VisitState.PLANNED,
        stored_files=photos,
        checks=CHECKS,
        hidden=_not_asked(planned_visit),
        move_form=MoveForm(free=free_for(planned_visit)),
        visit_photos=planned_visit.photos.select_related("file"),
        check=check_of(planned_visit),
    )


def _not_asked(planned_visit: Visit) -> tuple[str, ...]:
    """Fields of the checklist that this visit does not need."""
    old = () if planned_visit.application is not None and planned_visit.application.replaces_id else ("old_value",)
    return old if clock.today() < planned_visit.slot.day else (*old, "early")


def free_for(planned_visit: Visit) -> list[Slot]:
    """Free slots that a visit which stands may be moved to; those of today whose hours are ahead too."""
    today = clock.today()
    if planned_visit.state != VisitState.PLANNED:
        return []
    return [slot for slot in free_slots(today, today + AHEAD)[:MAX_SLOTS] if not slot.is_over(clock.now())]


@require_POST
@needs(METERS)
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Move or cancel an agreed visit, of an application or of a replacement, for a reason."""
    planned_visit = found_or_404(visit_of(pk))
    reason = request.POST.get("reason", "").strip()[:200]
    here = "office_field_visit" if planned_visit.application_id else "office_replacement_visit"
    with outcome_message(request, StepRefused):
        if request.POST.get("action") == "cancel":
            visits.cancel_visit(visit=planned_visit, reason=reason, by=request.user, now=clock.now())
            messages.success(request, _("The visit is cancelled. The resident is notified."))
        else:
            slot_id = number_of(request.POST.get("slot", ""))
            planned_visit = visits.move_visit(
                visit=planned_visit, slot_id=slot_id, reason=reason, by=request.user, now=clock.now()
            )
            messages.success(request, _("The visit is moved. The resident is notified."))
    return redirect(here, pk=planned_visit.pk)


def _finish(
    request: StaffRequest, planned_visit: Visit, form: CheckForm, photos: list[PrivateFile]
) -> CommissioningCertificate | None:
    check, now, early = form.check_list(), clock.now(), form.cleaned_data["early"]
    try:
        if request.POST.get("action") == "refuse":
            reasons = list(form.cleaned_data["reasons"])
            return services.refuse(
                visit=planned_visit,
                check=check,
                reasons=reasons,
                by=request.user,
                moment=now,
                photos=photos,
                early=early,
            )
        return services.put_into_service(
            visit=planned_visit, check=check, by=request.user, moment=now, photos=photos, early=early
        )
    except REFUSED as refusal:
        form.add_error(None, error_message(refusal, for_staff=True))
        if planned_visit.state != VisitState.PLANNED:  # its page shows no form
            messages.error(request, error_message(refusal, for_staff=True))
        return None


@require_POST
@needs(METERS)
def nobody(request: StaffRequest, pk: int) -> HttpResponse:
    """The resident was out, or we did not come."""
    planned_visit, now = found_or_404(visit_of(pk)), clock.now()
    try:
        action = request.POST.get("action")
        if action not in {"missed", "absent"}:
            raise WrongState(str(action))
        if action == "missed":
            services.company_did_not_come(visit=planned_visit, now=now, by=request.user)
        else:
            note = request.POST.get("note", "").strip()[:250]
            services.resident_was_out(visit=planned_visit, by=request.user, moment=now, note=note)
        messages.success(request, _("Recorded. The resident is notified."))
    except REFUSED as refusal:
        messages.error(request, error_message(refusal, for_staff=True))
        return redirect("office_field_visit", pk=pk)
    return redirect("office_field_application", pk=planned_visit.application_id)


@require_safe
@reads(METERS)
def certificate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate in two copies as one PDF."""
    certificate = found_or_404(commissioning_certificate_of(pk))
    try:
        stored = services.pdf_of(certificate)
    except FileRefused as refusal:
        messages.error(request, f"Акт № {certificate.number}: {error_message(refusal)}")
        return redirect("office_field")
    log_printed(request, certificate, f"Акт № {certificate.number}")
    return redirect("core:private-file", file_id=stored.pk)


@require_POST
@needs(METERS)
def signed(request: StaffRequest, pk: int) -> HttpResponse:
    """Attach the scan of the signed certificate."""
    certificate = get_object_or_404(CommissioningCertificate, pk=pk)
    upload = request.FILES.get("scan")
    try:
        if upload is not None:
            services.attach_signed(
                certificate=certificate,
                scan=store_upload(upload=upload, kind=COMMISSIONING_CERTIFICATE, by=request.user, pdf=True),
            )
            messages.success(request, _("The signed copy is attached."))
    except FileRefused as refusal:
        messages.error(request, f"{upload.name or '' if upload else ''}: {error_message(refusal)}")
    except StepRefused as refusal:
        messages.error(request, error_message(refusal, for_staff=True))
    if certificate.application_id is None:
        return redirect("office_field")
    return redirect("office_field_application", pk=certificate.application_id)
