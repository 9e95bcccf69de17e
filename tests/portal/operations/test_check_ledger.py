"""The daily proof of the ledger: quiet while all agrees, loud when something was tampered with."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.billing import services
from portal.billing.models import AccountClosing, Charge, LedgerCheck
from portal.ledger.models import Checkpoint
from portal.operations.ledger_check import check_ledger, problems
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import FEBRUARY, JANUARY, close

pytestmark = pytest.mark.django_db


def _codes() -> set[str]:
    return {problem.code for problem in problems()}


def test_all_agrees(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    close(FEBRUARY)
    services.reverse_closing(period=FEBRUARY, reason="Проба", on=dt.date(2026, 2, 22), by=None)
    close(FEBRUARY)
    result = check_ledger()
    assert (result.problems, result.entries) == (0, 32)
    assert LedgerCheck.objects.count() == 1


def test_each_tampering_is_found(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    Checkpoint.objects.filter(account=cast.anna.account).update(balance=Decimal("1.00"))
    AccountClosing.objects.filter(account=cast.boris.account).update(total=Decimal("1.00"))
    charge = Charge.objects.filter(account=cast.boris.account).first()
    assert charge is not None
    Charge.objects.filter(pk=charge.pk).update(amount=charge.amount + 1)
    assert _codes() == {"checkpoint", "closing", "charge_unlike_entry"}
    Charge.objects.filter(pk=charge.pk).delete()
    assert "entry_without_charge" in _codes()
