"""Receipts of a month are issued while its closing is reversed: one of the two is refused, whichever comes second."""

import datetime as dt

from portal.accounts.models import Account, Holder, Person
from portal.billing.exceptions import BillingRefused
from portal.billing.models import AccountClosing
from portal.billing.services import Executor, close_period, reverse_closing
from portal.core.periods import Period
from portal.operations.ledger_check import problems
from portal.receipts.issuing import issue_receipts
from portal.receipts.models import Receipt
from tests.company import put_company
from tests.concurrency.closings import MONTH
from tests.concurrency.test_pay_twenty_times import at_once
from tests.conftest import OwnDatabase

NOVEMBER = Period.parse(MONTH)
DAY = dt.date(2026, 11, 30)


def act(number: int) -> object:
    """Issue the receipts, or reverse the closing."""
    if number:
        return reverse_closing(period=NOVEMBER, reason="Ошибка", on=DAY, by=None)
    return issue_receipts(period=NOVEMBER, issued_on=DAY, executor=Executor.INLINE, notify=False, with_files=False)


def test_receipts_or_a_reversal_never_both(month: OwnDatabase) -> None:
    put_company()
    owner = Person.objects.create(last_name="Иванова", first_name="Анна")
    for account in Account.objects.all():
        Holder.objects.create(account=account, person=owner, since=dt.date(2024, 1, 1))
    close_period(period=NOVEMBER, executor=Executor.INLINE)
    results = at_once(act, 2)
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], BillingRefused)
    issued = Receipt.objects.filter(period=NOVEMBER.first_day).count()
    standing = AccountClosing.objects.filter(period=NOVEMBER.first_day, reversed_at=None).count()
    assert (issued == standing) if standing else issued == 0
    assert not list(problems())
