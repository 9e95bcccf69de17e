"""The facts of many accounts for one closing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.models import Account, AccountService, Occupancy
from portal.billing.calculation.driver import UnpaidCharge as Opened
from portal.billing.calculation.driver import opening_state
from portal.billing.calculation.facts import (
    AccountFacts,
    EffectiveValue,
    IncomingPayment,
    MeterFacts,
    ReadingFacts,
    Supply,
    Unverified,
)
from portal.billing.calculation.months import month_of
from portal.billing.calculation.state import AccountState, loaded
from portal.billing.loading.interruptions import InterruptionsByMonth, load_interruptions
from portal.billing.loading.raw import day, day_or_none, fetch, fetch_newer, json_of, parts
from portal.billing.loading.tampering_reports import load_tampering_reports
from portal.billing.models import AccountClosing, OpeningDebt
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.metering.enums import ReadingSource, Status
from portal.metering.models import Meter as MeterRow
from portal.metering.models import Reading as ReadingRow
from portal.metering.models import UnverifiedSpan

BOOKED_BY_HAND = {EntryKind.CORRECTION, EntryKind.RECALCULATION}
SETTLES = frozenset({EntryKind.PAYMENT, EntryKind.REFUND, *BOOKED_BY_HAND})
MOVES_DEBTS = Q(kind__in=SETTLES) & ~Q(kind=EntryKind.RECALCULATION, key__startswith="charge:")
"""Entries between closings that settle debts or add to them: the closing and every screen count the same ones."""
_READ_BY = {str(ReadingSource.CONTROL): "control", str(ReadingSource.REPORT): "act"}


@dataclass(slots=True)
class PreviousClosing:
    """State that the last closing of an account left."""

    state: AccountState
    period: dt.date | None = None
    last_reading: int = 0
    last_entry: int = 0
    cut: dt.date | None = None
    closed_on: dt.date | None = None

    def leaves_out(self, day: dt.date, entry: int) -> bool:
        """Whether an entry of the ledger came after this closing."""
        return self.closed_on is None or day > self.closed_on or entry > self.last_entry


@dataclass(slots=True)
class AccountInput:
    """One account ready to be computed."""

    account_id: int
    facts: AccountFacts
    before: PreviousClosing
    last_reading: int
    last_entry: int
    opened_on: dt.date
    """The day from which the account is billed."""


@dataclass(slots=True)
class _Rows:
    supplies: dict[int, list[Supply]] = field(default_factory=lambda: defaultdict(list))
    persons: dict[int, list[EffectiveValue]] = field(default_factory=lambda: defaultdict(list))
    meters: dict[int, list[MeterFacts]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[int, int] = field(default_factory=dict)
    """Meter to account."""
    readings: dict[int, list[tuple[int, ReadingFacts]]] = field(default_factory=lambda: defaultdict(list))
    money: dict[int, list[tuple[int, IncomingPayment]]] = field(default_factory=lambda: defaultdict(list))


def load_whole_facts(account_ids: Sequence[int]) -> dict[int, AccountFacts]:
    """Facts of accounts with every reading, as they are known now (four queries)."""
    heads = Account.objects.filter(pk__in=account_ids).values_list(
        "pk", "wastewater_from", "premises__meter_feasible", "closed_on"
    )
    heads_found = list(heads)
    rows = _Rows()
    _load_dated(rows, account_ids, {head[0]: head[3] for head in heads_found})
    _load_meters(rows, account_ids, cut=dt.date.max, before={pk: PreviousClosing(AccountState()) for pk in account_ids})
    return {
        pk: AccountFacts(
            supplies=tuple(rows.supplies.get(pk, ())),
            persons=tuple(rows.persons.get(pk, ())),
            meter_feasible=feasible,
            meters=tuple(rows.meters.get(pk, ())),
            readings=tuple(reading for _, reading in rows.readings.get(pk, ())),
            wastewater_from=tuple(components) if components else None,
        )
        for pk, components, feasible, _ in heads_found
    }


def open_accounts(period: Period) -> "QuerySet[Account]":
    """Accounts that a period concerns: opened by its last day, not closed before its first, billed by then."""
    return Account.objects.filter(
        Q(closed_on=None) | Q(closed_on__gte=period.first_day),
        Q(billed_from=None) | Q(billed_from__lte=period.first_day),
        opened_on__lte=period.last_day,
    )


def load_accounts(account_ids: Sequence[int], *, period: Period, closing_day: dt.date) -> list[AccountInput]:
    """Facts and states of accounts for the closing of a period, in the order of their ids."""
    heads = [
        (pk, json_of(parts) if parts else None, bool(feasible), house, day(billed or opened), day_or_none(closed))
        for pk, parts, feasible, house, opened, billed, closed in fetch(
            Account.objects.order_by("pk"),
            "id",
            account_ids,
            "pk",
            "wastewater_from",
            "premises__meter_feasible",
            "premises__house_id",
            "opened_on",
            "billed_from",
            "closed_on",
        )
    ]
    before = load_before(account_ids, period=period)
    cut = min(closing_day, period.last_day)
    rows = _Rows()
    _load_dated(rows, account_ids, {head[0]: head[5] for head in heads})
    _load_meters(rows, account_ids, cut=cut, before=before)
    _load_money(rows, account_ids, closing_day=closing_day, before=before)
    interruptions = load_interruptions({head[0]: head[3] for head in heads}, period=period)
    reports = load_tampering_reports(account_ids, period=period)
    return [
        _assembled(head, rows, before[head[0]], interruptions=interruptions, reports=reports.get(head[0], ()), cut=cut)
        for head in heads
    ]


def _assembled(
    head: Sequence[Any],
    rows: _Rows,
    before: PreviousClosing,
    *,
    interruptions: InterruptionsByMonth,
    reports: Sequence[Any],
    cut: dt.date,
) -> AccountInput:
    pk, wastewater_from, feasible, house, opened_on, _ = head
    readings = [
        (reading_id, reading)
        for reading_id, reading in rows.readings.get(pk, ())
        if before.cut is None or reading.day > before.cut or reading_id > before.last_reading
    ]
    money = [
        (entry_id, receipt)
        for entry_id, receipt in rows.money.get(pk, ())
        if before.closed_on is None or receipt.day > before.closed_on or entry_id > before.last_entry
    ]
    facts = AccountFacts(
        supplies=tuple(rows.supplies.get(pk, ())),
        persons=tuple(rows.persons.get(pk, ())),
        meter_feasible=feasible,
        meters=tuple(rows.meters.get(pk, ())),
        readings=tuple(reading for _, reading in readings),
        interruptions=interruptions.of_month.get(house, ()),
        receipts=tuple(receipt for _, receipt in money),
        wastewater_from=tuple(wastewater_from) if wastewater_from else None,
        tamperings=tuple(reports),
        late_interruptions=interruptions.late.get(pk, ()),
    )
    return AccountInput(
        account_id=pk,
        facts=facts,
        before=before,
        last_reading=max([before.last_reading, *(pk for pk, _ in readings)]),
        last_entry=max([before.last_entry, *(pk for pk, _ in money)]),
        opened_on=opened_on,
    )


_CLOSING = ("account_id", "period", "closed_on", "state", "last_reading", "last_entry")


def load_last(account_id: int) -> PreviousClosing:
    """Return what the last active closing of one account left (two queries at most)."""
    closings = AccountClosing.objects.filter(account_id=account_id, reversed_at=None).order_by("-period")
    row = closings.values_list(*_CLOSING).first()
    return _before(row) if row else _opened([account_id])[account_id]


def _opened(account_ids: Sequence[int]) -> dict[int, PreviousClosing]:
    debts: dict[int, list[Opened]] = defaultdict(list)
    rows = OpeningDebt.objects.filter(account_id__in=account_ids)
    for pk, month, due, amount in rows.values_list("account_id", "period", "due_on", "amount"):
        debts[pk].append(Opened(month_of(month), due, int(amount * 100)))
    return {pk: PreviousClosing(opening_state(debts.get(pk, ()))) for pk in account_ids}


def load_before(account_ids: Sequence[int], *, period: Period) -> dict[int, PreviousClosing]:
    """Return what the last active closing before a period left of each account (three queries at most)."""
    closings = AccountClosing.objects.filter(reversed_at=None)
    previous: dict[int, PreviousClosing] = {}
    last_month = closings.filter(period=period.previous.first_day)
    for row in fetch(last_month, "account_id", account_ids, *_CLOSING):
        previous[row[0]] = _before(row)
    missing = [pk for pk in account_ids if pk not in previous]
    older = closings.filter(period__lt=period.first_day).order_by("period")
    for row in fetch(older, "account_id", missing, *_CLOSING):
        previous[row[0]] = _before(row)
    new = [pk for pk in missing if pk not in previous]
    if new:
        previous.update(_opened(new))
    return previous


def _before(row: Sequence[Any]) -> PreviousClosing:
    _, period, closed_on, data, last_reading, last_entry = row
    period, closed_on = day(period), day(closed_on)
    state = loaded(json_of(data), month=month_of(period), closed_on=closed_on)
    return PreviousClosing(state, period, last_reading, last_entry, state.cut(), closed_on)


def _load_dated(rows: _Rows, account_ids: Sequence[int], closed: dict[int, dt.date | None]) -> None:
    services = AccountService.objects.order_by("account_id", "service", "since")
    for pk, service, since, until in fetch(
        services, "account_id", account_ids, "account_id", "service", "since", "until"
    ):
        end, last = closed[pk], day_or_none(until)
        if end is not None:
            last = end if last is None else min(last, end)
        rows.supplies[pk].append(Supply(service, day(since), last))
    persons = Occupancy.objects.order_by("account_id", "since")
    for pk, since, registered, owners in fetch(
        persons, "account_id", account_ids, "account_id", "since", "registered", "owners"
    ):
        rows.persons[pk].append(EffectiveValue(day(since), registered or owners))


def _load_meters(rows: _Rows, account_ids: Sequence[int], *, cut: dt.date, before: dict[int, PreviousClosing]) -> None:
    columns = (
        "account_id",
        "pk",
        "service",
        "digits",
        "commissioned_on",
        "start_value",
        "verified_until",
        "closed_on",
        "closing_value",
        "out_of_order_from",
        "serial_number",
    )
    meters = fetch(MeterRow.objects.order_by("account_id", "pk"), "account_id", account_ids, *columns)
    unverified = _load_unverified([row[1] for row in meters])
    for row in meters:
        pk, meter, service, digits, since, start, verified, closed, closing, broken, serial = row
        rows.owners[meter] = pk
        rows.meters[pk].append(
            MeterFacts(
                str(meter),
                service,
                digits,
                day(since),
                parts(start, 1000),
                day(verified),
                day_or_none(closed),
                None if closing is None else parts(closing, 1000),
                day_or_none(broken),
                serial,
                tuple(unverified.get(meter, ())),
            )
        )
    _load_readings(rows, cut=cut, before=before)


def _load_unverified(meters: Sequence[int]) -> dict[int, list[Unverified]]:
    """Days without verification by meter."""
    spans: dict[int, list[Unverified]] = defaultdict(list)
    query = UnverifiedSpan.objects.order_by("meter_id", "since")
    for meter, since, until, value in fetch(query, "meter_id", meters, "meter_id", "since", "until", "value"):
        spans[meter].append(Unverified(day(since), day(until), parts(value, 1000)))
    return spans


_READING = ("pk", "meter_id", "taken_on", "value", "source", "rollover")


def _load_readings(rows: _Rows, *, cut: dt.date, before: dict[int, PreviousClosing]) -> None:
    """Readings that no closing counted yet; all of them for accounts that were never closed."""
    meters_with_history = [meter for meter, pk in rows.owners.items() if before[pk].cut is not None]
    new = [meter for meter, pk in rows.owners.items() if before[pk].cut is None]
    every = ReadingRow.objects.filter(status=Status.ACCEPTED).order_by("pk")
    accepted = every.filter(taken_on__lte=cut).order_by("taken_on", "pk")
    if meters_with_history:
        since = min(closing.cut for closing in before.values() if closing.cut is not None)
        _take_readings(rows, fetch(accepted.filter(taken_on__gt=since), "meter_id", meters_with_history, *_READING))
        last_readings = {meter: before[rows.owners[meter]].last_reading for meter in meters_with_history}
        newer = fetch_newer(every, "meter_id", last_readings, *_READING)
        _take_readings(rows, (row for row in newer if day(row[2]) <= since))
    _take_readings(rows, fetch(accepted, "meter_id", new, *_READING))


def _take_readings(rows: _Rows, values: Iterable[Sequence[Any]]) -> None:
    for pk, meter, taken_on, value, source, rollover in values:
        reading = ReadingFacts(
            str(meter), day(taken_on), parts(value, 1000), _READ_BY.get(source, source), bool(rollover)
        )
        rows.readings[rows.owners[meter]].append((pk, reading))


_ENTRY = ("pk", "account_id", "kind", "effective_on", "amount", "period")


def _load_money(
    rows: _Rows, account_ids: Sequence[int], *, closing_day: dt.date, before: dict[int, PreviousClosing]
) -> None:
    """Payments, refunds and corrections that no closing counted yet."""
    entries = Entry.objects.filter(MOVES_DEBTS, effective_on__lte=closing_day).order_by("effective_on", "pk")
    days = [closing.closed_on for closing in before.values() if closing.closed_on is not None]
    new = [pk for pk in account_ids if before[pk].closed_on is None]
    _take_money(rows, fetch(entries, "account_id", new, *_ENTRY))
    closed = [pk for pk in account_ids if before[pk].closed_on is not None]
    if closed:
        since = min(days)
        _take_money(rows, fetch(entries.filter(effective_on__gt=since), "account_id", closed, *_ENTRY))
        last_entries = {pk: before[pk].last_entry for pk in closed}
        _take_money(rows, fetch_newer(entries.filter(effective_on__lte=since), "account_id", last_entries, *_ENTRY))


def _take_money(rows: _Rows, values: Iterable[Sequence[Any]]) -> None:
    for pk, account, kind, effective_on, amount, month in values:
        rows.money[account].append((pk, receipt_of(kind, day(effective_on), parts(amount, 100), day_or_none(month))))


def receipt_of(kind: str, effective_on: dt.date, kopecks: int, period: dt.date | None) -> IncomingPayment:
    """An entry that settles debts (`MOVES_DEBTS`), its sum in kopecks as it stands in the ledger."""
    named = month_of(period) if period is not None else None
    return IncomingPayment(effective_on, -kopecks, named, kind in BOOKED_BY_HAND)
