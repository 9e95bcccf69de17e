"""A payment that waits for the bank is taken off the sum to pay on the first page, and off its button."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from portal.core.clock import MOSCOW
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.payments.enums import PaymentChannel, PaymentState
from portal.payments.models import Payment
from tests.conftest import SetDate
from tests.people import Cast

OWED = Decimal("2453.58")


@pytest.fixture
def debt(cast: Cast) -> Cast:
    post_entry(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.OPENING,
            amount=OWED,
            key="debt",
            source="test",
            effective_on=dt.date(2026, 10, 1),
        )
    )
    return cast


def begin(cast: Cast, amount: str, **state: object) -> Payment:
    return Payment.objects.create(
        key=f"begun:{amount}",
        account=cast.anna.account,
        payer=cast.anna.user,
        channel=PaymentChannel.CARD,
        gateway="demo",
        amount=Decimal(amount),
        state=PaymentState.PENDING,
        created_at=dt.datetime(2026, 11, 15, 9, 41, tzinfo=MOSCOW),
        **state,
    )


def page_of(cast: Cast, client: Client) -> str:
    client.force_login(cast.anna.user)
    return " ".join(client.get("/personal/").content.decode().split()).replace("\u00a0", " ")


def test_the_button_names_the_whole_sum(debt: Cast, client: Client, business_date: SetDate) -> None:
    business_date("2026-11-15")
    assert "Оплатить 2 453,58 ₽" in page_of(debt, client)


def test_what_waits_for_the_bank_is_not_asked_for_again(debt: Cast, client: Client, business_date: SetDate) -> None:
    business_date("2026-11-15")
    begin(debt, "1007.07")
    page = page_of(debt, client)
    assert "Оплатить 1 446,51 ₽" in page
    assert "Всего 2 453,58 ₽, из них 1 007,07 ₽ ждут ответа банка" in page
    assert "Оплатить 2 453,58 ₽" not in page


def test_nothing_is_asked_for_while_the_whole_sum_waits(debt: Cast, client: Client, business_date: SetDate) -> None:
    business_date("2026-11-15")
    begin(debt, "2453.58")
    page = page_of(debt, client)
    assert "button--white" not in page
    assert "ждут ответа банка" in page


def test_a_payment_that_was_given_up_waits_for_nothing(debt: Cast, client: Client, business_date: SetDate) -> None:
    business_date("2026-11-15")
    begin(debt, "1007.07", abandoned_at=dt.datetime(2026, 11, 15, 9, 50, tzinfo=MOSCOW))
    assert "Оплатить 2 453,58 ₽" in page_of(debt, client)
