"""Twenty presses at the same moment, ten notices at the same moment: one payment, one call out, one credit.

FAULTS 6 and 7. The controls switch the guard off and show the fault.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.payments.enums import PaymentState
from portal.payments.exceptions import KeyReused
from portal.payments.gateways.base import Order, PaymentAnswer
from portal.payments.models import GatewayEvent, Payment
from portal.payments.services import paying
from tests.people import make_cast
from tests.portal.payments.bank import LyingGateway, begin, pay_at_bank, send_notice

MANY = 20


class CountingGateway(LyingGateway):
    """Counts calls out under a lock."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def create(self, *, order: Order) -> PaymentAnswer:
        with self.lock:
            return super().create(order=order)


def at_once(action: Callable[[int], Any], times: int) -> list[Any]:
    """Run an action in threads that start together; errors are returned."""
    gate = threading.Barrier(times)

    def one(number: int) -> Any:
        try:
            gate.wait(timeout=60)
            return action(number)
        except Exception as error:  # noqa: BLE001 (the test looks at what was raised)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(one, range(times)))


def test_twenty_presses_are_one_payment_and_one_call(own_database: object) -> None:
    anna = make_cast().anna
    gateway = CountingGateway()
    results = at_once(lambda _n: begin(anna, "700.14", key="form", gateway=gateway), MANY)
    assert {result.pk for result in results} == {Payment.objects.get().pk}
    assert len(gateway.created) == 1


def test_the_same_key_with_other_sums_gives_one_payment_and_refusals(own_database: object) -> None:
    anna = make_cast().anna
    gateway = CountingGateway()
    results = at_once(lambda n: begin(anna, f"{100 + n}.00", key="form", gateway=gateway), 8)
    assert sum(isinstance(result, KeyReused) for result in results) == 7
    assert Payment.objects.count() == len(gateway.created) == 1


def test_two_tabs_of_one_sum_are_one_payment_and_a_question(own_database: object) -> None:
    anna = make_cast().anna
    results = at_once(lambda n: begin(anna, "700.14", key=f"tab-{n}", gateway=CountingGateway()), 4)
    assert sum(isinstance(result, paying.SimilarPaymentOpen) for result in results) == 3
    assert Payment.objects.count() == 1


def test_the_control_without_the_claim_calls_many_times(own_database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = make_cast().anna
    gateway = CountingGateway()
    payment = begin(anna, key="form", gateway=gateway)
    Payment.objects.filter(pk=payment.pk).update(state="created", gateway_id="", claimed_at=None)
    for _ in range(3):
        gateway.create(order=paying.order_of(payment))
    assert len(gateway.created) == 4


def test_ten_notices_at_once_are_one_credit(own_database: object) -> None:
    anna = make_cast().anna
    payment = begin(anna)
    pay_at_bank(payment)
    results = at_once(lambda _n: send_notice(payment), 10)
    assert not [result for result in results if isinstance(result, Exception)]
    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert Entry.objects.count() == 1
    assert balance(anna.account) == Decimal("-700.14")
    assert GatewayEvent.objects.filter(kind="webhook").count() == 10


def test_the_control_without_the_state_and_the_key_credits_each_notice(
    own_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the entry keyed by the notice and the state not looked at, each notice would credit."""
    from portal.ledger.enums import EntryKind
    from portal.ledger.services import NewEntry, post_entry

    anna = make_cast().anna
    payment = begin(anna)
    pay_at_bank(payment)
    for number in range(3):
        event = send_notice(payment)
        post_entry(
            NewEntry(
                account_id=anna.account.pk, kind=EntryKind.PAYMENT, amount=-payment.amount,
                effective_on=event.received_at.date(), key=f"naive:{event.pk}", source=f"control:{number}",
            )
        )  # fmt: skip
    assert balance(anna.account) != Decimal("-700.14")
