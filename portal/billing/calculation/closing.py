"""Closing one month of one account: from facts and the state of the last closing to charge lines and a new state."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.billing.calculation import penalties
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.explanations import (
    Averaged,
    ByNorm,
    Collected,
    Component,
    Corrected,
    CountedDays,
    Metered,
    PersonPeriod,
    Priced,
    Reduction,
    TamperingVolume,
)
from portal.billing.calculation.facts import AccountFacts, InterruptionSpan, MeterFacts, Tampering
from portal.billing.calculation.lines import CHARGE, OUTAGE, RECALCULATION, ChargeLine, priced
from portal.billing.calculation.norms import (
    TAMPERING_FACTOR,
    norm_volume,
    person_days,
    person_periods,
    supplied_days,
)
from portal.billing.calculation.outages import hours_beyond, minutes_of, reduction
from portal.billing.calculation.rate_book import RateBook, Terms
from portal.billing.calculation.state import (
    AVERAGE,
    NORM,
    READING,
    AccountState,
    OpenMonth,
    Share,
    WaterState,
)
from portal.billing.calculation.units import FACTOR_SCALE, divided
from portal.billing.calculation.water import WaterMonth, meter_points, water_month
from portal.core.service_catalogue import METERED, SEWERED, WASTEWATER

WASTE = WASTEWATER.key


@dataclass(frozen=True, slots=True)
class Closed:
    """Result of closing one account."""

    lines: list[ChargeLine]
    state: AccountState


Days = tuple[int, int]


def close_month(
    facts: AccountFacts,
    before: AccountState,
    rate_book: RateBook,
    *,
    month: int,
    closing_day: dt.date,
    restated: Sequence[ChargeLine] = (),
) -> Closed:
    """Close a month on a day. `before` is changed in place and becomes the new state.

    `restated` are recalculations of closed months that this closing books as well.
    Raises NotComputable when a rate, norm or key rate that the account needs is missing.
    """
    terms = rate_book.terms(month)
    previous_cut = before.cut()
    cut = min(closing_day, terms.last)
    state = before
    supplied = {
        service: days
        for service in dict.fromkeys(supply.service for supply in facts.supplies)
        if (days := supplied_days(facts.supplies, service, terms)) is not None
    }
    water_months = _water_months(facts, state, terms, supplied, previous_cut=previous_cut, cut=cut)
    lines: list[ChargeLine] = list(restated)
    corrected = _corrections(lines, water_months, state, rate_book, month)
    if corrected:
        _wastewater_corrections(lines, sorted(corrected), state, rate_book, month)
    this_month = OpenMonth({}, {})
    for service in METERED:
        if service in supplied:
            _charge_water(lines, service, water_months[service], facts, terms, supplied[service], this_month)
    if WASTE in supplied:
        _charge_wastewater(lines, water_months, facts, terms, supplied, this_month)
    if facts.interruptions:
        _outage_reductions(lines, facts, terms)
    for late in facts.late_interruptions:
        _outage_reduction(lines, late.service, late.month, late.interruptions, late.charged, late.taken_off, month)
    for report in facts.tamperings:
        _tampering(lines, facts, report, rate_book, month, this_month)
    _keep_correctable_months(state, month, this_month)
    _settle_and_accrue(lines, facts, state, rate_book, terms, closing_day)
    state.month, state.closed_on = month, closing_day
    return Closed(lines, state)


def _water_months(
    facts: AccountFacts,
    state: AccountState,
    terms: Terms,
    supplied: Mapping[str, Days],
    *,
    previous_cut: dt.date | None,
    cut: dt.date,
) -> dict[str, WaterMonth]:
    """The month of each water service of the account, charged by itself or only as a part of the wastewater."""
    by_service: dict[str, list[MeterFacts]] = {}
    for meter in facts.meters:
        by_service.setdefault(meter.service, []).append(meter)
    water_months: dict[str, WaterMonth] = {}
    for service in METERED:
        meters: Sequence[MeterFacts] = by_service.get(service, ())
        if not meters and service not in supplied and (WASTE not in supplied or service not in SEWERED):
            continue
        water = state.waters.get(service)
        if water is None:
            water = state.waters[service] = WaterState()
        read: set[str] = set()
        if meters:
            read = meter_points(
                meters, facts.readings, water, month_first=terms.first, previous_cut=previous_cut, cut=cut
            )
        water_months[service] = water_month(meters, read, water, terms, cut=cut, feasible=facts.meter_feasible)
    return water_months


def _corrections(
    lines: list[ChargeLine],
    water_months: Mapping[str, WaterMonth],
    state: AccountState,
    rate_book: RateBook,
    booked_in: int,
) -> set[int]:
    """Book what readings correct in estimates of earlier months; returns the months whose wastewater may change."""
    touched: set[int] = set()
    for service, water in water_months.items():
        for month, share in water.corrected:
            open_month = state.months.get(month)
            if open_month is None:
                continue
            if service in open_month.shares:
                open_month.shares[service] = Share(READING, share)
                touched.add(month)
            charged = open_month.charged_litres.get(service)
            if charged is None or share == charged:
                continue
            open_month.charged_litres[service] = share
            why = Corrected(charged, share, meters=water.meters, span=water.span)
            lines += priced(
                RECALCULATION,
                service,
                rate_book.terms(month),
                booked_in=booked_in,
                volume=share - charged,
                basis="",
                why=why,
            )
    return touched


def _wastewater_corrections(
    lines: list[ChargeLine], months: Sequence[int], state: AccountState, rate_book: RateBook, booked_in: int
) -> None:
    for month in months:
        open_month = state.months[month]
        charged = open_month.charged_litres.get(WASTE)
        volume = sum(share.volume for share in open_month.shares.values())
        if charged is None or volume == charged:
            continue
        open_month.charged_litres[WASTE] = volume
        why = Corrected(charged, volume, components=_components(open_month.shares))
        lines += priced(
            RECALCULATION,
            WASTE,
            rate_book.terms(month),
            booked_in=booked_in,
            volume=volume - charged,
            basis="",
            why=why,
        )


def _components(shares: Mapping[str, Share]) -> tuple[Component, ...]:
    return tuple(Component(service, share.basis, share.volume) for service, share in shares.items())


def _by_norm(
    facts: AccountFacts, terms: Terms, service: str, days: Days, factor: int = FACTOR_SCALE
) -> tuple[int, ByNorm]:
    """Litres by the norm for the supplied days, and the numbers that explain them."""
    if not facts.persons:
        raise NotComputable("no_persons")
    periods = person_periods(facts.persons, terms, *days)
    total = person_days(periods)
    volume = norm_volume(terms, service, total, factor)
    is_constant = len(periods) == 1 and periods[0][:2] == days
    why = ByNorm(terms.norm(service), periods[0][2] if is_constant else _persons(periods))
    if days != (1, terms.days):
        why.days = CountedDays(*days, terms.days)
    if factor != FACTOR_SCALE:
        why.factor, why.unraised = factor, norm_volume(terms, service, total)
    return volume, why


def _persons(periods: Sequence[tuple[int, int, int]]) -> tuple[PersonPeriod, ...]:
    return tuple(PersonPeriod(*period) for period in periods)


def _charge_water(
    lines: list[ChargeLine],
    service: str,
    water: WaterMonth,
    facts: AccountFacts,
    terms: Terms,
    days: Days,
    this_month: OpenMonth,
) -> None:
    volume = water.volume
    why: Priced
    if water.basis == READING:
        why = Metered(water.meters, water.span)
    elif water.basis == AVERAGE:
        why = Averaged(water.averaged, water.unmetered)
    else:
        factor = terms.factor(service) if water.raised else FACTOR_SCALE
        volume, why = _by_norm(facts, terms, service, days, factor)
        why.unmetered, why.no_average = water.unmetered, water.no_average
    this_month.charged_litres[service] = volume
    lines += priced(CHARGE, service, terms, booked_in=terms.month, volume=volume, basis=water.basis, why=why, days=days)


def _charge_wastewater(
    lines: list[ChargeLine],
    water_months: Mapping[str, WaterMonth],
    facts: AccountFacts,
    terms: Terms,
    supplied: Mapping[str, Days],
    this_month: OpenMonth,
) -> None:
    days = supplied[WASTE]
    parts = facts.wastewater_from or [
        service
        for position, service in enumerate(SEWERED)
        if position == 0 or service in supplied or water_months[service].has_meter
    ]
    bases = {water_months[service].basis for service in parts}
    for service in parts:
        water = water_months[service]
        volume = water.volume
        if water.basis == NORM and (service in terms.norms or bases != {NORM}):
            volume, _ = _by_norm(facts, terms, service, days)
        this_month.shares[service] = Share(water.basis, volume)
    if bases == {NORM}:
        why: Priced
        volume, why = _by_norm(facts, terms, WASTE, days)
    else:
        volume = sum(share.volume for share in this_month.shares.values())
        why = Collected(_components(this_month.shares))
    basis = NORM if NORM in bases else AVERAGE if AVERAGE in bases else READING
    this_month.charged_litres[WASTE] = volume
    lines += priced(CHARGE, WASTE, terms, booked_in=terms.month, volume=volume, basis=basis, why=why, days=days)


def _outage_reductions(lines: list[ChargeLine], facts: AccountFacts, terms: Terms) -> None:
    for service in dict.fromkeys(interruption.service for interruption in facts.interruptions):
        interruptions = [interruption for interruption in facts.interruptions if interruption.service == service]
        charged = sum(line.amount for line in lines if line.kind == CHARGE and line.service == service)
        _outage_reduction(lines, service, terms.month, interruptions, charged, 0, terms.month)


def _outage_reduction(
    lines: list[ChargeLine],
    service: str,
    month: int,
    interruptions: Sequence[InterruptionSpan],
    charged: int,
    taken_off: int,
    booked_in: int,
) -> None:
    hours = hours_beyond(interruptions, month)
    amount = reduction(charged, hours) - taken_off
    if amount:
        beyond, total = minutes_of(interruptions, month)
        moments = tuple((str(interruption.start)[:16], str(interruption.end)[:16]) for interruption in interruptions)
        why = Reduction(moments, beyond, total, hours, charged, taken_off)
        lines.append(ChargeLine(OUTAGE, service, booked_in, month, "", None, None, None, amount, why))


def _tampering(
    lines: list[ChargeLine],
    facts: AccountFacts,
    report: Tampering,
    rate_book: RateBook,
    booked_in: int,
    this_month: OpenMonth,
) -> None:
    """Add norm × 10 for the days that a tampering report covers (Rules 354, п. 62), at their prices.

    The charged volume includes corrections booked by this closing, but no lines of tampering reports. What the report
    booked in earlier closings is subtracted: when the charged volume of its months was corrected since, only the
    difference is booked, and it may be negative.
    """
    booked = dict(report.booked)
    for month, litres in sorted(_charged_litres(lines, report, booked_in, this_month).items()):
        terms = rate_book.terms(month)
        first = max(report.since, terms.first)
        last = min(report.until, terms.last)
        if first > last:
            continue
        periods = person_periods(facts.persons, terms, first.day, last.day)
        length = last.day - first.day + 1
        target = norm_volume(terms, report.service, person_days(periods), TAMPERING_FACTOR)
        charged_for_days = divided(litres * length, terms.days)
        booked_before = booked.get(month, 0)
        extra = max(target - charged_for_days, 0) - booked_before
        if extra == 0:
            continue
        why = TamperingVolume(
            report.number,
            first.isoformat(),
            last.isoformat(),
            terms.norm(report.service),
            _persons(periods),
            TAMPERING_FACTOR,
            target=target,
            was=charged_for_days + booked_before,
            metered=charged_for_days if charged_for_days > target else None,
        )
        lines += priced(
            RECALCULATION,
            report.service,
            terms,
            booked_in=booked_in,
            volume=extra,
            basis="",
            why=why,
            days=(first.day, last.day),
        )


def _charged_litres(
    lines: list[ChargeLine], report: Tampering, booked_in: int, this_month: OpenMonth
) -> dict[int, int]:
    """Litres charged for the service of a report, by month: earlier, in this closing, and by its corrections."""
    charged = {**dict(report.charged), booked_in: this_month.charged_litres.get(report.service, 0)}
    for line in lines:
        corrects = line.kind == RECALCULATION and line.service == report.service and isinstance(line.why, Corrected)
        if corrects and line.for_month in charged:
            charged[line.for_month] += line.volume or 0
    return charged


def _keep_correctable_months(state: AccountState, month: int, this_month: OpenMonth) -> None:
    """Add the month to the state, and drop the months that no reading can correct any more."""
    state.months[month] = this_month
    pending = {month for water in state.waters.values() for month in water.pending}
    if len(state.months) != len(pending) or pending != state.months.keys():
        state.months = {month: open_month for month, open_month in state.months.items() if month in pending}


def _settle_and_accrue(
    lines: list[ChargeLine],
    facts: AccountFacts,
    state: AccountState,
    rate_book: RateBook,
    terms: Terms,
    closing_day: dt.date,
) -> None:
    """Settle debts with payments, accrue penalties, and add the month's sum to the state as a debt or as an advance."""
    receipts = [receipt for receipt in facts.receipts if receipt.day <= closing_day]
    total = sum(line.amount for line in lines) + penalties.added(receipts)
    penalties.settle(state, receipts)
    charged = terms.settings.penalties
    lines += penalties.accrue(state, month=terms.month, closing_day=closing_day, rate_book=rate_book, charged=charged)
    penalties.owe(state, month=terms.month, amount=total, due=terms.due, closing_day=closing_day)
