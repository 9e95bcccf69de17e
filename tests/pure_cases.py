"""A case as facts of the calculation, without any database."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from portal.billing.calculation.driver import SimulationRun, UnpaidCharge, run
from portal.billing.calculation.facts import (
    AccountFacts,
    EffectiveValue,
    IncomingPayment,
    InterruptionSpan,
    MeterFacts,
    ReadingFacts,
    Supply,
)
from portal.billing.calculation.lines import CHARGE, PENALTY, RECALCULATION, ChargeLine
from portal.billing.calculation.months import label, month_of
from portal.billing.calculation.rate_book import Cap, EffectiveRate, RateBook, Settings
from portal.billing.calculation.units import (
    FACTOR_SCALE,
    NORM_SCALE,
    PRICE_SCALE,
    from_litres,
    kopecks,
    litres,
    price,
    scaled,
)
from portal.core.money import from_kopecks
from portal.operations.cases.reader import Case, Dated


def book_of(case: Case) -> RateBook:
    """The dated numbers of a case."""
    chosen = case.settings
    return RateBook(
        rates={
            service: tuple(EffectiveRate(day, scaled(value, PRICE_SCALE)) for day, value in dated)
            for service, dated in case.rates.items()
        },
        norms=_scaled(case.norms, NORM_SCALE),
        raising=_scaled(case.raising, FACTOR_SCALE),
        key_rates=tuple(EffectiveValue(day, scaled(value, FACTOR_SCALE)) for day, value in sorted(case.key_rates)),
        caps=tuple(Cap(day, until, scaled(value, FACTOR_SCALE)) for day, until, value in case.key_rate_cap),
        due_days=tuple(EffectiveValue(day, value) for day, value in chosen.due_day),
        settings=(
            (
                dt.date.min,
                Settings(
                    estimate_limit=chosen.estimate_limit,
                    average_months=chosen.average_months,
                    average_minimum=chosen.average_minimum,
                    raising_where_feasible=chosen.raising_where_feasible,
                    penalties=chosen.penalties,
                ),
            ),
        ),
    )


def _scaled(tables: Mapping[str, Dated], scale: int) -> dict[str, tuple[EffectiveValue, ...]]:
    return {
        service: tuple(EffectiveValue(day, scaled(value, scale)) for day, value in dated)
        for service, dated in tables.items()
    }


def facts_of(case: Case) -> AccountFacts:
    """The facts of a case's account."""
    return AccountFacts(
        supplies=tuple(Supply(service, dt.date(1900, 1, 1)) for service in case.services),
        persons=tuple(EffectiveValue(day, count) for day, count in sorted(case.persons)),
        meter_feasible=case.meter_feasible,
        meters=tuple(
            MeterFacts(
                id=meter.id,
                service=meter.service,
                digits=meter.digits,
                commissioned=meter.commissioned,
                start=litres(meter.start),
                verified_until=meter.verified_until,
                closed=meter.closed,
                closing_value=None if meter.closing_reading is None else litres(meter.closing_reading),
                out_of_order_from=meter.out_of_order_from,
            )
            for meter in case.meters
        ),
        readings=tuple(
            ReadingFacts(
                reading.meter,
                reading.day,
                litres(reading.value),
                reading.mark or "resident",
                reading.mark == "rollover",
            )
            for reading in sorted(case.readings, key=lambda reading: reading.day)
        ),
        interruptions=tuple(InterruptionSpan(*outage) for outage in case.outages),
        receipts=tuple(IncomingPayment(day, kopecks(amount)) for day, amount in case.payments),
        wastewater_from=case.wastewater_from,
    )


def run_pure(case: Case) -> SimulationRun:
    """Close the months of a case in memory."""
    return run(
        facts_of(case),
        book_of(case),
        [(month_of(period.first_day), day) for period, day in case.close],
        [UnpaidCharge(month_of(period.first_day), due, kopecks(amount)) for period, due, amount in case.opening_debts],
    )


def balance_of(case: Case, simulation: SimulationRun) -> Decimal:
    """What the resident owes after all, ₽."""
    booked = from_kopecks(sum(line.amount for line in simulation.lines))
    opened = sum((amount for _, _, amount in case.opening_debts), Decimal(0))
    return booked + opened - sum((amount for _, amount in case.payments), Decimal(0))


def shown(line: ChargeLine) -> dict[str, str | None]:
    """A line as a case writes it."""
    data: dict[str, str | None] = {"period": label(line.month), "kind": line.kind}
    if line.kind != PENALTY:
        data["service"] = line.service
    if line.kind in (RECALCULATION, PENALTY) or line.for_month != line.month:
        data["for_period"] = label(line.for_month)
    if line.kind == CHARGE:
        data["basis"] = line.basis
    if line.volume is not None and line.price is not None:
        data["volume"] = str(from_litres(line.volume))
        data["rate"] = str(price(line.price))
    data["amount"] = str(from_kopecks(line.amount))
    return data
