"""Replacements by house, their visits, certificates that residents sent."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.models import House
from portal.core import clock
from portal.core.exports import table_response
from portal.core.list_parameters import is_export, is_text, list_parameters
from portal.core.refusals import error_message
from portal.office.audit.viewing import log_view
from portal.office.common.views import StaffRequest, found_or_404, needs, outcome_message, page, reads
from portal.office.dispatch.forms import number_of
from portal.office.field.forms import CHECKS, MoveForm, ReplacementMeterForm, VerificationForm
from portal.office.field.photos import gathered
from portal.office.field.selectors import active_meter, certificate_of, check_of, visit_of
from portal.office.field.tables import ORDERS
from portal.office.field.views import free_for
from portal.service_requests.commissioning.enums import VisitState
from portal.service_requests.crews.selectors import free_slots
from portal.service_requests.exceptions import StepRefused, WrongState
from portal.service_requests.permissions import METERS
from portal.service_requests.refusals import REFUSED
from portal.service_requests.replacement import selectors, services

AHEAD = dt.timedelta(days=21)


@require_safe
@reads(METERS)
@list_parameters(q=is_text, export=is_export)
def index(request: HttpRequest) -> HttpResponse:
    """Orders that wait for a visit, by house; certificates to look at."""
    if "export" in request.GET:
        return table_response(
            request, request.GET["export"], f"zameny-{clock.today()}", ORDERS, selectors.live_orders()
        )
    tomorrow, query = clock.today() + dt.timedelta(days=1), request.GET.get("q", "").strip()
    return page(
        request,
        "office/field/replacement.html",
        title=_("Verification and replacement"),
        icon="rotate",
        houses=selectors.orders_by_house(),
        slots=list(free_slots(tomorrow, tomorrow + AHEAD)[:40]),
        certificates=selectors.certificates_to_check(),
        planned=selectors.planned_visits(),
        query=query,
        meters=selectors.meters_like(query)[:20] if query else [],
        today=clock.today(),
    )


@require_POST
@needs(METERS)
def plan(request: StaffRequest) -> HttpResponse:
    """Send a crew to a house."""
    house = get_object_or_404(House, pk=number_of(request.POST.get("house", "")))
    orders = [
        order for listed_house, group in selectors.orders_by_house() if listed_house.pk == house.pk for order in group
    ]
    slot = request.POST.get("slot", "")
    with outcome_message(request, StepRefused, done=_("Done. Residents are being notified.")):
        services.plan_visit(house=house, orders=orders, slot_id=number_of(slot), by=request.user, now=clock.now())
    return redirect("office_replacement")


@require_http_methods(["GET", "HEAD", "POST"])
@reads(METERS)
def visit(request: StaffRequest, pk: int) -> HttpResponse:
    """A visit of replacement: both meters by one certificate."""
    order_visit = found_or_404(visit_of(pk))
    if order_visit.order is None:
        raise Http404
    log_view(request, order_visit.order.meter, "Замена счётчика")
    form = ReplacementMeterForm(request.POST or None)
    photos, valid = gathered(request, form)
    if valid:
        try:
            certificate = services.replace(
                visit=order_visit,
                new=form.new_one(),
                by=request.user,
                moment=clock.now(),
                photos=photos,
                early=form.cleaned_data["early"],
            )
        except REFUSED as refusal:
            form.add_error(None, error_message(refusal, for_staff=True))
            if order_visit.state != VisitState.PLANNED:  # its page shows no form
                messages.error(request, error_message(refusal, for_staff=True))
        else:
            messages.success(request, _("Certificate No. %(number)s is drawn up.") % {"number": certificate.number})
            return redirect("office_replacement_visit", pk=pk)
    return page(
        request,
        "office/field/replacement_visit.html",
        title=_("Replacement"),
        icon="rotate",
        subtitle=order_visit.order.meter.account.premises.address,
        visit=order_visit,
        order=order_visit.order,
        form=form,
        move_form=MoveForm(free=free_for(order_visit)),
        hidden=() if clock.today() < order_visit.slot.day else ("early",),
        stored_files=photos,
        checks=CHECKS,
        open=order_visit.state == VisitState.PLANNED,
        commissioning_certificates=order_visit.order.commissioning_certificates.all(),
        visit_photos=order_visit.photos.select_related("file"),
        check=check_of(order_visit),
    )


@require_POST
@needs(METERS)
def nobody(request: StaffRequest, pk: int) -> HttpResponse:
    """The resident was out, or we did not come: the order waits for another visit."""
    order_visit = found_or_404(visit_of(pk))
    action, note = request.POST.get("action", ""), request.POST.get("note", "").strip()[:250]
    with outcome_message(request, StepRefused, done=_("Recorded. The resident is notified.")):
        if action not in {"missed", "absent"}:
            raise WrongState(action)
        services.not_replaced(visit=order_visit, missed=action == "missed", note=note)
    return redirect("office_replacement")


@require_http_methods(["GET", "HEAD", "POST"])
@reads(METERS)
def verification(request: StaffRequest, pk: int) -> HttpResponse:
    """Enter a verification of an active meter."""
    meter = found_or_404(active_meter(pk))
    log_view(request, meter, "Поверка счётчика")
    form = VerificationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_verification(meter=meter, by=request.user, moment=clock.now(), **form.cleaned_data)
        except REFUSED as refusal:
            form.add_error(None, error_message(refusal, for_staff=True))
        else:
            messages.success(request, _("The meter is verified. The resident is notified."))
            return redirect("office_replacement")
    return page(
        request,
        "office/field/verification.html",
        title=_("Verification"),
        icon="rotate",
        subtitle=meter.account.premises.address,
        meter=meter,
        form=form,
        spans=meter.unverified_spans.all(),
    )


@require_POST
@reads(METERS)
def certificate(request: StaffRequest, pk: int) -> HttpResponse:
    """Accept a certificate, or refuse it with a reason."""
    stored_verification = found_or_404(certificate_of(pk))
    action = request.POST.get("action", "")
    with outcome_message(request, *REFUSED, done=_("Done. The resident is notified.")):
        if action not in {"accept", "refuse"}:
            raise WrongState(action)
        if action == "accept":
            services.accept_certificate(verification=stored_verification, by=request.user, moment=clock.now())
        else:
            reason = request.POST.get("reason", "").strip()[:250]
            services.refuse_certificate(
                verification=stored_verification, reason=reason, by=request.user, moment=clock.now()
            )
    return redirect("office_replacement")
