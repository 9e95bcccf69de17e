"""Data of a closed period, collected for receipts: a constant number of queries for any number of accounts.

Sums come from the ledger: the opening balance is what the receipt of the period before came to (without one, its
closing), and what was booked since leads to what is to pay: up to the issue, or, where a later month is closed, up to
this period's closing. So each receipt begins where the last one ended.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Max, OuterRef, Q, Subquery

from portal.accounts.enums import HOLDER_RANKS
from portal.accounts.models import Holder, Occupancy, Person
from portal.billing.calculation.months import month_of
from portal.billing.calculation.rate_book import Terms
from portal.billing.calculation.units import FACTOR_SCALE, NORM_SCALE
from portal.billing.loading.rate_book import load_rate_book
from portal.billing.models import AccountClosing, Charge, VatRate
from portal.core.calendars import Month, month_calendar
from portal.core.models import CompanySettings
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.core.service_catalogue import DOCUMENT_NAMES
from portal.ledger.enums import EntryKind
from portal.ledger.models import Checkpoint, Entry
from portal.metering.enums import Status
from portal.metering.models import Meter, Reading
from portal.receipts.models import Receipt
from portal.receipts.selectors import closed_later
from portal.receipts.snapshot import Company, ReceiptNorm

MONEY = (EntryKind.PAYMENT, EntryKind.REFUND)
BOOKED_BY_CLOSING = (EntryKind.CHARGE, EntryKind.RECALCULATION, EntryKind.OUTAGE, EntryKind.PENALTY)


@dataclass(slots=True)
class Sums:
    """Ledger sums of an account from one closing to the next, ₽."""

    opening: Decimal = ZERO
    entered_debts: Decimal = ZERO
    """Debts from before the portal that were entered since the closing before."""
    paid: Decimal = ZERO
    charged: Decimal = ZERO
    penalties: Decimal = ZERO
    corrections: Decimal = ZERO
    corrected_since: Decimal = ZERO
    """Corrections booked after the closing."""
    up_to_entry: int = 0
    last_day: dt.date = dt.date.min
    """The closing's day, or a later day of what was booked since."""
    includes_all_entries: bool = False
    """Whether everything that is booked counts."""

    @property
    def to_pay(self) -> Decimal:
        """Return what is to pay; negative: an advance."""
        charged = self.charged + self.penalties + self.corrections + self.corrected_since
        return self.opening + self.entered_debts - self.paid + charged


@dataclass(frozen=True, slots=True)
class MonthMeter:
    """A meter that stood in the period: its values before it and at its closing, m³."""

    pk: int
    service: str
    serial_number: str
    verified_until: dt.date | None
    previous: Decimal
    """The last accepted reading from before the period; without one, the value at commissioning."""
    previous_on: dt.date
    current: Decimal | None
    """The last accepted reading of the period up to the closing; None without one."""
    current_on: dt.date | None


@dataclass(slots=True)
class Rows:
    """Rows of many accounts, by account."""

    closed: dict[int, dt.date]
    charges: dict[int, list[Charge]] = field(default_factory=lambda: defaultdict(list))
    sums: dict[int, Sums] = field(default_factory=dict)
    payers: dict[int, Person] = field(default_factory=dict)
    occupancies: dict[int, Occupancy] = field(default_factory=dict)
    meters: dict[int, list[MonthMeter]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Data shared by all receipts of a period."""

    period: Period
    issued_on: dt.date
    due_on: dt.date
    company: Company
    vat_rates: Sequence[tuple[dt.date, Decimal | None]]
    norms: Mapping[str, ReceiptNorm]
    window: Month

    def vat(self, month: dt.date) -> Decimal | None:
        """The rate of VAT in force on the last day of a month (given by its first day), %; None: no VAT."""
        last = Period.of(month).last_day
        percents = [percent for since, percent in self.vat_rates if since <= last]
        return percents[-1] if percents else None


def load_month(period: Period, issued_on: dt.date) -> MonthFacts:
    """The period's common facts (a dozen queries)."""
    company = CompanySettings.load()
    terms = load_rate_book().terms(month_of(period.first_day))
    return MonthFacts(
        period=period,
        issued_on=issued_on,
        due_on=terms.due,
        company=Company(**{name: getattr(company, name) for name in Company.model_fields}),
        vat_rates=list(VatRate.objects.active().order_by("valid_from").values_list("valid_from", "percent")),
        norms=_norms(terms),
        window=month_calendar(period.next),
    )


def _norms(terms: Terms) -> dict[str, ReceiptNorm]:
    return {
        service: ReceiptNorm(
            service=DOCUMENT_NAMES[service],
            value=Decimal(value) / NORM_SCALE,
            raising=Decimal(terms.factor(service)) / FACTOR_SCALE,
        )
        for service, value in terms.norms.items()
    }


def load_rows(account_ids: Sequence[int], period: Period) -> Rows:
    """Everything else that the receipts of accounts need (a dozen queries)."""
    closings = AccountClosing.objects.filter(account_id__in=account_ids, period=period.first_day, reversed_at=None)
    rows = Rows(closed=dict(closings.values_list("account_id", "closed_on")))
    charges = Charge.objects.filter(account_id__in=account_ids, period=period.first_day, reversed_at=None)
    for charge in charges.select_related("rate").order_by("pk"):
        rows.charges[charge.account_id].append(charge)
    rows.sums = _sums(account_ids, period, rows.closed)
    rows.payers = _payers(account_ids, period.last_day)
    occupancies = Occupancy.objects.filter(account_id__in=account_ids, since__lte=period.last_day)
    for occupancy in occupancies.order_by("since"):
        rows.occupancies[occupancy.account_id] = occupancy
    for account, meter in _meters(account_ids, period, cut=max(rows.closed.values(), default=period.last_day)):
        rows.meters[account].append(meter)
    return rows


def _sums(account_ids: Sequence[int], period: Period, closed: Mapping[int, dt.date]) -> dict[int, Sums]:
    """Opening balances, and what was booked since, up to the entry at which the receipt ends."""
    before = _checkpoints(account_ids, period=period.previous.first_day)
    missing = [pk for pk in account_ids if pk not in before]
    if missing:
        before |= _checkpoints(missing, period__lt=period.first_day)
    closing = _last_entries(account_ids, period)
    issued = _issued_up_to(account_ids, period)
    settled = _later_of(_last_entries(account_ids, period.previous), issued[period.previous.first_day])
    frozen = closed_later(account_ids, period)
    until = _later_of(closing, issued[period.first_day])
    sums = {
        pk: Sums(
            opening=before.get(pk, (ZERO, 0))[0],
            up_to_entry=until.get(pk, 0),
            last_day=closed.get(pk, period.last_day),
            includes_all_entries=pk not in frozen,
        )
        for pk in account_ids
    }
    first = min((entry for _, entry in before.values()), default=0) if len(before) == len(account_ids) else 0
    booked = Entry.objects.filter(account_id__in=account_ids, pk__gt=first).order_by("pk")
    if len(frozen) == len(account_ids):
        booked = booked.filter(pk__lte=max(until.values(), default=0))
    for pk, account, kind, amount, day in booked.values_list("pk", "account_id", "kind", "amount", "effective_on"):
        account_sums = sums[account]
        if pk <= before.get(account, (ZERO, 0))[1] or (
            pk > until.get(account, 0) and not account_sums.includes_all_entries
        ):
            continue
        if pk <= settled.get(account, 0):  # counted by the receipt before, or by a closing repeated since
            account_sums.opening += amount
            continue
        since = pk > closing.get(account, 0)
        _add(account_sums, kind, amount, on_earlier_receipt=account in before, since_closing=since)
        if since:
            account_sums.up_to_entry = max(account_sums.up_to_entry, pk)
            account_sums.last_day = max(account_sums.last_day, day)
    return sums


def _later_of(first: Mapping[int, int], second: Mapping[int, int]) -> dict[int, int]:
    return {pk: max(first.get(pk, 0), second.get(pk, 0)) for pk in {*first, *second}}


def _issued_up_to(account_ids: Sequence[int], period: Period) -> dict[dt.date, dict[int, int]]:
    """The entries at which receipts of a period and of the one before end, by period and account (one query)."""
    last_entries: dict[dt.date, dict[int, int]] = {period.first_day: {}, period.previous.first_day: {}}
    receipts = Receipt.objects.filter(account_id__in=account_ids, period__in=last_entries).order_by()
    for month, account, last in receipts.values_list("period", "account_id").annotate(last=Max("up_to_entry")):
        last_entries[month][account] = last
    return last_entries


def _checkpoints(account_ids: Sequence[int], **periods: dt.date) -> dict[int, tuple[Decimal, int]]:
    """The last checkpoint of each account: its balance, ₽, and the entry up to which it goes."""
    rows = Checkpoint.objects.filter(account_id__in=account_ids, **periods).order_by("account_id", "period")
    return {
        account: (balance, entry)
        for account, balance, entry in rows.values_list("account_id", "balance", "up_to_entry")
    }


def _last_entries(account_ids: Sequence[int], period: Period) -> dict[int, int]:
    checkpoints = Checkpoint.objects.filter(account_id__in=account_ids, period=period.first_day)
    until = dict(checkpoints.values_list("account_id", "up_to_entry"))
    own = Entry.objects.filter(account_id__in=account_ids, period=period.first_day, kind__in=BOOKED_BY_CLOSING)
    for pk, last in own.order_by().values_list("account_id").annotate(last=Max("pk")):
        until[pk] = max(until.get(pk, 0), last)
    return until


def _add(sums: Sums, kind: str, amount: Decimal, *, on_earlier_receipt: bool, since_closing: bool) -> None:
    """`on_earlier_receipt`: one before this named the opening balance; debts entered since have their own line."""
    if kind in MONEY:
        sums.paid -= amount
    elif kind == EntryKind.OPENING and on_earlier_receipt:
        sums.entered_debts += amount
    elif kind == EntryKind.OPENING:
        sums.opening += amount
    elif since_closing:
        sums.corrected_since += amount
    elif kind == EntryKind.PENALTY:
        sums.penalties += amount
    elif kind in BOOKED_BY_CLOSING:
        sums.charged += amount
    else:
        sums.corrections += amount


def _payers(account_ids: Sequence[int], day: dt.date) -> dict[int, Person]:
    """Return the person named as payer: the longest-standing owner of the day, else tenant, else member."""
    holders = Holder.objects.filter(Q(until=None) | Q(until__gte=day), account_id__in=account_ids, since__lte=day)
    best: dict[int, tuple[int, Person]] = {}
    for holder in holders.select_related("person").order_by("since", "pk"):
        rank = HOLDER_RANKS.index(holder.role)
        if holder.account_id not in best or rank < best[holder.account_id][0]:
            best[holder.account_id] = (rank, holder.person)
    return {account: person for account, (_, person) in best.items()}


def _meters(account_ids: Sequence[int], period: Period, *, cut: dt.date) -> Iterator[tuple[int, MonthMeter]]:
    """Accounts with their meters of the period; readings count up to `cut` (inclusive)."""
    accepted = Reading.objects.filter(meter=OuterRef("pk"), status=Status.ACCEPTED).order_by("-taken_on", "-pk")
    last = accepted.filter(taken_on__lte=min(cut, period.last_day))
    earlier = accepted.filter(taken_on__lt=period.first_day)
    meters = (
        Meter.objects.filter(Q(closed_on=None) | Q(closed_on__gte=period.first_day), account_id__in=account_ids)
        .filter(commissioned_on__lte=period.last_day)
        .annotate(
            last_value=Subquery(last.values("value")[:1]),
            last_on=Subquery(last.values("taken_on")[:1]),
            earlier_value=Subquery(earlier.values("value")[:1]),
            earlier_on=Subquery(earlier.values("taken_on")[:1]),
        )
        .order_by("account_id", F("service"), "place", "pk")
    )
    for meter in meters:
        is_read = meter.last_on is not None and meter.last_on >= period.first_day
        yield (
            meter.account_id,
            MonthMeter(
                pk=meter.pk,
                service=meter.service,
                serial_number=meter.serial_number,
                verified_until=meter.verified_until,
                previous=meter.start_value if meter.earlier_value is None else meter.earlier_value,
                previous_on=meter.commissioned_on if meter.earlier_value is None else meter.earlier_on,
                current=meter.last_value if is_read else None,
                current_on=meter.last_on if is_read else None,
            ),
        )
