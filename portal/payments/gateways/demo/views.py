"""The demo bank's page: card, code of 3-D Secure, back to the shop. Only where PAYMENT_GATEWAY is demo."""

import json
import uuid

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core import clock
from portal.payments.gateways.demo import bank, cards, register
from portal.payments.gateways.demo.forms import CardForm, CodeForm
from portal.payments.gateways.demo.gateway import DemoGateway
from portal.payments.models import DemoBankPayment, DemoBankRefund
from portal.payments.services.notices import receive_notice


def _open_payment(payment_id: uuid.UUID) -> DemoBankPayment:
    if DemoGateway.code != settings.PAYMENT_GATEWAY:
        raise Http404
    payment = DemoBankPayment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise Http404
    return bank.settle(payment, now=clock.now())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """The card's form. A payment that ended, or that the bank is thinking about, goes back to the shop."""
    payment = _open_payment(payment_id)
    if payment.state != "pending" or payment.decides_at is not None:
        return _back(payment)
    form = CardForm(request.POST or None, today=clock.today())
    if request.method != "POST" or not form.is_valid():
        context = {"payment": payment, "form": form, "cards": cards.CARDS, "sums": cards.SUMS}
        return render(request, "payments/demo/card.html", context, status=200 if request.method != "POST" else 422)
    chosen: cards.TestCard = form.cleaned_data["number"]
    payment = bank.present_card(payment=payment, card=chosen)
    if chosen.secure:
        return redirect("payments:demo-code", payment_id=payment.pk)
    return _decided(payment, chosen)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """The code of 3-D Secure: three tries."""
    payment = _open_payment(payment_id)
    if payment.state != "pending" or payment.decides_at is not None:
        return _back(payment)
    chosen = next((c for c in cards.CARDS if (c.network, c.number[-4:]) == (payment.network, payment.last4)), None)
    if chosen is None:
        return redirect("payments:demo-card", payment_id=payment.pk)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["code"].strip() == cards.SMS_CODE:
            return _decided(payment, chosen)
        if bank.wrong_code(payment=payment) == 0:
            payment.refresh_from_db()
            return _notify_and_go_back(payment)
        form.add_error("code", _("Wrong code. Look at the latest SMS."))
    context = {"payment": payment, "form": form, "sms_code": cards.SMS_CODE}
    return render(request, "payments/demo/code.html", context, status=422 if form.errors else 200)


@require_POST
def give_up(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Back to the shop without paying: the bank closes the payment."""
    return _notify_and_go_back(bank.give_up(payment=_open_payment(payment_id)))


@require_safe
def receipt(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """The cash receipt of a paid payment, as an operator of fiscal data would show it."""
    payment = _open_payment(payment_id)
    if payment.state != "succeeded":
        raise Http404
    return _slip_page(request, payment)


@require_safe
def refund_receipt(request: HttpRequest, refund_id: uuid.UUID) -> HttpResponse:
    """The cash receipt of a return («возврат прихода»)."""
    refund = DemoBankRefund.objects.filter(pk=refund_id, state="succeeded").first()
    if refund is None:
        raise Http404
    return _slip_page(request, _open_payment(refund.payment_id), refund)


def _slip_page(request: HttpRequest, payment: DemoBankPayment, refund: DemoBankRefund | None = None) -> HttpResponse:
    if not payment.receipt_contact:
        raise Http404
    slip = register.slip_of(payment, refund)
    code = segno.make(slip.code, error="m", micro=False).svg_inline(
        scale=4, border=2, dark="#000", omitsize=True, svgclass="bank-code", lineclass=None
    )
    return render(request, "payments/demo/receipt.html", {"slip": slip, "code": mark_safe(code)})


def _decided(payment: DemoBankPayment, chosen: cards.TestCard) -> HttpResponse:
    return _notify_and_go_back(bank.decide(payment=payment, card=chosen, now=clock.now()))


def _notify_and_go_back(payment: DemoBankPayment) -> HttpResponse:
    """Send the bank's notices as the scenario wants them, then the browser."""
    for body in bank.notices_of(payment):
        receive_notice(gateway=DemoGateway(), body=json.dumps(body).encode(), source="127.0.0.1", now=clock.now())
    return _back(payment)


def _back(payment: DemoBankPayment) -> HttpResponse:
    return redirect(payment.return_url)
