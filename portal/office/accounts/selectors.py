"""Everything about one account on one page: what an employee needs while the resident is on the telephone."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest

from portal.accounts.models import Account, AccountService, Contract, Holder, Occupancy
from portal.accounts.selectors import current_holder
from portal.billing.models import AccountClosing
from portal.billing.selectors import DebtState, PeriodBill, debt_state, period_bill
from portal.billing.selectors.bills import BillLine, lines_by_key, neighbours
from portal.core.params import int_param
from portal.core.periods import Period
from portal.ledger import selectors as ledger
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.metering.models import Meter, Reading
from portal.metering.selectors import accepted_readings
from portal.notifications.models import Message
from portal.office.ledger.sources import EntrySource, source_of
from portal.payments.models import Payment
from portal.receipts.models import Receipt
from portal.receipts.selectors import receipts_of
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.dispatch.models import DispatchRequest

SHOWN_ENTRIES = 12
SHOWN_MESSAGES = 8
SHOWN_READINGS = 3


@dataclass(frozen=True, slots=True)
class MeterCard:
    """A meter with its last readings, newest first."""

    meter: Meter
    readings: list[Reading]
    verification_expired: bool
    days_left: int


@dataclass(frozen=True, slots=True)
class CardEntry:
    """An entry with the bill's line that made it, where there is one, and where it came from."""

    entry: Entry
    line: BillLine | None
    source: EntrySource | None


@dataclass(frozen=True, slots=True)
class AccountCard:
    """An account with all that stands around it; sums in ₽."""

    account: Account
    holders: list[Holder]
    former_holders: list[tuple[Holder, Decimal]]
    """Who held the account before, with what it owed at the end of their last day, ₽."""
    contract: Contract | None
    occupancy: Occupancy | None
    services: list[AccountService]
    balance: Decimal
    debts: DebtState
    bill: PeriodBill | None
    earlier: Period | None
    later: Period | None
    receipts: list[Receipt]
    entries: list[CardEntry]
    meters: list[MeterCard]
    payments: list[Payment]
    messages: list[Message]
    requests: list[DispatchRequest]
    applications: list[CommissioningApplication]

    @property
    def balance_size(self) -> Decimal:
        """The balance without its sign, ₽."""
        return abs(self.balance)


def find_account(number: str) -> Account | None:
    """The account of a number, with its address (one query)."""
    return Account.objects.with_address().filter(number=number).first()


def account_of(pk: int | None) -> Account | None:
    """The account of a primary key, with its address (one query); None when there is none."""
    return Account.objects.with_address().filter(pk=pk).first() if pk is not None else None


def number_in(request: HttpRequest) -> str:
    """The number of the account that an address names by `?account=` (its key), for a form; else empty."""
    account = account_of(int_param(request, "account"))
    return account.number if account else ""


def whose(number: object) -> str:
    """«б-р Красногорский, 17, кв. 2, Иванова Анна Петровна»: whose money a form is about; empty until it is known."""
    account = find_account(str(number).strip()) if number else None
    if account is None:
        return ""
    holder = current_holder(account)
    return f"{account.premises.address}, {holder.full_name}" if holder else account.premises.address


def account_card(account: Account, *, today: dt.date, month: Period | None = None) -> AccountCard:
    """Gather the card of an account with the bill of a month (the last one when it has none); constant queries."""
    holders = list(account.holders.select_related("person__user").order_by("since", "pk"))
    bill = (period_bill(account, month) if month else None) or _last_bill(account)
    earlier, later = neighbours(account, bill.period) if bill else (None, None)
    current = [holder for holder in holders if holder.until is None or holder.until >= today]
    return AccountCard(
        account=account,
        holders=current,
        former_holders=ledger.owed_when_left([holder for holder in holders if holder not in current]),
        contract=account.contracts.filter(ended_on=None).order_by("-signed_on").first(),
        occupancy=account.occupancies.filter(since__lte=today).order_by("-since").first(),
        services=list(account.services.filter(until=None).order_by("service")),
        balance=ledger.balance(account),
        debts=debt_state(account, today=today),
        bill=bill,
        earlier=earlier,
        later=later,
        receipts=receipts_of(account)[:SHOWN_ENTRIES],
        entries=_entries(account),
        meters=_meters(account, today),
        payments=list(Payment.objects.filter(account=account).order_by("-created_at")[:SHOWN_ENTRIES]),
        messages=_messages(current),
        requests=list(DispatchRequest.objects.filter(account=account).order_by("-received_at")[:SHOWN_MESSAGES]),
        applications=list(CommissioningApplication.objects.filter(account=account).order_by("-pk")[:SHOWN_MESSAGES]),
    )


def _last_bill(account: Account) -> PeriodBill | None:
    closings = AccountClosing.objects.filter(account=account, reversed_at=None).order_by("-period")
    period = closings.values_list("period", flat=True).first()
    return period_bill(account, Period.of(period)) if period else None


def _entries(account: Account) -> list[CardEntry]:
    newest = list(ledger.entries_with_balance(account).order_by("-effective_on", "-pk")[:SHOWN_ENTRIES])
    lines = lines_by_key([entry.source for entry in newest])
    return [_entry(entry, lines.get(entry.source)) for entry in newest]


def _entry(entry: Entry, line: BillLine | None) -> CardEntry:
    """A mirror leads to the line that it undoes, but does not take its name."""
    named = line if entry.kind != EntryKind.REVERSAL else None
    return CardEntry(entry, named, source_of(entry, charge=line.charge.pk if line else None))


def _meters(account: Account, today: dt.date) -> list[MeterCard]:
    meters = list(account.meters.select_related("type").order_by("closed_on", "service", "pk"))
    newest: dict[int, list[Reading]] = {meter.pk: [] for meter in meters}
    for reading in accepted_readings(list(newest)):
        if len(newest[reading.meter_id]) < SHOWN_READINGS:
            newest[reading.meter_id].append(reading)
    return [
        MeterCard(
            meter=meter,
            readings=newest[meter.pk],
            verification_expired=meter.verified_until < today,
            days_left=(meter.verified_until - today).days,
        )
        for meter in meters
    ]


def _messages(holders: list[Holder]) -> list[Message]:
    users = [holder.person.user_id for holder in holders if holder.person.user_id]
    return list(Message.objects.filter(user_id__in=users).order_by("-created_at", "-pk")[:SHOWN_MESSAGES])
