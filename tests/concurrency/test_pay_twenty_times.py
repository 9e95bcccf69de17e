"""Twenty presses at the same moment, ten notices at the same moment: one payment, one call out, one credit.

FAULTS 6 and 7. The controls switch the guard off and show the fault.
"""

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from portal.core import clock
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.payments.enums import PaymentState
from portal.payments.exceptions import KeyReused
from portal.payments.gateways.base import Order, PaymentAnswer
from portal.payments.models import DemoBankPayment, GatewayEvent, Payment
from portal.payments.services import applying, paying, recording
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

    def pay_once(number: int) -> Any:
        try:
            gate.wait(timeout=60)
            return action(number)
        except Exception as error:  # noqa: BLE001 (the test looks at what was raised)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(pay_once, range(times)))


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


class MeetingGateway(CountingGateway):
    """Holds every call until so many have come: what is called once waits in vain."""

    def __init__(self, callers: int) -> None:
        super().__init__()
        self.gate = threading.Barrier(callers)

    def create(self, *, order: Order) -> PaymentAnswer:
        self.gate.wait(timeout=60)
        return super().create(order=order)


def test_the_control_without_the_claim_calls_once_for_every_press(
    own_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paying, "LEASE", dt.timedelta(days=-1))  # every claim of somebody else has run out
    anna, gateway = make_cast().anna, MeetingGateway(4)
    at_once(lambda _n: begin(anna, "700.14", key="form", gateway=gateway), 4)
    assert len(gateway.created) == 4


@pytest.mark.parametrize("guarded", [True, False], ids=["one key", "control: no key"])
def test_twenty_posts_of_one_form(own_database: object, guarded: bool) -> None:
    """From the browser's side: the form's one-time key makes twenty posts one payment; without it there are more."""
    anna = make_cast().anna
    browsers = [Client() for _ in range(MANY if guarded else 3)]
    for browser in browsers:
        browser.force_login(anna.user)
    form_token = {"form_token": "form-of-anna"} if guarded else {}
    form = {"choice": "other", "amount": "700,14", "contact": anna.user.email, "confirm_duplicate": "1", **form_token}
    answers = at_once(lambda n: browsers[n].post("/personal/pay/", form), len(browsers))
    assert {answer.status_code for answer in answers} == {302}
    assert Payment.objects.count() == DemoBankPayment.objects.count() == (1 if guarded else 3)


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


def test_the_control_without_the_state_and_the_key_credits_each_answer(
    own_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guards off: a paid payment may be paid again, and its entry has another key each time."""
    moves = applying.MOVES | {PaymentState.SUCCEEDED: frozenset({"succeeded"})}
    monkeypatch.setattr(applying, "MOVES", moves)
    entry_of = recording.payment_entry
    monkeypatch.setattr(
        recording, "payment_entry", lambda **values: replace(entry_of(**values), key=f"naive:{uuid.uuid4()}")
    )
    anna = make_cast().anna
    payment = begin(anna)
    pay_at_bank(payment)
    for _ in range(3):
        paying.fetch_and_apply(payment=payment, gateway=LyingGateway(), now=clock.now())
    assert balance(anna.account) == 3 * Decimal("-700.14")
