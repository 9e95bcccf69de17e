"""Verification and replacement of meters, from the resident's side."""

import datetime as dt
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.client_ip import sender_of
from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.confirming import Confirmation, confirmation_page
from portal.cabinet.requests.calendar import visit_file
from portal.cabinet.requests.forms import CertificateForm
from portal.cabinet.requests.uploads import gather
from portal.core import clock
from portal.core.formatting import date_text, money_text
from portal.core.models import PrivateFile
from portal.core.params import whole_number
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import spend
from portal.core.refusals import add_error, error_message
from portal.metering.models import Meter
from portal.service_requests import visits
from portal.service_requests.crews.selectors import free_slots, one_crew_each
from portal.service_requests.exceptions import StepRefused
from portal.service_requests.permissions import METER_DOCUMENT
from portal.service_requests.refusals import REFUSED
from portal.service_requests.replacement import selectors, services
from portal.service_requests.replacement.models import Agreement
from portal.service_requests.slot_texts import when
from portal.service_requests.terms import RequestTerms

AHEAD, MAX_SLOTS = dt.timedelta(days=21), 12
CERTIFICATE_FIELDS = {"verified_until": "valid_until", "final_value": "value"}
"""Fields of the form by those that the refusals name."""


@require_safe
@resident_page
def index(request: ResidentRequest) -> HttpResponse:
    """Each meter with days left, what it costs not to act, and the ways out."""
    return _page(request)


def _page(
    request: ResidentRequest,
    *,
    form: CertificateForm | None = None,
    meter: int = 0,
    stored_photos: Sequence[PrivateFile] = (),
    status: int = 200,
) -> HttpResponse:
    meters, today = list(selectors.meters_of(request.resident.user)), clock.today()
    context = {
        "watched": [
            (watched_meter, CertificateForm(auto_id=f"meter-{watched_meter.meter.pk}-%s"))
            for watched_meter in selectors.watched(meters, today)
        ],
        "terms": RequestTerms.load(),
        "today": today,
        "slots": one_crew_each(free_slots(today + dt.timedelta(days=1), today + AHEAD))[:MAX_SLOTS],
        "form": form,
        "form_of": meter,
        "stored_photos": stored_photos,
    }
    return render(request, "cabinet/requests/replacement.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def agree(request: ResidentRequest, pk: int) -> HttpResponse:
    """Let the company replace a meter in time, once the price is confirmed."""
    meter = get_object_or_404(selectors.meters_of(request.resident.user), pk=pk)
    if request.method != "POST" or _price_changed(request):
        return confirmation_page(request, _agreement(meter))
    spend(Action.REPLACEMENT, sender=sender_of(request))
    try:
        services.agree(meter=meter, by=request.resident.user, moment=clock.now())
        messages.success(request, _("Agreed. We replace the meter in time and write to you before."))
    except StepRefused as refusal:
        messages.error(request, error_message(refusal))
    return redirect("cabinet:replacement")


def _price_changed(request: ResidentRequest) -> bool:
    """Whether another price stands than the one that was confirmed."""
    confirmed = request.POST.get("price", "")
    return bool(confirmed) and confirmed != str(RequestTerms.load().replacement_price)


def _meter_facts(meter: Meter) -> list[tuple[str, str]]:
    return [
        (_("Meter"), f"{meter.get_service_display()}, № {meter.serial_number}"),
        (_("Address"), meter.account.premises.address),
        (pgettext("cabinet", "Verification valid until"), date_text(meter.verified_until, year=True)),
    ]


def _agreement(meter: Meter) -> Confirmation:
    price = RequestTerms.load().replacement_price
    sum_text = money_text(price) if price is not None else ""
    return Confirmation(
        heading=_("Order the replacement for %(sum)s") % {"sum": sum_text},
        button=_("Order for %(sum)s") % {"sum": sum_text},
        back_url=reverse("cabinet:replacement"),
        back_title=_("Verification and replacement"),
        facts=[*_meter_facts(meter), (_("Price, including the new meter and installation"), sum_text)],
        consequences=[
            _("Before the verification ends we propose a day and write to you."),
            _("You may withdraw at no cost until the engineer has come."),
        ],
        hidden={"price": str(price)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def withdraw(request: ResidentRequest, pk: int) -> HttpResponse:
    """No longer agree, once it is confirmed."""
    mine = selectors.meters_of(request.resident.user)
    agreement = get_object_or_404(Agreement, meter__in=mine, meter=pk, withdrawn_at=None)
    if request.method != "POST":
        question = Confirmation(
            heading=_("Withdraw the agreement to the replacement?"),
            button=_("Withdraw the agreement"),
            back_url=reverse("cabinet:replacement"),
            back_title=_("Verification and replacement"),
            facts=_meter_facts(agreement.meter),
            consequences=[
                _("An agreed visit is cancelled."),
                _("When the verification ends, readings do not count until you have the meter verified or replaced."),
            ],
        )
        return confirmation_page(request, question)
    spend(Action.REPLACEMENT, sender=sender_of(request))
    try:
        services.withdraw(agreement=agreement, moment=clock.now())
        messages.success(request, _("The agreement is withdrawn."))
    except StepRefused as refusal:
        messages.error(request, error_message(refusal))
    return redirect("cabinet:replacement")


@require_POST
@resident_page
def certificate(request: ResidentRequest, pk: int) -> HttpResponse:
    """Send the certificate of a verification."""
    user = request.resident.user
    meter = get_object_or_404(selectors.meters_of(user), pk=pk)
    form = CertificateForm(request.POST, request.FILES)
    files, errors = gather(request, name="certificate", kind=METER_DOCUMENT, user=user, pdf=True, most=1)
    valid = form.is_valid()
    for text in errors:
        form.add_error("certificate", text)
    wrong = services.certificate_refusals(
        meter=meter,
        verified_on=form.cleaned_data.get("verified_on"),
        valid_until=form.cleaned_data.get("valid_until"),
        value=form.cleaned_data.get("value"),
        has_certificate=bool(files or errors),
        today=clock.today(),
    )
    for refusal in wrong:
        add_error(form, refusal, fields=CERTIFICATE_FIELDS)
    if valid and not form.errors:
        try:
            spend(Action.REPLACEMENT, sender=sender_of(request))
            services.send_certificate(
                meter=meter,
                verified_on=form.cleaned_data["verified_on"],
                valid_until=form.cleaned_data["valid_until"],
                value=form.cleaned_data["value"],
                certificate=files[-1] if files else None,
                by=user,
                moment=clock.now(),
            )
        except RateLimited as limit:
            show_limit(request, form, limit)
        except REFUSED as refusal:
            add_error(form, refusal, fields=CERTIFICATE_FIELDS)
        else:
            messages.success(request, _("Certificate received: we will check it and write to you."))
            return redirect("cabinet:replacement")
    return _page(request, form=form, meter=meter.pk, stored_photos=files, status=422)


@require_safe
@resident_page
def visit_calendar(request: ResidentRequest, pk: int) -> HttpResponse:
    """The agreed visit of a replacement as a file for the calendar."""
    meter = get_object_or_404(selectors.meters_of(request.resident.user), pk=pk)
    planned = get_object_or_404(selectors.planned_visits(), order__meter=meter)
    return visit_file(
        planned.slot,
        uid=f"replacement-{planned.order_id}",
        host=request.get_host(),
        address=meter.account.premises.address,
        number=planned.order.number if planned.order else "",
    )


@require_POST
@resident_page
def visit(request: ResidentRequest, pk: int) -> HttpResponse:
    """Move the agreed visit of a replacement, or call it off, before its day."""
    spend(Action.FOLLOW_UP, sender=sender_of(request))
    meter = get_object_or_404(selectors.meters_of(request.resident.user), pk=pk)
    planned = get_object_or_404(selectors.planned_visits(), order__meter=meter)
    user = request.resident.user
    try:
        if request.POST.get("action") == "cancel":
            visits.cancel_by_resident(visit=planned, reason="", by=user, now=clock.now())
            messages.success(request, _("The visit is cancelled. We offer another time."))
        else:
            slot_id = whole_number(request.POST.get("slot", "")) or 0
            moved = visits.move_by_resident(visit=planned, slot_id=slot_id, by=user, now=clock.now())
            messages.success(request, _("Agreed: %(slot)s.") % {"slot": when(moved.slot)})
    except StepRefused as refusal:
        messages.error(request, error_message(refusal))
    return redirect("cabinet:replacement")
