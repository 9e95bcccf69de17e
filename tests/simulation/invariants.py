"""What holds after each simulated day, whatever was killed, doubled or late, and what holds at the end of all."""

from collections import Counter
from decimal import Decimal

from django.core import mail
from django.db.models import Count, QuerySet, Sum

from portal.billing.models import LedgerCheck, PeriodRun
from portal.core.periods import Period
from portal.core.runs.enums import RunStatus
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.metering.enums import Status
from portal.metering.models import Reading
from portal.notifications.models import Message
from portal.operations.ledger_check import problems, problems_of_sums
from portal.payments.enums import PaymentState
from portal.payments.models import DemoBankPayment, Payment
from portal.receipts.models import Receipt
from portal.service_requests.dispatch.enums import OPEN
from portal.service_requests.dispatch.models import DispatchRequest
from tests.simulation.life import Life

PAYMENTS = (EntryKind.PAYMENT, EntryKind.REFUND)


def check_day(life: Life, *, seals: bool = False) -> None:
    """What holds at any moment.

    `seals`: also every sealed row is what it was. The whole chain is read for it, so that this is for some days only;
    a row that was changed stays changed and is found then.
    """
    found = problems() if seals else problems_of_sums()
    assert list(found) == []
    assert not LedgerCheck.objects.exclude(problems=0).exists(), "the nightly proof of the ledger found something"
    _no_reading_is_lost(life)
    _nothing_is_credited_twice()
    _each_letter_is_sent_once(life)
    taken = set(DispatchRequest.objects.values_list("key", flat=True))
    assert life.company.truth.requests <= taken, "a request that was taken is gone"


def check_end(life: Life) -> None:
    """What holds once nothing is under way: all money of the bank is credited, each request has ended."""
    check_day(life, seals=True)
    truth = life.company.truth
    assert _credited_by_card() == _paid_at_the_bank(), "payments of the bank and of the portal differ"
    by_card = Payment.objects.filter(state=PaymentState.SUCCEEDED, gateway="demo")
    for home in life.company.homes:
        account = home.account
        expected = sum(amount for pk, amount in truth.bank_payments.values() if pk == account.pk)
        expected += sum(payment.amount for payment in by_card if payment.account_id == account.pk)
        entries = Entry.objects.filter(account=account)
        credited, charged = -_sum(entries.filter(kind__in=PAYMENTS)), _sum(entries.exclude(kind__in=PAYMENTS))
        assert credited == expected, f"{account}: {credited} credited, {expected} paid"
        assert balance(account) == charged - credited
    assert not DispatchRequest.objects.filter(state__in=OPEN).exists(), "a request did not end"
    unfinished = PeriodRun.objects.active().exclude(status=RunStatus.DONE)
    assert not unfinished.exists(), f"closings that did not finish: {list(unfinished)}"


def _sum(entries: "QuerySet[Entry]") -> Decimal:
    return entries.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def check_month(life: Life, period: Period) -> None:
    """A month that is over was closed once, and each account has one receipt of it that stands."""
    run = PeriodRun.objects.active().filter(period=period.first_day)
    assert [each.status for each in run] == [RunStatus.DONE], f"{period} is not closed"
    receipts = Counter(
        Receipt.objects.filter(period=period.first_day, replaced_by=None).values_list("account_id", flat=True)
    )
    assert receipts == {home.account.pk: 1 for home in life.company.homes}


def _no_reading_is_lost(life: Life) -> None:
    standing = Reading.objects.filter(status=Status.ACCEPTED)
    stored = {(row.meter_id, row.taken_on.replace(day=1)): row.value for row in standing.order_by("taken_on", "pk")}
    lost = {key: value for key, value in life.company.truth.readings.items() if stored.get(key) != value}
    assert not lost, f"accepted readings that do not stand: {lost}"
    twice = standing.values("meter", "taken_on").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice, f"readings of a meter twice on a day: {list(twice)}"


def _nothing_is_credited_twice() -> None:
    keys = Counter(Entry.objects.filter(kind=EntryKind.PAYMENT).values_list("key", flat=True))
    assert not [key for key, times in keys.items() if times > 1]
    unpaid = _credited_by_card() - _paid_at_the_bank()
    assert not unpaid, f"credited without a payment at the bank: {unpaid}"


def _credited_by_card() -> set[str]:
    """References of card payments that stand in the ledger."""
    payments = Payment.objects.filter(state=PaymentState.SUCCEEDED, gateway="demo")
    return {str(reference) for reference in payments.values_list("reference", flat=True)}


def _paid_at_the_bank() -> set[str]:
    """References of payments for which the demo bank took money."""
    return set(DemoBankPayment.objects.filter(state="succeeded").values_list("reference", flat=True))


def _each_letter_is_sent_once(life: Life) -> None:
    sent = Counter(letter.extra_headers.get("Message-ID", "") for letter in mail.outbox)
    again = sum(times - 1 for times in sent.values())
    assert again <= life.faults.kills, f"letters twice without a kill between sending and noting: {again}"
    events = Message.objects.exclude(user=None).values("event", "channel", "user").annotate(n=Count("pk"))
    assert not events.filter(n__gt=1), "an event was announced twice"
