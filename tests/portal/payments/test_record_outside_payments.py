"""Money told by a bank or the cash desk is recorded once, with its entry in the book."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.payments.enums import PaymentChannel, PaymentState
from portal.payments.exceptions import AmountRefused, KeyReused
from portal.payments.models import Payment
from portal.payments.services import ExternalPayment, record_external_payment, record_external_payments
from tests.people import Cast

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)


def test_one_payment_is_one_entry(cast: Cast) -> None:
    for _ in range(2):
        payment = record_external_payment(
            account=cast.anna.account,
            amount=Decimal("700.14"),
            paid_on=DAY,
            channel=PaymentChannel.OFFICE,
            key="desk:1",
        )
    assert payment.state == PaymentState.SUCCEEDED
    assert Entry.objects.get().key == f"payment:{payment.pk}"
    assert Entry.objects.get().effective_on == DAY
    assert balance(cast.anna.account) == Decimal("-700.14")


def test_a_key_with_another_sum_is_refused(cast: Cast) -> None:
    wanted = {"account": cast.anna.account, "paid_on": DAY, "channel": PaymentChannel.BANK, "key": "bank:1"}
    record_external_payment(amount=Decimal("1.00"), **wanted)
    with pytest.raises(KeyReused):
        record_external_payment(amount=Decimal("2.00"), **wanted)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("amount", ["0", "-5.00", "1.005"])
def test_wrong_sums_are_refused(cast: Cast, amount: str) -> None:
    with pytest.raises(AmountRefused):
        record_external_payment(
            account=cast.anna.account, amount=Decimal(amount), paid_on=DAY, channel=PaymentChannel.BANK, key="w"
        )
    assert not Payment.objects.exists()


def test_many_are_recorded_with_a_constant_number_of_queries(
    cast: Cast, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    rows = [
        ExternalPayment(
            account_id=cast.boris.account.pk,
            amount=Decimal("10.00"),
            paid_on=DAY,
            channel=PaymentChannel.POST,
            key=f"p:{n}",
        )
        for n in range(300)
    ]
    with django_assert_max_num_queries(8):
        assert record_external_payments(rows) == 300
    assert record_external_payments(rows) == 0
    assert balance(cast.boris.account) == Decimal("-3000.00")


@pytest.mark.parametrize(
    "change",
    [{"amount": -1}, {"refunded": 5000}, {"state": "lost"}, {"paid_on": None}, {"state": "pending"}, {"last4": "12"}],
)
def test_the_database_refuses_nonsense(cast: Cast, change: dict[str, object]) -> None:
    payment = record_external_payment(
        account=cast.anna.account, amount=Decimal("700.14"), paid_on=DAY, channel=PaymentChannel.OFFICE, key="desk:1"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**change)
