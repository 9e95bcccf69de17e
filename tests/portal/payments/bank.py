"""Helpers of the payment tests: a payment request, a payment at the demo bank, a lying gateway."""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from portal.core import clock
from portal.payments.gateways import current_gateway
from portal.payments.gateways.base import GatewayUnknown, Order, PaymentAnswer
from portal.payments.gateways.demo import bank, cards
from portal.payments.gateways.demo.gateway import DemoGateway
from portal.payments.models import BankFile, DemoBankPayment, GatewayEvent, Payment
from portal.payments.services.notices import receive_notice
from portal.payments.services.paying import PaymentRequest, begin_payment, refresh_payment
from tests.people import Cast, Resident

MIR = "2200000000000004"
NO_MONEY = "4000000000000010"


class LyingGateway(DemoGateway):
    """The demo gateway whose answers are bent by `lie`, or that does not answer while `silent`."""

    def __init__(self, lie: Callable[[PaymentAnswer], PaymentAnswer] = lambda answer: answer) -> None:
        self.lie = lie
        self.silent = False
        self.created: list[Order] = []
        self.fetched = 0

    def create(self, *, order: Order) -> PaymentAnswer:
        self.created.append(order)
        if self.silent:
            raise GatewayUnknown("no_answer")
        return super().create(order=order)

    def fetch(self, *, gateway_id: str) -> PaymentAnswer:
        self.fetched += 1
        if self.silent:
            raise GatewayUnknown("no_answer")
        return self.lie(super().fetch(gateway_id=gateway_id))

    def list_payments(self, *, since: dt.datetime, until: dt.datetime) -> Iterator[PaymentAnswer]:
        if self.silent:
            raise GatewayUnknown("no_answer")
        return super().list_payments(since=since, until=until)


def wanted(who: Resident, amount: str = "700.14", *, key: str = "", similar: bool = False) -> PaymentRequest:
    """What a resident wants to pay."""
    return PaymentRequest(
        account=who.account,
        payer=who.user,
        amount=Decimal(amount),
        key=key or uuid.uuid4().hex,
        contact=who.user.email,
        confirm_duplicate=similar,
    )


def begin(who: Resident, amount: str = "700.14", *, gateway: DemoGateway | None = None, **options: Any) -> Payment:
    """A payment that waits at the bank."""
    return begin_payment(
        request=wanted(who, amount, **options),
        gateway=gateway or DemoGateway(),
        return_url=lambda payment: f"/personal/pay/{payment.reference}/",
        now=clock.now(),
    )


def at_bank(payment: Payment) -> DemoBankPayment:
    """The bank's own row."""
    return DemoBankPayment.objects.get(pk=payment.gateway_id)


def pay_at_bank(payment: Payment, number: str = MIR) -> DemoBankPayment:
    """The resident gives a card at the bank; no notice is sent yet."""
    card = cards.test_card(number)
    assert card is not None
    row = bank.present_card(payment=at_bank(payment), card=card)
    return bank.decide(payment=row, card=card, now=clock.now())


def send_notice(
    payment: Payment,
    *,
    state: str = "succeeded",
    gateway: DemoGateway | None = None,
    source: str = "127.0.0.1",
    **changes: Any,
) -> GatewayEvent:
    """The bank, or somebody, sends a notice about a payment."""
    body = bank.notice(at_bank(payment), state)
    body["object"] |= changes
    return receive_notice(
        gateway=gateway or DemoGateway(), body=json.dumps(body).encode(), source=source, now=clock.now()
    )


def later(**span: float) -> dt.datetime:
    """A business moment ahead."""
    return clock.now() + dt.timedelta(**span)


def refreshed(payment: Payment) -> Payment:
    """The payment after the current gateway was asked about it, two minutes later."""
    return refresh_payment(payment=payment, gateway=current_gateway(), now=later(minutes=2))


def paid(cast: Cast, amount: str = "700.14") -> Payment:
    """A payment of Anna that the bank took and sent a notice of."""
    payment = begin(cast.anna, amount, similar=True)
    pay_at_bank(payment)
    send_notice(payment)
    payment.refresh_from_db()
    return payment


def problems(file: BankFile) -> list[tuple[int, str, str]]:
    """Number, state and problem of each line of a bank's file that has one."""
    return list(file.lines.exclude(problem="").values_list("number", "state", "problem"))


def with_sum(amount: str) -> Callable[[PaymentAnswer], PaymentAnswer]:
    """A lie about the sum."""
    return lambda answer: replace(answer, amount=Decimal(amount))
