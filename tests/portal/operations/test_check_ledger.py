"""The daily proof of the ledger: quiet while all agrees; each way of tampering is found by its name and told."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal.accounts.models import Account
from portal.billing import services
from portal.billing.models import AccountClosing, Charge, LedgerCheck
from portal.core import clock
from portal.ledger.enums import EntryKind
from portal.ledger.models import Checkpoint, Entry
from portal.ledger.services import NewEntry, post_entry
from portal.notifications.enums import DeliveryChannel
from portal.notifications.models import Message
from portal.operations.ledger_check import check_ledger, logged, problems
from portal.payments.enums import PaymentState
from portal.payments.gateways import current_gateway
from portal.payments.models import Payment
from portal.payments.services.paying import refresh_payment
from portal.receipts.models import Receipt
from portal.receipts.services import data_digest
from tests.company import put_numbers
from tests.people import Cast, make_cast, make_clerk
from tests.portal.billing.month import FEBRUARY, JANUARY, close
from tests.portal.payments.bank import begin, pay_at_bank
from tests.shared_rows import shared_rows

pytestmark = pytest.mark.django_db


def make_books() -> Cast:
    """January closed with its receipts; Anna paid 120 ₽ by card."""
    cast = make_cast()
    put_numbers()
    close(JANUARY)
    call_command("issue_receipts", str(JANUARY), "--silent", "--without-files")
    payment = begin(cast.anna, "120.00")
    pay_at_bank(payment)
    refresh_payment(payment=payment, gateway=current_gateway(), now=clock.now())
    return cast


@pytest.fixture(scope="module")
def books(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The books of the tests, written once."""
    with shared_rows(django_db_blocker, make_books) as cast:
        yield cast


def codes() -> set[str]:
    return {problem.code for problem in problems()}


def line_of(cast: Cast) -> Charge:
    """The first charge of Boris."""
    charge = Charge.objects.filter(account=cast.boris.account).exclude(amount=0).order_by("pk").first()
    assert charge is not None
    return charge


def put_entry(account: Account, kind: EntryKind, amount: str, key: str) -> None:
    """An entry that no service booked."""
    post_entry(
        NewEntry(
            account_id=account.pk,
            kind=kind,
            amount=Decimal(amount),
            effective_on=dt.date(2026, 1, 31),
            key=key,
            source=key,
        )
    )


def put_receipt(cast: Cast, **changes: Any) -> None:
    """A second version of Boris' receipt with such columns, past the service that makes receipts."""
    receipt = Receipt.objects.get(account=cast.boris.account)
    values = {
        field.attname: getattr(receipt, field.attname) for field in Receipt._meta.concrete_fields if field.name != "id"
    }
    Receipt.objects.create(
        **values | {"version": 2, "replaces_id": receipt.pk, "reason": "x", "number": "x-2"} | changes
    )


# What agrees.


def test_all_agrees(books: Cast) -> None:
    assert codes() == set()
    result = check_ledger()
    assert (result.problems, result.entries) == (0, Entry.objects.count())
    assert LedgerCheck.objects.count() == 1


def test_a_month_that_was_reversed_and_closed_again_agrees(books: Cast) -> None:
    close(FEBRUARY)
    before = Entry.objects.count()
    services.reverse_closing(period=FEBRUARY, reason="Проба", on=dt.date(2026, 2, 22), by=None)
    close(FEBRUARY)
    result = check_ledger()
    assert (result.problems, result.entries) == (0, before + 16), "eight mirrors and the eight lines anew"


def test_a_correct_second_version_of_a_receipt_agrees(books: Cast) -> None:
    put_receipt(books)
    assert codes() == set()


# What does not.


def _charge(cast: Cast, **changes: Any) -> None:
    Charge.objects.filter(pk=line_of(cast).pk).update(**changes)


def _data(cast: Cast, **changes: Any) -> None:
    """A receipt whose data say something else and are signed anew."""
    data = Receipt.objects.get(account=cast.boris.account).data | changes
    put_receipt(cast, data=data, data_sha256=data_digest(data))


TAMPERINGS: dict[str, tuple[Callable[[Cast], Any], set[str]]] = {
    "a checkpoint": (
        lambda cast: Checkpoint.objects.filter(account=cast.anna.account).update(balance=Decimal("1.00")),
        {"checkpoint"},
    ),
    "the total of a closing": (
        lambda cast: AccountClosing.objects.filter(account=cast.boris.account).update(total=Decimal("1.00")),
        {"closing"},
    ),
    "a closing taken away": (
        lambda cast: AccountClosing.objects.filter(account=cast.boris.account).delete(),
        {"closing", "receipt_reversed"},
    ),
    "a closing called reversed": (
        lambda cast: AccountClosing.objects.filter(account=cast.boris.account).update(reversed_at=timezone.now()),
        {"closing", "receipt_reversed"},
    ),
    "the sum of a line": (
        lambda cast: _charge(cast, amount=line_of(cast).amount + 1),
        {"charge_unlike_entry", "closing"},
    ),
    "the account of a line": (
        lambda cast: _charge(cast, account=cast.stranger.account),
        {"charge_unlike_entry", "closing"},
    ),
    "a line taken away": (lambda cast: line_of(cast).delete(), {"entry_without_charge", "closing"}),
    "a line under another key": (
        lambda cast: _charge(cast, key="charge:x"),
        {"entry_without_charge", "charge_without_entry"},
    ),
    "a line called reversed": (lambda cast: _charge(cast, reversed_at=timezone.now()), {"reversal", "closing"}),
    "an entry of a closing put in": (
        lambda cast: put_entry(cast.anna.account, EntryKind.CHARGE, "5.00", "charge:x"),
        {"entry_without_charge"},
    ),
    "an entry of a payment put in": (
        lambda cast: put_entry(cast.anna.account, EntryKind.PAYMENT, "-5.00", "payment:0"),
        {"entry_without_payment"},
    ),
    "the sum of a payment": (
        lambda cast: Payment.objects.update(amount=Decimal("121.00")),
        {"payment_unlike_entry"},
    ),
    "a payment called refused": (
        lambda cast: Payment.objects.update(state=PaymentState.CANCELED),
        {"entry_without_payment"},
    ),
    "a payment called made": (
        lambda cast: Payment.objects.filter(pk=begin(cast.boris).pk).update(
            state=PaymentState.SUCCEEDED, paid_at=timezone.now(), paid_on=dt.date(2026, 1, 31)
        ),
        {"payment_without_entry"},
    ),
    "the data of a receipt": (lambda cast: put_receipt(cast, data_sha256="0" * 64), {"receipt"}),
    "the parts of a receipt": (lambda cast: _data(cast, paid="5.00"), {"receipt_breakdown"}),
    "the penalties of a receipt": (lambda cast: _data(cast, penalty_total="5.00"), {"receipt_breakdown"}),
    "what a receipt asks for": (lambda cast: put_receipt(cast, to_pay=Decimal("1.00")), {"receipt_to_pay"}),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_tampering_is_found(books: Cast, name: str) -> None:
    tamper, expected = TAMPERINGS[name]
    tamper(books)
    assert codes() == expected


def test_each_problem_is_logged_with_its_place() -> None:
    assert logged("receipt_to_pay", ("0010001-2026-01", "1.00", "2.00")) == (
        "receipt 0010001-2026-01: asks 1.00, entries 2.00"
    )
    assert logged("reversal", ("charge:1",)) == "charge:1"


def test_who_watches_the_month_is_told_the_number_once_a_check(books: Cast) -> None:
    watcher = make_clerk("watcher", "office.watch_month")
    make_clerk("registrar", "office.view_account_card")
    check_ledger()
    assert not Message.objects.filter(kind="ledger_differs").exists()
    Payment.objects.update(amount=Decimal("121.00"))
    result = check_ledger()
    assert result.listed[0] == [
        books.anna.account.pk,
        "payment_unlike_entry",
        str(Payment.objects.get().pk),
        "121.00",
        "-120.00",
    ]
    (message,) = Message.objects.filter(kind="ledger_differs", channel=DeliveryChannel.INBOX)
    assert message.user == watcher
    assert "расхождений: 1" in message.body
    assert message.link == "/admin/office/ledger/"
