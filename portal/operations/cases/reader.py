"""Reading a case file. Whatever is wrong in it is named by its key, with what is expected there."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from portal.core.periods import Period

SERVICES = ("cold_water", "hot_water", "wastewater")
METERED = SERVICES[:2]
KINDS = ("charge", "recalculation", "outage", "penalty")
LINE_KEYS = ("period", "kind", "service", "for_period", "basis", "volume", "rate", "amount")
T = TypeVar("T")


class CaseMistake(Exception):
    """A case file says something that cannot be: `key` is where, `expected` what should stand there."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: {expected}")
        self.key = key
        self.expected = expected


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
    expect: tuple[dict[str, str | None], ...] = field(default=())
    expect_balance: Decimal | None = None


def read_case(path: Path) -> Case:
    """A case from its file. Raises CaseMistake; OSError when the file cannot be read."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CaseMistake("file", f"a JSON object in UTF-8 ({error})") from None
    if not isinstance(data, dict):
        raise CaseMistake("file", "a JSON object")
    return parse_case(path.stem, data)


KNOWN = {
    "title", "law", "why", "settings", "services", "wastewater_from", "persons", "meter_feasible", "rates", "norms",
    "raising", "key_rates", "key_rate_cap", "meters", "readings", "outages", "payments", "opening_debts", "close",
    "expect", "expect_balance",
}  # fmt: skip


def parse_case(name: str, data: dict[str, Any]) -> Case:
    """A case from its JSON object. Raises CaseMistake."""
    for key in data:
        if key not in KNOWN:
            raise CaseMistake(key, f"no such key; known: {', '.join(sorted(KNOWN))}")
    for key in ("services", "close"):
        if key not in data:
            raise CaseMistake(key, "must be there")
    meters = _list(data, "meters", _meter)
    ids = [meter.id for meter in meters]
    if len(set(ids)) != len(ids):
        raise CaseMistake("meters", "each id once")
    wastewater_from = data.get("wastewater_from")
    case = Case(
        name=name,
        title=str(data.get("title", "")),
        settings=_settings(data.get("settings", {})),
        services=tuple(_list(data, "services", _one_of(SERVICES))),
        wastewater_from=None if wastewater_from is None else tuple(_list(data, "wastewater_from", _one_of(METERED))),
        persons=tuple(_list(data, "persons", _pair(_date, _whole))),
        meter_feasible=_flag(data.get("meter_feasible", True), "meter_feasible"),
        rates=_tables(data, "rates", _price),
        norms=_tables(data, "norms"),
        raising=_tables(data, "raising"),
        key_rates=tuple(_list(data, "key_rates", _pair(_date, _number))),
        key_rate_cap=tuple(_list(data, "key_rate_cap", _cap)),
        meters=tuple(meters),
        readings=tuple(_list(data, "readings", lambda value, key: _reading(value, key, ids))),
        outages=tuple(_list(data, "outages", _outage)),
        payments=tuple(_list(data, "payments", _pair(_date, _money))),
        opening_debts=tuple(_list(data, "opening_debts", _debt)),
        close=tuple(_list(data, "close", _pair(_period, _date))),
        expect=tuple(_list(data, "expect", _line)),
        expect_balance=None if "expect_balance" not in data else _number(data["expect_balance"], "expect_balance"),
    )
    _require_open_meters(case)
    for (earlier, _), (later, _) in zip(case.close, case.close[1:], strict=False):
        if later < earlier:
            raise CaseMistake("close", "months in order")
    return case


def _require_open_meters(case: Case) -> None:
    """A meter is closed after its last reading, at a value not below it."""
    last = {one.meter: one for one in sorted(case.readings, key=lambda one: one.day)}
    for position, meter in enumerate(case.meters):
        reading = last.get(meter.id)
        if meter.closed is None or reading is None:
            continue
        if meter.closed <= reading.day:
            raise CaseMistake(f"meters[{position}].closed", f"a day after the meter's last reading of {reading.day}")
        if meter.closing_reading is not None and meter.closing_reading < reading.value:
            raise CaseMistake(
                f"meters[{position}].closing_reading", f"at least the last reading, {reading.value} of {reading.day}"
            )


def _list(data: dict[str, Any], key: str, item: Callable[[Any, str], T]) -> list[T]:
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise CaseMistake(key, "a list")
    return [item(one, f"{key}[{position}]") for position, one in enumerate(value)]


def _pair(first: Callable[[Any, str], Any], second: Callable[[Any, str], Any]) -> Callable[[Any, str], tuple[Any, Any]]:
    def read(value: Any, key: str) -> tuple[Any, Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise CaseMistake(key, "a list of two")
        return first(value[0], f"{key}[0]"), second(value[1], f"{key}[1]")

    return read


def _one_of(words: tuple[str, ...]) -> Callable[[Any, str], str]:
    def read(value: Any, key: str) -> str:
        if value not in words:
            raise CaseMistake(key, f"one of {', '.join(words)}, not {value!r}")
        return str(value)

    return read


def _date(value: Any, key: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise CaseMistake(key, f"a date YYYY-MM-DD, not {value!r}") from None


def _moment(value: Any, key: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise CaseMistake(key, f"a moment YYYY-MM-DDTHH:MM, not {value!r}") from None
    if moment.tzinfo is not None:
        raise CaseMistake(key, "Moscow local time without an offset")
    return moment


def _period(value: Any, key: str) -> Period:
    try:
        return Period.parse(value)
    except (TypeError, ValueError):
        raise CaseMistake(key, f"a period YYYY-MM, not {value!r}") from None


def _number(value: Any, key: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise CaseMistake(key, f"a number as a string, not {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise CaseMistake(key, f"a number as a string, not {value!r}") from None
    if not number.is_finite():
        raise CaseMistake(key, f"a finite number, not {value!r}")
    return number


def _money(value: Any, key: str) -> Decimal:
    number = _number(value, key)
    if number != number.quantize(Decimal("0.01")):
        raise CaseMistake(key, "a sum in whole kopecks")
    return number


def _whole(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise CaseMistake(key, f"a whole number from 0, not {value!r}")
    return value


def _flag(value: Any, key: str) -> bool:
    if not isinstance(value, bool):
        raise CaseMistake(key, f"true or false, not {value!r}")
    return value


def _price(value: Any, key: str) -> Decimal:
    number = _number(value, key)
    if number <= 0:
        raise CaseMistake(key, "a price above zero")
    return number


def _tables(data: dict[str, Any], key: str, number: Callable[[Any, str], Decimal] = _number) -> dict[str, Dated]:
    tables = data.get(key, {})
    if not isinstance(tables, dict):
        raise CaseMistake(key, "an object: service to a dated list")
    for service in tables:
        if service not in SERVICES:
            raise CaseMistake(f"{key}.{service}", f"one of {', '.join(SERVICES)}")
    return {
        service: tuple(sorted(_list({f"{key}.{service}": tables[service]}, f"{key}.{service}", _pair(_date, number))))
        for service in tables
    }


def _cap(value: Any, key: str) -> tuple[dt.date, dt.date | None, Decimal]:
    if not isinstance(value, list) or len(value) != 3:
        raise CaseMistake(key, "a list of three: from, to or null, percent")
    until = None if value[1] is None else _date(value[1], f"{key}[1]")
    return _date(value[0], f"{key}[0]"), until, _number(value[2], f"{key}[2]")


def _meter(value: Any, key: str) -> CaseMeter:
    if not isinstance(value, dict):
        raise CaseMistake(key, "an object")
    known = {field.name for field in CaseMeter.__dataclass_fields__.values()}
    for name in value:
        if name not in known:
            raise CaseMistake(f"{key}.{name}", f"no such key; known: {', '.join(sorted(known))}")
    for name in ("id", "service", "commissioned", "start", "verified_until"):
        if name not in value:
            raise CaseMistake(f"{key}.{name}", "must be there")
    closed = _optional(value, "closed", key, _date)
    closing_reading = _optional(value, "closing_reading", key, _number)
    if closing_reading is not None and closed is None:
        raise CaseMistake(f"{key}.closed", "a date, since there is a closing_reading")
    return CaseMeter(
        id=str(value["id"]),
        service=_one_of(METERED)(value["service"], f"{key}.service"),
        digits=_whole(value.get("digits", 5), f"{key}.digits"),
        commissioned=_date(value["commissioned"], f"{key}.commissioned"),
        start=_number(value["start"], f"{key}.start"),
        verified_until=_date(value["verified_until"], f"{key}.verified_until"),
        closed=closed,
        closing_reading=closing_reading,
        out_of_order_from=_optional(value, "out_of_order_from", key, _date),
    )


def _optional(value: dict[str, Any], name: str, key: str, read: Callable[[Any, str], T]) -> T | None:
    return None if value.get(name) is None else read(value[name], f"{key}.{name}")


def _reading(value: Any, key: str, ids: list[str]) -> CaseReading:
    if not isinstance(value, list) or len(value) not in (3, 4):
        raise CaseMistake(key, 'a list: meter id, date, "value", and "control" or "rollover" where it is one')
    if value[0] not in ids:
        raise CaseMistake(f"{key}[0]", f"the id of a meter of this case, not {value[0]!r}")
    mark = "" if len(value) == 3 else _one_of(("control", "rollover"))(value[3], f"{key}[3]")
    return CaseReading(str(value[0]), _date(value[1], f"{key}[1]"), _number(value[2], f"{key}[2]"), mark)


def _outage(value: Any, key: str) -> tuple[str, dt.datetime, dt.datetime]:
    if not isinstance(value, list) or len(value) != 3:
        raise CaseMistake(key, "a list of three: service, from, to")
    start, end = _moment(value[1], f"{key}[1]"), _moment(value[2], f"{key}[2]")
    if end <= start:
        raise CaseMistake(f"{key}[2]", "later than its beginning")
    return _one_of(SERVICES)(value[0], f"{key}[0]"), start, end


def _debt(value: Any, key: str) -> tuple[Period, dt.date, Decimal]:
    if not isinstance(value, list) or len(value) != 3:
        raise CaseMistake(key, "a list of three: period, due date, amount")
    return _period(value[0], f"{key}[0]"), _date(value[1], f"{key}[1]"), _money(value[2], f"{key}[2]")


def _line(value: Any, key: str) -> dict[str, str | None]:
    if not isinstance(value, dict):
        raise CaseMistake(key, "an object")
    for name in value:
        if name not in LINE_KEYS:
            raise CaseMistake(f"{key}.{name}", f"no such key; known: {', '.join(LINE_KEYS)}")
    if "kind" in value:
        _one_of(KINDS)(value["kind"], f"{key}.kind")
    for name in ("volume", "rate", "amount"):
        if value.get(name) is not None:
            _number(value[name], f"{key}.{name}")
    return {name: None if one is None else str(one) for name, one in value.items()}


def _settings(value: Any) -> CaseSettings:
    if not isinstance(value, dict):
        raise CaseMistake("settings", "an object")
    readers: dict[str, Callable[[Any, str], Any]] = {
        "estimate_limit": _whole,
        "average_months": _whole,
        "average_minimum": _whole,
        "raising_where_feasible": _flag,
        "penalties": _flag,
        "due_day": lambda given, key: tuple(sorted(_list({key: given}, key, _pair(_date, _whole)))),
    }
    for name in value:
        if name not in readers:
            raise CaseMistake(f"settings.{name}", f"no such setting; known: {', '.join(readers)}")
    return CaseSettings(**{name: readers[name](given, f"settings.{name}") for name, given in value.items()})
