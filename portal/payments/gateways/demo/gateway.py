"""The demo bank behind the gateway protocol."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse

from portal.core import clock
from portal.core.money import from_kopecks
from portal.ledger.selectors import IN_KOPECKS
from portal.payments.gateways.base import (
    RUB,
    FiscalReceipt,
    GatewayMissing,
    GatewayNotice,
    GatewayRefusal,
    GatewayUnknown,
    Order,
    PaymentAnswer,
    ReceiptAnswer,
    RefundAnswer,
    RefundOrder,
)
from portal.payments.gateways.demo import bank, cards, register
from portal.payments.models import DemoBankPayment, DemoBankRefund


class DemoGateway:
    """A bank in the same database. It lives on the business date, as the demo does."""

    code = "demo"
    give_up_after = dt.timedelta(hours=24)
    page_origins: tuple[str, ...] = ()
    notice_networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")

    @classmethod
    def from_settings(cls) -> "DemoGateway":
        return cls()

    @classmethod
    def setting_problems(cls) -> Iterable[str]:
        return ()

    @property
    def is_ready(self) -> bool:
        return bool(self.code == settings.PAYMENT_GATEWAY)

    def create(self, *, order: Order) -> PaymentAnswer:
        moment = clock.now()
        payment, created = DemoBankPayment.objects.get_or_create(
            key=order.key,
            defaults={
                "reference": order.reference,
                "amount": order.amount,
                "description": order.description[:128],
                "return_url": order.return_url,
                **_of_receipt(order.receipt),
                "created_at": moment,
                "expires_at": moment + bank.LIVES,
            },
        )
        if payment.amount != order.amount or payment.reference != order.reference:
            raise GatewayRefusal("idempotence_key_reused", status=400)
        if created and order.amount == cards.NO_ANSWER_SUM:
            raise GatewayUnknown("no_answer")
        return self._answer(payment)

    def fetch(self, *, gateway_id: str) -> PaymentAnswer:
        return self._answer(self._payment(gateway_id))

    def capture(self, *, gateway_id: str, amount: Decimal, key: str) -> PaymentAnswer:
        payment = self._payment(gateway_id)
        if payment.state == "waiting_for_capture" and amount == payment.amount:
            payment.state, payment.captured_at = "succeeded", clock.now()
            payment.save(update_fields=["state", "captured_at"])
        elif payment.state != "succeeded":
            raise GatewayRefusal("invalid_request", status=400)
        return self._answer(payment)

    @transaction.atomic
    def refund(self, *, order: RefundOrder) -> RefundAnswer:
        existing = DemoBankRefund.objects.filter(key=order.key).first()
        if existing is not None:
            return self._refund_answer(existing)
        payment = self._payment(order.gateway_id)
        returned = _returned(payment)
        if payment.state != "succeeded" or returned + order.amount > payment.amount:
            raise GatewayRefusal("invalid_request", status=400)
        refund = DemoBankRefund.objects.create(
            key=order.key, payment=payment, amount=order.amount, created_at=clock.now()
        )
        return self._refund_answer(refund)

    def fetch_refund(self, *, gateway_id: str) -> RefundAnswer:
        refund = self._found(DemoBankRefund, gateway_id)
        return self._refund_answer(refund)

    def fetch_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        payment = self._payment(gateway_id)
        if payment.state != "succeeded" or not payment.receipt_contact:
            return None
        url = reverse("payments:demo-receipt", args=[payment.pk])
        return self._registered(payment, "payment_id", url, payment.captured_at)

    def fetch_refund_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        refund = self._found(DemoBankRefund, gateway_id)
        if refund.state != "succeeded" or not refund.payment.receipt_contact:
            return None
        url = reverse("payments:demo-refund-receipt", args=[refund.pk])
        return self._registered(refund, "refund_id", url, refund.created_at)

    @staticmethod
    def _registered(
        money: DemoBankPayment | DemoBankRefund, name: str, url: str, moment: dt.datetime | None
    ) -> ReceiptAnswer:
        numbers = register.numbers_of(money)
        return ReceiptAnswer(
            state="succeeded",
            storage=numbers.storage,
            document=numbers.document,
            sign=numbers.sign,
            registered_at=moment,
            url=url,
            raw={name: str(money.pk), "status": "succeeded", "fiscal_document_number": numbers.document},
        )

    def list_payments(self, *, since: dt.datetime, until: dt.datetime) -> Iterator[PaymentAnswer]:
        moment = clock.now()
        span = DemoBankPayment.objects.filter(created_at__gte=since, created_at__lt=until).order_by("created_at")
        returned = dict(
            DemoBankRefund.objects.filter(payment__in=span, state="succeeded")
            .values_list("payment_id")
            .annotate(total=Sum(IN_KOPECKS))
        )
        for payment in list(span):
            yield self._as_answer(bank.settle(payment, now=moment), from_kopecks(returned.get(payment.pk, 0)))

    def read_notice(self, *, body: dict[str, Any]) -> GatewayNotice:
        payment = body.get("object")
        if (
            body.get("type") != "notification"
            or not isinstance(payment, dict)
            or not isinstance(payment.get("id"), str)
        ):
            raise ValueError("not a notice of the demo bank")
        metadata = payment.get("metadata")
        reference = metadata.get("reference", "") if isinstance(metadata, dict) else ""
        return GatewayNotice(event=str(body.get("event", "")), payment_id=payment["id"], reference=str(reference))

    def _payment(self, gateway_id: str) -> DemoBankPayment:
        return bank.settle(self._found(DemoBankPayment, gateway_id), now=clock.now())

    @staticmethod
    def _found(model: Any, gateway_id: str) -> Any:
        try:
            return model.objects.get(pk=gateway_id)
        except (model.DoesNotExist, ValidationError) as error:
            raise GatewayMissing("not_found", status=404) from error

    def _answer(self, payment: DemoBankPayment) -> PaymentAnswer:
        returned = _returned(payment)
        return self._as_answer(payment, returned)

    @staticmethod
    def _as_answer(payment: DemoBankPayment, returned: Decimal) -> PaymentAnswer:
        raw = {**bank.notice(payment, payment.state)["object"], "refunded": str(returned), "reason": payment.reason}
        return PaymentAnswer(
            gateway_id=str(payment.pk),
            state=payment.state,
            amount=payment.amount,
            currency=RUB,
            reference=payment.reference,
            confirmation_url=reverse("payments:demo-card", args=[payment.pk]),
            network=payment.network,
            last4=payment.last4,
            cancel_reason=payment.reason,
            captured_at=payment.captured_at,
            created_at=payment.created_at,
            refunded=returned,
            raw=raw,
        )

    @staticmethod
    def _refund_answer(refund: DemoBankRefund) -> RefundAnswer:
        return RefundAnswer(
            gateway_id=str(refund.pk),
            payment_gateway_id=str(refund.payment_id),
            state=refund.state,
            amount=refund.amount,
            currency=RUB,
            cancel_reason=refund.reason,
            created_at=refund.created_at,
            raw={"id": str(refund.pk), "status": refund.state, "amount": {"value": str(refund.amount)}},
        )


def _of_receipt(receipt: FiscalReceipt | None) -> dict[str, Any]:
    if receipt is None:
        return {}
    return {
        "receipt_contact": receipt.email or receipt.phone,
        "receipt_item": receipt.item[:128],
        "receipt_vat": receipt.vat_percent,
    }


def _returned(payment: DemoBankPayment) -> Decimal:
    done = payment.refunds.filter(state="succeeded").aggregate(total=Sum(IN_KOPECKS))["total"] or 0
    return from_kopecks(done)
