"""Reading a case file. Whatever is wrong in it is named by its key, with what is expected there."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.core.periods import Period
from portal.core.service_catalogue import KEYS as SERVICES
from portal.core.service_catalogue import METERED, SEWERED
from portal.operations.cases import values
from portal.operations.cases.values import CaseMistake, each_once, listed, optional, shortened


@dataclass(frozen=True, slots=True)
class CaseMeter:
    """A meter of a case."""

    id: str
    service: str
    digits: int
    commissioned: dt.date
    start: Decimal
    verified_until: dt.date
    closed: dt.date | None
    closing_reading: Decimal | None
    out_of_order_from: dt.date | None


@dataclass(frozen=True, slots=True)
class CaseReading:
    """A reading of a case; `mark` is empty, control or rollover."""

    meter: str
    day: dt.date
    value: Decimal
    mark: str


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """Settings of a case with their defaults."""

    estimate_limit: int = 3
    average_months: int = 6
    average_minimum: int = 3
    due_day: tuple[tuple[dt.date, int], ...] = ((dt.date(2020, 1, 1), 10), (dt.date(2026, 2, 1), 15))
    raising_where_feasible: bool = True
    penalties: bool = True


Dated = tuple[tuple[dt.date, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A whole case."""

    name: str
    title: str
    settings: CaseSettings
    services: tuple[str, ...]
    wastewater_from: tuple[str, ...] | None
    persons: tuple[tuple[dt.date, int], ...]
    meter_feasible: bool
    rates: dict[str, Dated]
    norms: dict[str, Dated]
    raising: dict[str, Dated]
    key_rates: Dated
    key_rate_cap: tuple[tuple[dt.date, dt.date | None, Decimal], ...]
    meters: tuple[CaseMeter, ...]
    readings: tuple[CaseReading, ...]
    outages: tuple[tuple[str, dt.datetime, dt.datetime], ...]
    payments: tuple[tuple[dt.date, Decimal], ...]
    opening_debts: tuple[tuple[Period, dt.date, Decimal], ...]
    close: tuple[tuple[Period, dt.date], ...]
    expect: tuple[dict[str, str | None], ...] | None = None
    expect_balance: Decimal | None = None


def read_case(path: Path) -> Case:
    """A case from its file. Raises CaseMistake; OSError when the file cannot be read."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CaseMistake("file", f"a JSON object in UTF-8 ({error})") from None
    if not isinstance(data, dict):
        raise CaseMistake("file", "a JSON object")
    return parse_case(path.stem, data)


KNOWN = (
    "title",
    "law",
    "why",
    "settings",
    "services",
    "wastewater_from",
    "persons",
    "meter_feasible",
    "rates",
    "norms",
    "raising",
    "key_rates",
    "key_rate_cap",
    "meters",
    "readings",
    "outages",
    "payments",
    "opening_debts",
    "close",
    "expect",
    "expect_balance",
)


def parse_case(name: str, data: dict[str, Any]) -> Case:
    """A case from its JSON object. Raises CaseMistake."""
    _require_known(data, KNOWN, "")
    _require_there(data, ("services", "close"), "")
    meters = listed(data.get("meters"), "meters", _meter)
    each_once([meter.id for meter in meters], "meters", what="id")
    case = Case(
        name=name,
        title=str(data.get("title", "")),
        settings=_settings(data.get("settings", {})),
        services=_services(data["services"], "services", SERVICES),
        wastewater_from=optional(lambda value, key: _services(value, key, SEWERED))(
            data.get("wastewater_from"), "wastewater_from"
        ),
        persons=values.dated(data.get("persons"), "persons", values.whole(0, 30_000)),
        meter_feasible=values.flag(data.get("meter_feasible", True), "meter_feasible"),
        rates=_tables(data, "rates", SERVICES, values.PRICE),
        norms=_tables(data, "norms", SERVICES, values.NORM),
        raising=_tables(data, "raising", SERVICES, values.COEFFICIENT),
        key_rates=values.dated(data.get("key_rates"), "key_rates", values.PERCENT),
        key_rate_cap=_caps(data.get("key_rate_cap")),
        meters=tuple(meters),
        readings=tuple(listed(data.get("readings"), "readings", _reading({meter.id: meter for meter in meters}))),
        outages=tuple(listed(data.get("outages"), "outages", _outage)),
        payments=tuple(listed(data.get("payments"), "payments", values.pair(values.date, values.MONEY))),
        opening_debts=tuple(listed(data.get("opening_debts"), "opening_debts", _debt)),
        close=tuple(listed(data["close"], "close", values.pair(values.period, values.date))),
        expect=tuple(listed(data["expect"], "expect", _line)) if "expect" in data else None,
        expect_balance=values.SIGNED(data["expect_balance"], "expect_balance") if "expect_balance" in data else None,
    )
    _require_open_meters(case)
    _require_order(case.close)
    _require_in_force(case)
    return case


def _require_known(data: dict[str, Any], known: tuple[str, ...], key: str) -> None:
    for name in data:
        if name not in known:
            raise CaseMistake(f"{key}{name}", f"no such key; known: {', '.join(sorted(known))}")


def _require_there(data: dict[str, Any], names: tuple[str, ...], key: str) -> None:
    for name in names:
        if data.get(name) is None:
            raise CaseMistake(f"{key}{name}", "must be there")


def _require_open_meters(case: Case) -> None:
    """A meter is closed after it was commissioned, not before its last reading, at a value not below what it showed."""
    last = {reading.meter: reading for reading in sorted(case.readings, key=lambda reading: reading.day)}
    for position, meter in enumerate(case.meters):
        key = f"meters[{position}]"
        if meter.closed is None:
            if meter.closing_reading is not None:
                raise CaseMistake(f"{key}.closed", "a date, since there is a closing_reading")
            continue
        if meter.closed < meter.commissioned:
            raise CaseMistake(f"{key}.closed", f"a day not before its commissioning on {meter.commissioned}")
        reading = last.get(meter.id)
        if reading is not None and meter.closed < reading.day:
            raise CaseMistake(f"{key}.closed", f"a day not before the meter's last reading of {reading.day}")
        value, day = (meter.start, meter.commissioned) if reading is None else (reading.value, reading.day)
        if meter.closing_reading is not None and meter.closing_reading < value:
            raise CaseMistake(f"{key}.closing_reading", f"at least what the meter showed before, {value} on {day}")


def _require_order(close: tuple[tuple[Period, dt.date], ...]) -> None:
    """Months in order, each closed on a day not before its first nor before the closing of the one before."""
    for position, (period, day) in enumerate(close):
        key = f"close[{position}]"
        if day < period.first_day:
            raise CaseMistake(f"{key}[1]", f"a day not before {period.first_day}, the first of its month")
        if position == 0:
            continue
        before, closed = close[position - 1]
        if period < before:
            raise CaseMistake(f"{key}[0]", f"{before} or a later month: months in order")
        if period != before and day < closed:
            raise CaseMistake(f"{key}[1]", f"a day not before {closed}, the closing of {before}")


def _require_in_force(case: Case) -> None:
    """Each charged service has a price from the first closed month on, and each month a due day."""
    if not case.close:
        return
    first = case.close[0][0].first_day
    for service in case.services:
        _require_since(case.rates.get(service, ()), first, f"rates.{service}", "a price")
    _require_since(case.settings.due_day, first, "settings.due_day", "a due day")


def _require_since(table: tuple[tuple[dt.date, Any], ...], first: dt.date, key: str, what: str) -> None:
    if not table or table[0][0] > first:
        raise CaseMistake(key, f"{what} in force on {first}, the first of the first closed month")


def _services(value: Any, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    services = listed(value, key, values.one_of(known))
    each_once(services, key, what="service")
    return tuple(services)


def _tables(
    data: dict[str, Any], key: str, services: tuple[str, ...], number: values.Read[Decimal]
) -> dict[str, Dated]:
    tables = data.get(key, {})
    if not isinstance(tables, dict):
        raise CaseMistake(key, f"an object: service to a dated list, not {shortened(tables)}")
    _require_known(tables, services, f"{key}.")
    return {service: values.dated(table, f"{key}.{service}", number) for service, table in tables.items()}


def _caps(value: Any) -> tuple[tuple[dt.date, dt.date | None, Decimal], ...]:
    caps = listed(value, "key_rate_cap", _cap)
    each_once([since for since, _, _ in caps], "key_rate_cap", what="day")
    return tuple(caps)


def _cap(value: Any, key: str) -> tuple[dt.date, dt.date | None, Decimal]:
    if not isinstance(value, list) or len(value) != 3:
        raise CaseMistake(key, "a list of three: from, to or null, percent")
    since, until = values.date(value[0], f"{key}[0]"), optional(values.date)(value[1], f"{key}[1]")
    if until is not None and until < since:
        raise CaseMistake(f"{key}[1]", f"null or a day not before {since}")
    return since, until, values.PERCENT(value[2], f"{key}[2]")


def _meter(value: Any, key: str) -> CaseMeter:
    if not isinstance(value, dict):
        raise CaseMistake(key, f"an object, not {shortened(value)}")
    _require_known(value, tuple(CaseMeter.__dataclass_fields__), f"{key}.")
    _require_there(value, ("id", "service", "commissioned", "start", "verified_until"), f"{key}.")
    digits = values.whole(3, 9)(value.get("digits", 5), f"{key}.digits")
    shown = _shown(digits)

    def maybe(name: str, read: values.Read[Any]) -> Any:
        return optional(read)(value.get(name), f"{key}.{name}")

    return CaseMeter(
        id=_id(value["id"], f"{key}.id"),
        service=values.one_of(METERED)(value["service"], f"{key}.service"),
        digits=digits,
        commissioned=values.date(value["commissioned"], f"{key}.commissioned"),
        start=shown(value["start"], f"{key}.start"),
        verified_until=values.date(value["verified_until"], f"{key}.verified_until"),
        closed=maybe("closed", values.date),
        closing_reading=maybe("closing_reading", shown),
        out_of_order_from=maybe("out_of_order_from", values.date),
    )


def _id(value: Any, key: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 40:
        raise CaseMistake(key, f"a word of 40 characters at most, not {shortened(value)}")
    return value


def _shown(digits: int) -> values.Read[Decimal]:
    """Return what a meter of so many whole digits can show."""
    return values.number(places=3, below=10**digits, least="0", what=f"a reading of {digits} whole digits")


def _reading(meters: dict[str, CaseMeter]) -> values.Read[CaseReading]:
    def read(value: Any, key: str) -> CaseReading:
        if not isinstance(value, list) or len(value) not in (3, 4):
            raise CaseMistake(key, 'a list: meter id, date, "value", and "control" or "rollover" where it is one')
        if not isinstance(value[0], str) or value[0] not in meters:
            raise CaseMistake(f"{key}[0]", f"the id of a meter of this case, not {shortened(value[0])}")
        mark = "" if len(value) == 3 else values.one_of(("control", "rollover"))(value[3], f"{key}[3]")
        shown = _shown(meters[value[0]].digits)
        return CaseReading(value[0], values.date(value[1], f"{key}[1]"), shown(value[2], f"{key}[2]"), mark)

    return read


def _outage(value: Any, key: str) -> tuple[str, dt.datetime, dt.datetime]:
    if not isinstance(value, list) or len(value) != 3:
        raise CaseMistake(key, "a list of three: service, from, to")
    start, end = values.moment(value[1], f"{key}[1]"), values.moment(value[2], f"{key}[2]")
    if end <= start:
        raise CaseMistake(f"{key}[2]", "later than its beginning")
    return values.one_of(SERVICES)(value[0], f"{key}[0]"), start, end


def _debt(value: Any, key: str) -> tuple[Period, dt.date, Decimal]:
    if not isinstance(value, list) or len(value) != 3:
        raise CaseMistake(key, "a list of three: period, due date, amount")
    return (
        values.period(value[0], f"{key}[0]"),
        values.date(value[1], f"{key}[1]"),
        values.MONEY(value[2], f"{key}[2]"),
    )


LINE: dict[str, values.Read[Any]] = {
    "period": values.period,
    "kind": values.one_of(("charge", "recalculation", "outage", "penalty")),
    "service": values.one_of(SERVICES),
    "for_period": values.period,
    "basis": values.one_of(("reading", "average", "norm")),
    "volume": values.SIGNED,
    "rate": values.SIGNED,
    "amount": values.SIGNED,
}


def _line(value: Any, key: str) -> dict[str, str | None]:
    if not isinstance(value, dict):
        raise CaseMistake(key, f"an object, not {shortened(value)}")
    _require_known(value, tuple(LINE), f"{key}.")
    parsed_values = {name: optional(LINE[name])(raw, f"{key}.{name}") for name, raw in value.items()}
    return {name: None if parsed is None else str(parsed) for name, parsed in parsed_values.items()}


def _due_days(value: Any, key: str) -> tuple[tuple[dt.date, int], ...]:
    return values.dated(value, key, values.whole(1, 31))


SETTINGS: dict[str, Callable[[Any, str], Any]] = {
    "estimate_limit": values.whole(0, 30_000),
    "average_months": values.whole(1, 24),
    "average_minimum": values.whole(0, 30_000),
    "due_day": _due_days,
    "raising_where_feasible": values.flag,
    "penalties": values.flag,
}


def _settings(value: Any) -> CaseSettings:
    if not isinstance(value, dict):
        raise CaseMistake("settings", f"an object, not {shortened(value)}")
    _require_known(value, tuple(SETTINGS), "settings.")
    return CaseSettings(**{name: SETTINGS[name](given, f"settings.{name}") for name, given in value.items()})
