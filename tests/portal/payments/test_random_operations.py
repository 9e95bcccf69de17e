"""After a thousand operations of a random day the ledger equals the payments, less what was returned.

The dice are seeded: a failure repeats itself. OPERATIONS and SEED of the environment change the day.
"""

import os
import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db.models import Sum

from portal.accounts.models import User
from portal.approvals.models import MoneyOperation
from portal.approvals.services import approve
from portal.core import clock
from portal.core.money import from_kopecks, roubles
from portal.ledger.models import Entry
from portal.ledger.selectors import IN_KOPECKS, balance
from portal.payments.enums import PaymentChannel, PaymentState, RefundState
from portal.payments.exceptions import KeyReused, RefundRefused, SimilarPaymentOpen
from portal.payments.gateways.base import GatewayError
from portal.payments.gateways.demo.cards import CARDS
from portal.payments.models import Payment, Refund
from portal.payments.services import record_external_payment
from portal.payments.services.paying import fetch_and_apply, poll_open_payments, refresh_payment
from portal.payments.services.reconciliation import reconcile
from portal.payments.services.refunds import make_refund
from portal.payments.services.sending_refunds import send_refund
from tests.people import Cast, Resident, make_login
from tests.portal.payments.bank import LyingGateway, at_bank, begin, later, pay_at_bank, send_notice, with_sum

pytestmark = pytest.mark.django_db
OPERATIONS = int(os.environ.get("OPERATIONS", "1000"))
SEED = int(os.environ.get("SEED", "20261115"))


class Day:
    """People who pay, a bank that answers or does not, somebody who lies, accountants who return."""

    def __init__(self, cast: Cast) -> None:
        self.dice = random.Random(SEED)
        self.people: list[Resident] = [cast.anna, cast.boris, cast.stranger]
        self.clerks: list[User] = [make_login("first", staff=True), make_login("second", staff=True)]
        self.gateway = LyingGateway()
        self.acts: list[Callable[[], object]] = [
            self.begin,
            self.begin,
            self.card,
            self.card,
            self.notice,
            self.notice,
            self.ask,
            self.lie,
            self.silence,
            self.outside,
            self.give_back,
            self.job,
        ]

    def sum(self) -> str:
        return f"{self.dice.randint(100, 500_000) / 100:.2f}"

    def some(self, *states: str) -> Payment | None:
        payments = list(Payment.objects.filter(gateway="demo", **({"state__in": states} if states else {})))
        return self.dice.choice(payments) if payments else None

    def begin(self) -> None:
        key = self.dice.choice(["", f"form-{self.dice.randint(1, 20)}"])
        sure = self.dice.random() < 0.8
        begin(self.dice.choice(self.people), self.sum(), gateway=self.gateway, key=key, similar=sure)

    def card(self) -> None:
        payment = self.some(PaymentState.PENDING)
        if payment is not None and at_bank(payment).state == "pending":
            pay_at_bank(payment, self.dice.choice(CARDS).number)

    def notice(self) -> None:
        payment = self.some()
        if payment is not None and payment.gateway_id:
            state = self.dice.choice(["succeeded", "canceled", "waiting_for_capture"])
            send_notice(payment, state=state, gateway=self.gateway)

    def ask(self) -> None:
        payment = self.some(PaymentState.CREATED, PaymentState.PENDING)
        if payment is not None:
            refresh_payment(payment=payment, gateway=self.gateway, now=later(minutes=2))

    def lie(self) -> None:
        payment = self.some(PaymentState.PENDING)
        if payment is not None and payment.gateway_id:
            liar = LyingGateway(with_sum(self.sum()))
            fetch_and_apply(payment=payment, gateway=liar, now=clock.now())
            Payment.objects.filter(pk=payment.pk, state=PaymentState.PENDING).update(
                problem="", next_poll_at=clock.now()
            )

    def silence(self) -> None:
        self.gateway.silent = not self.gateway.silent

    def outside(self) -> None:
        record_external_payment(
            account=self.dice.choice(self.people).account,
            amount=Decimal(self.sum()),
            paid_on=clock.today(),
            channel=PaymentChannel.BANK,
            key=f"bank:{self.dice.randint(1, 400)}",
        )

    def give_back(self) -> None:
        payment = self.some(PaymentState.SUCCEEDED)
        if payment is None:
            return
        part = roubles(payment.amount * self.dice.choice([Decimal(1), Decimal("0.5"), Decimal("0.333")]))
        refund = make_refund(payment=payment, amount=part, reason="тест", by=self.clerks[0], now=clock.now())
        if refund.state == RefundState.AWAITING:
            approve(MoneyOperation, pk=refund.operation_id, by=self.clerks[1], now=clock.now())
            refund.refresh_from_db()
        for _ in range(self.dice.randint(1, 2)):
            send_refund(refund=refund, gateway_of=lambda _code: self.gateway, now=clock.now())

    def job(self) -> None:
        poll_open_payments(gateway_of=lambda _code: self.gateway, now=later(minutes=5), limit=5)


def total(rows: object) -> Decimal:
    return from_kopecks(rows.aggregate(total=Sum(IN_KOPECKS))["total"] or 0)


def test_the_ledger_equals_the_payments_after_a_random_day(cast: Cast) -> None:
    day = Day(cast)
    for _ in range(OPERATIONS):
        try:
            day.dice.choice(day.acts)()
        except (KeyReused, SimilarPaymentOpen, RefundRefused, GatewayError):
            continue  # refused with a name: nothing may have moved
    day.gateway.silent = False
    paid = Payment.objects.filter(state=PaymentState.SUCCEEDED)
    back = Refund.objects.filter(state=RefundState.SUCCEEDED)
    assert paid.count() > OPERATIONS / 10
    assert back.count() > OPERATIONS / 50
    assert total(Entry.objects.all()) == total(back) - total(paid)
    for who in day.people:
        own = paid.filter(account=who.account)
        assert balance(who.account) == total(back.filter(payment__in=own)) - total(own)
    run = reconcile(first_day=clock.today(), last_day=clock.today(), gateway=day.gateway, now=later(minutes=30))
    assert run.difference_count == 0
