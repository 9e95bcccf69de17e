"""Refunds: make one with a reason, answer a resident's request. A second person decides on the page of approvals."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.approvals.models import ApprovalSettings
from portal.core import clock
from portal.core.exports import table_response
from portal.core.formatting import money_text
from portal.core.list_parameters import is_page, is_text, list_parameters, one_of
from portal.core.refusals import error_message
from portal.office.approvals.messages import notify_waiting
from portal.office.audit.viewing import log_view
from portal.office.common.views import StaffRequest, found_or_404, needs, page
from portal.office.payments import selectors, tables
from portal.office.payments.forms import RefundForm
from portal.office.payments.messages import send_and_report
from portal.payments.enums import RefundState
from portal.payments.exceptions import RefundRefused
from portal.payments.models import Payment, Refund
from portal.payments.services.refunds import make_refund, refundable, reject_refund

MAKE = "payments.make_refund"
PAGE = 50


@require_safe
@needs("payments.view_refund")
@list_parameters(q=is_text, state=one_of(RefundState), page=is_page)
def overview(request: StaffRequest) -> HttpResponse:
    """Refunds by state and by account or payment, the newest first."""
    return page(
        request,
        "office/payments/refunds.html",
        title=_("Refunds"),
        icon="undo",
        waiting=selectors.waiting_refunds(),
        **_asked(request),
        states=RefundState.choices,
        refunds=Paginator(selectors.refunds_by(**_asked(request)), PAGE).get_page(request.GET.get("page")),
    )


def _asked(request: StaffRequest) -> dict[str, str]:
    return {"state": request.GET.get("state", ""), "query": request.GET.get("q", "").strip()}


@require_safe
@needs("payments.view_refund")
@list_parameters(q=is_text, state=one_of(RefundState), page=is_page)
def export(request: StaffRequest) -> HttpResponse:
    """The same list as XLSX."""
    rows = selectors.refunds_by(**_asked(request)).iterator(chunk_size=1000)
    return table_response(request, "xlsx", "refunds", tables.REFUNDS, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MAKE)
def new(request: StaffRequest, pk: int) -> HttpResponse:
    """Return a payment, whole or in part."""
    payment = found_or_404(selectors.payment_with_account(pk))
    log_view(request, payment, f"Возврат платежа № {payment.pk}")
    left = refundable(payment)
    form = RefundForm(request.POST or None, initial={"amount": money_text(left, unit=False)})
    if request.method == "POST" and form.is_valid():
        made = _made(request, form, payment=payment, key=_key(form))
        if made is not None:
            return redirect("office_refunds")
    return _form_page(request, form, payment, left, None)


def _key(form: RefundForm) -> str | None:
    token = form.cleaned_data["form_token"]
    return f"refund:{token}" if token else None


def _form_page(
    request: StaffRequest, form: RefundForm, payment: Payment, left: Decimal, refund: Refund | None
) -> HttpResponse:
    return page(
        request,
        "office/payments/refund.html",
        title=_("Return a payment"),
        icon="undo",
        form=form,
        payment=payment,
        left=left,
        refund=refund,
        limits=ApprovalSettings.load(),
    )


def _made(
    request: StaffRequest,
    form: RefundForm,
    *,
    payment: Payment,
    key: str | None = None,
    requested: Refund | None = None,
) -> Refund | None:
    try:
        refund = make_refund(
            payment=payment,
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            key=key,
            request=requested,
            by=request.user,
            now=clock.now(),
        )
    except RefundRefused as refused:
        form.add_error(None, error_message(refused, for_staff=True))
        return None
    if refund.state == RefundState.AWAITING and refund.operation is not None:
        notify_waiting(request, refund.operation)
    else:
        send_and_report(request, refund)
    return refund


@require_http_methods(["GET", "HEAD", "POST"])
@needs("payments.view_refund")
def refund(request: StaffRequest, pk: int) -> HttpResponse:
    """One refund; a resident's request is answered here."""
    shown_refund = found_or_404(selectors.refund_with_payment(pk))
    form = RefundForm(
        request.POST if request.method == "POST" and "make" in request.POST else None,
        initial={"amount": money_text(shown_refund.amount, unit=False), "reason": shown_refund.reason},
    )
    if request.method == "POST" and _decided(request, shown_refund, form):
        return redirect("office_refunds")
    log_view(request, shown_refund.payment, f"Возврат платежа № {shown_refund.payment_id}")
    return _form_page(request, form, shown_refund.payment, refundable(shown_refund.payment), shown_refund)


def _decided(request: StaffRequest, shown_refund: Refund, form: RefundForm) -> bool:
    if not request.user.has_perm(MAKE):
        raise PermissionDenied
    if "reject" not in request.POST:
        return (
            form.is_valid() and _made(request, form, payment=shown_refund.payment, requested=shown_refund) is not None
        )
    try:
        reject_refund(
            refund=shown_refund,
            by=request.user,
            answer=request.POST.get("answer", ""),
            now=clock.now(),
        )
    except RefundRefused as refused:
        messages.error(request, error_message(refused, for_staff=True))
        return False
    messages.success(request, _("Rejected; the resident is notified of the reason."))
    return True
