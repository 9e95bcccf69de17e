"""Corrections: a sum with a reason and a document; nothing computed is edited."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.accounts.enums import Service
from portal.approvals.enums import OperationState
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.exceptions import BillingRefused
from portal.billing.services import RecalculatedMonth, preview_recalculation, submit_correction, submit_recalculation
from portal.core import clock
from portal.core.formatting import money_text
from portal.core.money import ZERO
from portal.core.refusals import error_message
from portal.office.accounts.selectors import number_in, whose
from portal.office.approvals.messages import notify_waiting
from portal.office.audit.viewing import log_shown
from portal.office.charges.forms import CorrectionForm, RecalculationForm
from portal.office.closing.failures import not_computable_text
from portal.office.common.preview_tokens import preview_token, was_previewed
from portal.office.common.views import StaffRequest, needs, page


@require_http_methods(["GET", "HEAD", "POST"])
@needs("office.book_correction")
def correction(request: StaffRequest) -> HttpResponse:
    """Book a correction; the same form sent twice books it once."""
    if request.method != "POST":
        initial = {"account": number_in(request)}
        return _form_page(request, CorrectionForm(initial=initial, today=clock.today()))
    form = CorrectionForm(request.POST, today=clock.today())
    if not form.is_valid():
        return _form_page(request, form)
    data = form.cleaned_data
    operation = submit_correction(
        account=data["account"],
        amount=data["amount"],
        for_period=data["for_period"],
        reason=data["reason"],
        document=data["document"],
        by=request.user,
        service=data["service"],
        key=str(data["form_token"] or uuid.uuid4()),
        now=clock.now(),
    )
    if operation.state == OperationState.WAITING:
        notify_waiting(request, operation)
    else:
        booked = {"what": operation, "sum": money_text(operation.amount)}
        messages.success(request, _("%(what)s of %(sum)s is booked.") % booked)
    return redirect("office_account", pk=data["account"].pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("office.book_correction")
def recalculation(request: StaffRequest) -> HttpResponse:
    """Show what recalculating closed months would book; book exactly what was seen, with a reason."""
    submitted: Mapping[str, Any] | None = request.POST or None
    if submitted is None and "months" in request.GET:
        submitted = {**request.GET.dict(), "account": number_in(request)}
    form = RecalculationForm(submitted, initial={"account": number_in(request)})
    differences: list[RecalculatedMonth] | None = None
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        log_shown(request, data["account"], "Перерасчёт: просмотр")
        try:
            differences = preview_recalculation(account=data["account"], months=data["months"])
            is_previewed = bool(differences) and was_previewed(request, _shown(data, differences))
            if is_previewed and data["reason"]:
                _book_recalculation(request, data)
                return redirect("office_account", pk=data["account"].pk)
            if is_previewed:
                form.add_error("reason", _("Enter the reason for recalculating the months."))
        except BillingRefused as refusal:
            messages.error(request, error_message(refusal, for_staff=True))
        except NotComputable as reason:
            messages.error(request, not_computable_text(data["account"], reason))
    rows = [(Service(row.service).label, row) for row in differences or []]
    return page(
        request,
        "office/recalculation.html",
        title=gettext_lazy("Recalculate"),
        icon="rotate",
        form=form,
        rows=rows,
        preview_token=preview_token(_shown(form.cleaned_data, differences)) if differences else "",
        changed="preview_token" in request.POST and "reason" not in form.errors,
        subtitle=whose(form["account"].value()),
        previewed=differences is not None,
        total=sum((row.amount for _label, row in rows), ZERO),
    )


def _shown(data: Mapping[str, Any], differences: Sequence[RecalculatedMonth]) -> dict[str, Any]:
    """Return what the button under a preview stands for: the account, the months, every line."""
    return {"account": data["account"].pk, "months": data["months"], "lines": list(differences)}


def _book_recalculation(request: StaffRequest, data: dict[str, Any]) -> None:
    operation = submit_recalculation(
        account=data["account"],
        months=data["months"],
        now=clock.now(),
        by=request.user,
        reason=data["reason"],
    )
    if operation is not None and operation.state == OperationState.WAITING:
        notify_waiting(request, operation)
    else:
        messages.success(request, _("The recalculation is booked."))


def _form_page(request: StaffRequest, form: CorrectionForm) -> HttpResponse:
    return page(
        request,
        "office/form.html",
        title=gettext_lazy("Correction"),
        icon="edit",
        form=form,
        subtitle=whose(form["account"].value()),
    )
