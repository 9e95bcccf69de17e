"""The resident's money: pay, look how a payment stands, the history, a confirmation, asking for a refund."""

import re
import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.client_ip import sender_of
from portal.accounts.models import Holder
from portal.accounts.selectors import former_holdings
from portal.cabinet.access import LoginRequest, ResidentRequest, login_page, resident_page
from portal.cabinet.pay.forms import PayForm, RefundRequestForm
from portal.cabinet.pay.policy import allow_gateway_pages
from portal.core import clock
from portal.core.exports import ExportColumn, table_response
from portal.core.files.downloads import as_download
from portal.core.formatting import money_text
from portal.core.params import year_param
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import spend
from portal.core.refusals import add_error
from portal.payments.documents import confirmation_pdf
from portal.payments.enums import PaymentState
from portal.payments.exceptions import (
    AmountRefused,
    ContactNeeded,
    GatewayNotReady,
    KeyReused,
    RefundRefused,
    SimilarPaymentOpen,
)
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.models import Payment, PaymentSettings
from portal.payments.reasons import EXPIRED, GIVEN_UP, reason_text
from portal.payments.selectors import open_debts, payment_of, payments_of, settle
from portal.payments.selectors.residents import open_payments, payment_numbered, years_of
from portal.payments.services.paying import PaymentRequest, abandon_payment, begin_payment, refresh_on_return
from portal.payments.services.refunds import refundable, request_refund

PAGE = 10
_FORM_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,40}")  # it goes out in a header of the gateway


@allow_gateway_pages
@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def pay(request: ResidentRequest) -> HttpResponse:
    """Show how much, what it settles, then to the bank's page."""
    terms = PaymentSettings.load(request_or_site=request)
    gateway = current_gateway()
    debts, withheld = open_debts(request.resident.account, today=clock.today())
    whole = settle(debts, withheld=withheld)
    suggested = min(whole.owed, terms.max_amount)
    wanted = request.GET.get("sum", "")
    initial = {
        "choice": PayForm.ALL if suggested > 0 and not wanted else PayForm.OTHER,
        "amount": wanted,
        "contact": request.resident.user.email,
    }
    form = PayForm(request.POST or None, owed=suggested, terms=terms, initial=initial)
    context = {
        "form": form,
        "terms": terms,
        "suggested": suggested,
        "whole": whole,
        "settles": whole,
        "ready": gateway.is_ready,
        "cards_offered": bool(gateway.code),
        "account": request.resident.account,
        "form_token": request.POST.get("form_token", ""),
        "pays_all": form["choice"].value() == PayForm.ALL,
    }
    if request.method == "POST" and form.is_valid():
        context["settles"] = settle(debts, form.cleaned_data["sum"], withheld=withheld)
        context["total"] = form.cleaned_data["sum"]
        if "preview" not in request.POST:
            return _begin(request, form, context)
    context["unfinished"] = open_payments(request.resident.user, request.resident.account)
    return _pay_page(request, context, status=422 if form.errors else 200)


def _pay_page(request: ResidentRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, "cabinet/pay/pay.html", context, status=status)


def _begin(request: ResidentRequest, form: PayForm, context: dict[str, Any]) -> HttpResponse:
    sent = request.POST.get("form_token", "")
    form_token = sent if _FORM_TOKEN.fullmatch(sent) else uuid.uuid4().hex
    payment_request = PaymentRequest(
        account=request.resident.account,
        payer=request.resident.user,
        amount=form.cleaned_data["sum"],
        key=f"pay:{request.resident.user.pk}:{form_token}",
        contact=form.cleaned_data["contact"],
        confirm_duplicate=form.cleaned_data["confirm_duplicate"],
    )
    try:
        spend(Action.PAYMENT, sender=sender_of(request))
        payment = begin_payment(
            request=payment_request,
            gateway=current_gateway(),
            return_url=lambda made: request.build_absolute_uri(reverse("cabinet:payment", args=[made.reference])),
            now=clock.now(),
        )
    except RateLimited as limit:
        show_limit(request, form, limit)
        return _pay_page(request, context)
    except SimilarPaymentOpen as similar:
        context["similar"] = payment_numbered(similar.payment_id)
        return _pay_page(request, context, status=409)
    except KeyReused as refused:
        context["form_token"] = ""
        add_error(form, refused)
        return _pay_page(request, context, status=409)
    except (AmountRefused, ContactNeeded) as refused:
        add_error(form, refused)
        return _pay_page(request, context, status=422)
    except GatewayNotReady:
        context["ready"] = False
        return _pay_page(request, context, status=503)
    if payment.state == PaymentState.PENDING and payment.confirmation_url:
        return redirect(payment.confirmation_url)
    return redirect("cabinet:payment", reference=payment.reference)


def _own_payment(request: LoginRequest, reference: uuid.UUID) -> Payment:
    own_payment = payment_of(request.user, reference)
    if own_payment is None:
        raise Http404
    return own_payment


def _former_holding(request: LoginRequest, payment: Payment) -> Holder | None:
    """The holding of a payment's account that ended, when the login holds the account no longer."""
    if any(account.pk == payment.account_id for account in request.resident.accounts):
        return None
    holdings = former_holdings(request.resident.user)
    return next((holder for holder in holdings if holder.account_id == payment.account_id), None)


@require_safe
@login_page
def payment(request: LoginRequest, reference: uuid.UUID) -> HttpResponse:
    """Show how a payment stands. The browser's return proves nothing: the gateway is asked."""
    own_payment = _own_payment(request, reference)
    if own_payment.gateway:
        own_payment = refresh_on_return(
            payment=own_payment, gateway=gateway_by_code(own_payment.gateway), now=clock.now()
        )
    refunds = list(own_payment.refunds.order_by("created_at"))
    moving = own_payment.is_open or any(operation.waits_for_receipt for operation in (own_payment, *refunds))
    context = {
        "payment": own_payment,
        "former": _former_holding(request, own_payment),
        "reason": reason_text(own_payment.cancel_reason),
        "expired": own_payment.cancel_reason in EXPIRED,
        "given_up": own_payment.cancel_reason == GIVEN_UP,
        "poll_seconds": 0 if not moving or own_payment.problem else 5 if own_payment.is_open else 20,
        "refunds": refunds,
        "refundable": refundable(own_payment),
    }
    return render(request, "cabinet/pay/payment.html", context)


@require_POST
@login_page
def abandon(request: LoginRequest, reference: uuid.UUID) -> HttpResponse:
    """The payer gave the payment up; the page says how it stands then."""
    own_payment = _own_payment(request, reference)
    if own_payment.gateway:
        abandon_payment(payment=own_payment, gateway=gateway_by_code(own_payment.gateway), now=clock.now())
    return redirect("cabinet:payment", reference=reference)


@require_safe
@resident_page
def history(request: ResidentRequest) -> HttpResponse:
    """Payments of the open account: filters, pages, export."""
    account = request.resident.account
    year, state = _filters(request)
    payments = payments_of(request.user, account=account, year=year, state=state)
    context = {
        "page": Paginator(payments, PAGE).get_page(request.GET.get("page")),
        "years": [
            ("", _("All years")),
            *((str(paid_year), str(paid_year)) for paid_year in years_of(request.user, account=account)),
        ],
        "states": [
            ("", _("All")),
            (PaymentState.SUCCEEDED, _("Paid")),
            (PaymentState.PENDING, _("Waiting")),
            (PaymentState.CANCELED, _("Not paid")),
        ],
        "filtered": bool(year or state),
        "query": request.GET.urlencode(),
    }
    return render(request, "cabinet/pay/history.html", context)


def _filters(request: HttpRequest) -> tuple[int | None, str]:
    state = request.GET.get("state", "")
    return year_param(request, "year"), state if state in PaymentState.values else ""


PAYMENTS: list[ExportColumn[Payment]] = [
    ExportColumn(gettext_lazy("Date"), lambda payment: payment.paid_on or payment.created_at),
    ExportColumn(gettext_lazy("Sum, ₽"), lambda payment: payment.amount),
    ExportColumn(gettext_lazy("Returned, ₽"), lambda payment: payment.refunded),
    ExportColumn(gettext_lazy("State"), lambda payment: payment.get_state_display()),
    ExportColumn(gettext_lazy("Channel"), lambda payment: payment.get_channel_display()),
    ExportColumn(gettext_lazy("Card"), lambda payment: f"{payment.get_network_display()} {payment.last4}".strip()),
    ExportColumn(pgettext_lazy("portal", "Number"), lambda payment: payment.pk),
]


@require_safe
@resident_page
def export(request: ResidentRequest, kind: str) -> HttpResponse:
    """The same list as a file."""
    year, state = _filters(request)
    payments = payments_of(request.user, account=request.resident.account, year=year, state=state)
    return table_response(request, kind, "payments", PAYMENTS, payments)


@require_safe
@login_page
def confirmation(request: LoginRequest, reference: uuid.UUID) -> HttpResponse:
    """The confirmation of a paid payment as a PDF."""
    own_payment = _own_payment(request, reference)
    if own_payment.state != PaymentState.SUCCEEDED:
        raise Http404
    response = HttpResponse(confirmation_pdf(payment=own_payment), content_type="application/pdf")
    return as_download(response, f"payment-{own_payment.pk}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def refund(request: ResidentRequest, reference: uuid.UUID) -> HttpResponse:
    """Ask for money back; an accountant answers."""
    own_payment = _own_payment(request, reference)
    largest = refundable(own_payment)
    if own_payment.state != PaymentState.SUCCEEDED or own_payment.account not in request.resident.accounts:
        raise Http404
    form = RefundRequestForm(request.POST or None, largest=largest, initial={"amount": money_text(largest, unit=False)})
    if request.method == "POST" and form.is_valid():
        try:
            request_refund(
                payment=own_payment,
                amount=form.cleaned_data["amount"],
                reason=form.cleaned_data["reason"],
                by=request.resident.user,
                now=clock.now(),
            )
        except RefundRefused as refused:
            add_error(form, refused)
        else:
            messages.success(request, _("Your request is with the accountant. The answer comes here and by e-mail."))
            return redirect("cabinet:payment", reference=own_payment.reference)
    context = {"payment": own_payment, "form": form, "largest": largest}
    return render(request, "cabinet/pay/refund.html", context, status=422 if form.errors else 200)
