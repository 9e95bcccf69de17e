"""Verification and replacement of meters, from the resident's side."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.addresses import sender_of
from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.requests.forms import CertificateForm
from portal.cabinet.requests.keeping import gather
from portal.cabinet.requests.words import in_words
from portal.core import clock
from portal.core.models import PrivateFile
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import spend
from portal.metering.commissioning import CommissioningRefused
from portal.metering.exceptions import ReadingRefused
from portal.service_requests.exceptions import StepRefused
from portal.service_requests.permissions import METER_PAPER
from portal.service_requests.replacement import selectors, services
from portal.service_requests.replacement.models import Agreement
from portal.service_requests.terms import RequestTerms


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
    kept: Sequence[PrivateFile] = (),
    status: int = 200,
) -> HttpResponse:
    meters, today = list(selectors.meters_of(request.resident.user)), clock.today()
    context = {
        "watched": [(one, _blank(one.meter.pk)) for one in selectors.watched(meters, today)],
        "terms": RequestTerms.load(),
        "form": form,
        "form_of": meter,
        "kept": kept,
    }
    return render(request, "cabinet/requests/replacement.html", context, status=status)


def _blank(meter_id: int) -> CertificateForm:
    """An empty form whose ids are its meter's own."""
    return CertificateForm(auto_id=f"meter-{meter_id}-%s")


@require_POST
@resident_page
def agree(request: ResidentRequest, pk: int) -> HttpResponse:
    """Let the company replace a meter in time."""
    meter = get_object_or_404(selectors.meters_of(request.resident.user), pk=pk)
    spend(Action.REPLACEMENT, sender=sender_of(request))
    try:
        services.agree(meter=meter, by=request.resident.user, moment=clock.now())
        messages.success(request, _("Agreed. We replace the meter in time and write to you before."))
    except StepRefused as refusal:
        messages.error(request, in_words(refusal)[1])
    return redirect("cabinet:replacement")


@require_POST
@resident_page
def withdraw(request: ResidentRequest, pk: int) -> HttpResponse:
    """No longer agree."""
    mine = selectors.meters_of(request.resident.user)
    agreement = get_object_or_404(Agreement, meter__in=mine, meter=pk, withdrawn_at=None)
    spend(Action.REPLACEMENT, sender=sender_of(request))
    try:
        services.withdraw(agreement=agreement, moment=clock.now())
        messages.success(request, _("The agreement is withdrawn."))
    except StepRefused as refusal:
        messages.error(request, in_words(refusal)[1])
    return redirect("cabinet:replacement")


@require_POST
@resident_page
def certificate(request: ResidentRequest, pk: int) -> HttpResponse:
    """Send the certificate of a verification."""
    user = request.resident.user
    meter = get_object_or_404(selectors.meters_of(user), pk=pk)
    form = CertificateForm(request.POST, request.FILES)
    files, errors = gather(request, name="certificate", kind=METER_PAPER, user=user, pdf=True, most=1)
    valid = form.is_valid()
    for text in errors:
        form.add_error("certificate", text)
    if valid and not errors:
        try:
            spend(Action.REPLACEMENT, sender=sender_of(request))
            services.send_certificate(
                meter=meter, verified_on=form.cleaned_data["verified_on"], valid_until=form.cleaned_data["valid_until"],
                value=form.cleaned_data["value"], certificate=files[-1] if files else None, by=user, moment=clock.now(),
            )  # fmt: skip
        except RateLimited as limit:
            show_limit(request, form, limit)
        except (StepRefused, CommissioningRefused, ReadingRefused) as refusal:
            field, words = in_words(refusal)
            form.add_error({"verified_until": "valid_until", "final_value": "value"}.get(field, field) or None, words)
        else:
            messages.success(request, _("The certificate is received: we check it and write to you."))
            return redirect("cabinet:replacement")
    return _page(request, form=form, meter=meter.pk, kept=files, status=422)
