"""One payment with what passed about it, possible duplicates, reconciliation."""

import datetime as dt
import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import clock
from portal.core.exports import table_response
from portal.core.list_parameters import is_page, list_parameters, one_of
from portal.core.refusals import error_message
from portal.office.audit.viewing import log_view
from portal.office.common.views import StaffRequest, found_or_404, needs, page, reads
from portal.office.payments import selectors, tables
from portal.office.payments.differences import difference_row
from portal.office.payments.forms import SpanForm
from portal.payments.enums import DifferenceKind, DuplicateDecision
from portal.payments.exceptions import LineSettled
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.problems import problem_text
from portal.payments.reasons import reason_text
from portal.payments.services.duplicates import decide_duplicate
from portal.payments.services.paying import refresh_payment
from portal.payments.services.receipts import refresh_receipts
from portal.payments.services.reconciliation import reconcile
from portal.payments.services.refunds import refundable

MAKE, RECONCILE = "payments.make_refund", "payments.reconcile"
PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@needs("payments.view_payment")
def payment(request: StaffRequest, pk: int) -> HttpResponse:
    """A payment, its refunds, every answer of the gateway; ask the gateway again."""
    shown_payment = found_or_404(selectors.payment_with_account(pk))
    if request.method == "POST" and shown_payment.gateway and request.user.has_perm(RECONCILE):
        gateway = gateway_by_code(shown_payment.gateway)
        shown_payment = refresh_payment(payment=shown_payment, gateway=gateway, now=clock.now())
        shown_payment = refresh_receipts(payment=shown_payment, gateway=gateway, now=clock.now())
        messages.success(request, _("Asked: %(state)s.") % {"state": shown_payment.get_state_display()})
        return redirect("office_payment", pk=pk)
    log_view(request, shown_payment, f"Платёж № {shown_payment.pk}")
    return page(
        request,
        "office/payments/payment.html",
        title=_("Payment No. %(number)s") % {"number": shown_payment.pk},
        subtitle=shown_payment.account.number,
        icon="pick",
        payment=shown_payment,
        events=[
            (event, json.dumps(event.body, indent=2, ensure_ascii=False)) for event in shown_payment.events.all()[:50]
        ],
        problem=problem_text(shown_payment.problem) if shown_payment.problem else "",
        refunds=shown_payment.refunds.select_related("made_by", "approved_by"),
        refundable=refundable(shown_payment),
        reason=reason_text(shown_payment.cancel_reason) if shown_payment.cancel_reason else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reads(MAKE)
@list_parameters()
def duplicates(request: StaffRequest) -> HttpResponse:
    """Payments that look made twice: return one, leave it as an advance, or say that both are meant."""
    if request.method == "POST":
        duplicate = found_or_404(selectors.duplicate(request.POST.get("duplicate", "")))
        decision = request.POST.get("decision", "")
        if decision not in {DuplicateDecision.ADVANCE, DuplicateDecision.REFUND, DuplicateDecision.SEPARATE}:
            return redirect("office_duplicates")
        try:
            decide_duplicate(
                duplicate=duplicate,
                decision=DuplicateDecision(decision),
                by=request.user,
                now=clock.now(),
            )
        except LineSettled as refused:
            messages.error(request, error_message(refused, for_staff=True))
            return redirect("office_duplicates")
        if decision == DuplicateDecision.REFUND:
            return redirect("office_refund_new", pk=duplicate.payment_id)
        return redirect("office_duplicates")
    return page(
        request,
        "office/payments/duplicates.html",
        title=_("Payments made twice"),
        icon="copy",
        open=selectors.open_duplicates(),
        decided=selectors.decided_duplicates(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reads(RECONCILE)
@list_parameters(kind=one_of(DifferenceKind), page=is_page)
def reconciliation(request: StaffRequest) -> HttpResponse:
    """Differences with their age and what to do; compare now."""
    today = clock.today()
    form = SpanForm(request.POST or None, initial={"first": today - dt.timedelta(days=31), "last": today})
    if request.method == "POST" and form.is_valid():
        _compare(request, form)
        return redirect("office_reconciliation")
    kind = request.GET.get("kind", "")
    shown = Paginator(selectors.differences_of(kind), PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "office/payments/reconciliation.html",
        title=_("Reconciliation"),
        icon="list-ul",
        form=form,
        rows=[difference_row(difference, clock.now()) for difference in shown],
        differences=shown,
        kind=kind,
        kinds=[(kind, DifferenceKind(kind).label, count) for kind, count in selectors.difference_counts()],
        runs=selectors.last_reconciliations(),
        gateway=current_gateway(),
    )


def _compare(request: StaffRequest, form: SpanForm) -> None:
    run = reconcile(
        first_day=form.cleaned_data["first"],
        last_day=form.cleaned_data["last"],
        gateway=current_gateway(),
        now=clock.now(),
        by=request.user,
    )
    if not run.gateway_answered:
        messages.error(request, _("The gateway did not answer; the other books were compared."))
    numbers = {"differences": run.difference_count, "waiting": run.waiting}
    messages.success(
        request, _("Compared: differences %(differences)s, payments without an account %(waiting)s.") % numbers
    )


@require_safe
@reads(RECONCILE)
@list_parameters()
def export(request: StaffRequest) -> HttpResponse:
    """The open differences as XLSX."""
    rows = (
        difference_row(difference, clock.now()) for difference in selectors.differences_of("").iterator(chunk_size=1000)
    )
    return table_response(request, "xlsx", "reconciliation", tables.DIFFERENCES, rows)
