"""Refunds: make one with a reason, answer a resident's request. A second person decides on the page of approvals."""

import uuid
from collections.abc import Iterator
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.approvals.models import ApprovalSettings
from portal.core import clock, spreadsheets
from portal.core.exports import cells_response
from portal.core.formatting import money_text
from portal.core.list_parameters import is_page, is_text, list_parameters, one_of
from portal.core.refusals import error_message
from portal.office.approvals.messages import notify_waiting
from portal.office.audit.viewing import log_view
from portal.office.common.forms import WithoutColons
from portal.office.common.views import StaffRequest, needs, page
from portal.office.payments.messages import send_and_tell
from portal.payments.calculation import parse_amount
from portal.payments.enums import RefundState
from portal.payments.exceptions import AmountRefused, RefundRefused
from portal.payments.models import Payment, Refund
from portal.payments.services.refunds import make_refund, refundable, reject_refund

MAKE = "payments.make_refund"
PAGE = 50


class RefundForm(WithoutColons, forms.Form):
    """How much goes back, and why."""

    amount = forms.CharField(
        label=gettext_lazy("Sum, ₽"), max_length=40, error_messages={"required": gettext_lazy("Enter the sum.")}
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the reason.")},
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def clean_amount(self) -> Decimal:
        """A sum above zero in whole kopecks."""
        try:
            return parse_amount(self.cleaned_data["amount"])
        except AmountRefused as refused:
            raise forms.ValidationError(error_message(refused, for_staff=True)) from refused


@require_safe
@needs("payments.view_refund")
@list_parameters(q=is_text, state=one_of(RefundState), p=is_page)
def overview(request: StaffRequest) -> HttpResponse:
    """Refunds by state and by account or payment, the newest first."""
    waiting = Refund.objects.filter(state__in=(RefundState.REQUESTED, RefundState.AWAITING)).count()
    return page(
        request,
        "office/payments/refunds.html",
        title=_("Refunds"),
        icon="undo",
        waiting=waiting,
        state=request.GET.get("state", ""),
        query=request.GET.get("q", "").strip(),
        states=RefundState.choices,
        refunds=Paginator(_wanted(request), PAGE).get_page(request.GET.get("p")),
    )


def _wanted(request: StaffRequest) -> QuerySet[Refund]:
    """Refunds of the list and of its export: of a state, of an account's or a payment's number."""
    state, query = request.GET.get("state", ""), request.GET.get("q", "").strip()
    found = Refund.objects.select_related("payment__account", "made_by", "approved_by", "requested_by")
    if state:
        found = found.filter(state=state)
    if query:
        number = query.removeprefix("№").strip()
        wanted = Q(payment__account__number__icontains=query) | Q(reason__icontains=query)
        if number.isascii() and number.isdigit() and len(number) < 10:
            wanted |= Q(payment_id=int(number))
        found = found.filter(wanted)
    return found


@require_safe
@needs("payments.view_refund")
@list_parameters(q=is_text, state=one_of(RefundState), p=is_page)
def export(request: StaffRequest) -> HttpResponse:
    """The same list as XLSX."""
    heading = [
        _("Created"),
        _("Customer account"),
        _("Payment"),
        _("Sum, ₽"),
        _("Reason"),
        _("State"),
        _("Returned on"),
        _("Receipt of the return"),
        _("Made by"),
        _("Approved by"),
        _("Answer to the resident"),
    ]
    rows: Iterator[list[spreadsheets.Cell]] = (
        [
            one.created_at,
            one.payment.account.number,
            one.payment_id,
            one.amount,
            one.reason,
            one.get_state_display(),
            one.returned_on,
            one.get_receipt_state_display() if one.receipt_state else "",
            one.made_by.username if one.made_by else "",
            one.approved_by.username if one.approved_by else "",
            one.answer,
        ]
        for one in _wanted(request).iterator(chunk_size=1000)
    )
    return cells_response(request, "xlsx", "refunds", heading, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MAKE)
def new(request: StaffRequest, pk: int) -> HttpResponse:
    """Return a payment, whole or in part."""
    payment = get_object_or_404(Payment.objects.select_related("account"), pk=pk)
    log_view(request, payment, f"Возврат платежа № {payment.pk}")
    left = refundable(payment)
    initial = {"amount": money_text(left, unit=False), "key": f"refund:{uuid.uuid4()}"}
    form = RefundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"] or None
        made = _made(request, form, payment=payment, key=key)
        if made is not None:
            return redirect("office_refunds")
    return _form_page(request, form, payment, left, None)


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
    request: StaffRequest, form: RefundForm, *, payment: Payment, key: str | None = None, asked: Refund | None = None
) -> Refund | None:
    try:
        refund = make_refund(
            payment=payment,
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            key=key,
            request=asked,
            by=request.user,
            now=clock.now(),
        )
    except RefundRefused as refused:
        form.add_error(None, error_message(refused, for_staff=True))
        return None
    if refund.state == RefundState.AWAITING and refund.operation is not None:
        notify_waiting(request, refund.operation)
    else:
        send_and_tell(request, refund)
    return refund


@require_http_methods(["GET", "HEAD", "POST"])
@needs("payments.view_refund")
def refund(request: StaffRequest, pk: int) -> HttpResponse:
    """One refund; a resident's request is answered here."""
    found = get_object_or_404(Refund.objects.select_related("payment__account", "made_by", "requested_by"), pk=pk)
    form = RefundForm(
        request.POST if request.method == "POST" and "make" in request.POST else None,
        initial={"amount": money_text(found.amount, unit=False), "reason": found.reason},
    )
    if request.method == "POST" and _decided(request, found, form):
        return redirect("office_refunds")
    log_view(request, found.payment, f"Возврат платежа № {found.payment_id}")
    return _form_page(request, form, found.payment, refundable(found.payment), found)


def _decided(request: StaffRequest, found: Refund, form: RefundForm) -> bool:
    if not request.user.has_perm(MAKE):
        raise PermissionDenied
    if "reject" not in request.POST:
        return form.is_valid() and _made(request, form, payment=found.payment, asked=found) is not None
    try:
        reject_refund(
            refund=found,
            by=request.user,
            answer=request.POST.get("answer", ""),
            now=clock.now(),
        )
    except RefundRefused as refused:
        messages.error(request, error_message(refused, for_staff=True))
        return False
    messages.success(request, _("Rejected; the resident is told why."))
    return True
