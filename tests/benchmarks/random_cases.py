"""Random worked cases: readings missed, meters expired, replaced, broken, rates and persons changing, payments.

`wilder_case` draws the same with every dated number changing often, closings on odd days and weeks without water.
"""

import datetime as dt
import random
from typing import Any

DAY = dt.timedelta(days=1)


def period_of(day: dt.date) -> str:
    return f"{day:%Y-%m}"


def next_month(day: dt.date) -> dt.date:
    return (day.replace(day=28) + DAY * 4).replace(day=1)


def random_case(seed: int) -> dict[str, Any]:
    """A case that breaks no rule of entry."""
    rng = random.Random(seed)
    start = dt.date(rng.choice([2024, 2025, 2026]), rng.randint(1, 12), 1)
    months = [start]
    for _ in range(rng.randint(2, 14)):
        months.append(next_month(months[-1]))
    services = rng.choice(
        [
            ["cold_water"],
            ["cold_water", "wastewater"],
            ["cold_water", "hot_water", "wastewater"],
            ["wastewater"],
            ["cold_water", "hot_water"],
        ]
    )
    case: dict[str, Any] = {
        "title": f"random {seed}",
        "settings": _settings(rng),
        "services": services,
        "persons": _dated(rng, start, lambda: rng.randint(0 if rng.random() < 0.1 else 1, 5), 0.3),
        "meter_feasible": rng.random() < 0.7,
        "rates": {
            service: _dated(rng, start, lambda: f"{rng.randint(2000, 25000) / 100:.2f}", 0.5)
            for service in ("cold_water", "hot_water", "wastewater")
        },
        "norms": {
            service: _dated(rng, start, lambda: f"{rng.randint(2000, 8000) / 1000:.3f}", 0.2)
            for service in ("cold_water", "hot_water", "wastewater")
        },
        "raising": {
            "cold_water": [["2020-01-01", "1.5"], ["2025-12-06", "3"]],
            "hot_water": [["2020-01-01", "1.5"]],
        },
        "key_rates": [["2020-01-01", "16"], [str(start + DAY * rng.randint(0, 200)), rng.choice(["7.5", "9", "21"])]],
        "key_rate_cap": [["2020-01-01", rng.choice([None, str(start + DAY * rng.randint(30, 300))]), "9.5"]],
        "meters": [],
        "readings": [],
        "outages": [],
        "payments": [],
        "opening_debts": [],
        "close": [[period_of(month), str(month + DAY * rng.choice([20, 20, 20, 24]))] for month in months],
    }
    for service in ("cold_water", "hot_water"):
        for number in range(rng.choice([0, 1, 1, 1, 2])):
            _meter(rng, case, months, service, f"{service[0]}{number}", rng.choice([0.95, 0.7, 0.4]))
    _outages(rng, case, months)
    _money(rng, case, months)
    case["readings"].sort(key=lambda reading: reading[1])
    return case


def _settings(rng: random.Random) -> dict[str, Any]:
    settings: dict[str, Any] = {"penalties": rng.random() < 0.6}
    if rng.random() < 0.3:
        settings |= {"estimate_limit": rng.randint(0, 4), "average_months": rng.randint(2, 8)}
    if rng.random() < 0.2:
        settings |= {"average_minimum": rng.randint(1, 3), "raising_where_feasible": False}
    return settings


def _dated(rng: random.Random, start: dt.date, value: Any, chance: float) -> list[list[Any]]:
    dated = [["2020-01-01", value()]]
    if rng.random() < chance:
        dated.append([str(start + DAY * rng.randint(0, 250)), value()])
    return dated


def _meter(
    rng: random.Random, case: dict[str, Any], months: list[dt.date], service: str, name: str, diligence: float
) -> None:
    begins = months[0] if rng.random() < 0.8 else rng.choice(months)
    if rng.random() < 0.15:
        begins += DAY * rng.randint(1, 14)
    value = rng.randint(0, 900_000)
    ends = None
    meter: dict[str, Any] = {
        "id": name,
        "service": service,
        "digits": 5,
        "commissioned": str(begins),
        "start": _m3(value),
        "verified_until": "2030-12-31",
    }
    _break_down(rng, meter, begins)
    if rng.random() < 0.25:
        ends = rng.choice(months) + DAY * rng.randint(0, 19)
        ends = ends if ends > begins else None
    if rng.random() < 0.06:
        value = 99_990_000 + rng.randint(0, 9_000)
        meter["start"] = _m3(value)
    value = _read(rng, case, months, (name, begins, ends), value, diligence)
    if ends:
        meter["closed"] = str(ends)
        value += rng.randint(0, 5_000)
        if value < 100_000_000 and rng.random() < 0.7:
            meter["closing_reading"] = _m3(value)
        if rng.random() < 0.6 and next_month(ends) <= months[-1]:
            case["meters"].append(meter)
            _meter(rng, case, [month for month in months if month > ends], service, name + "n", diligence)
            return
    case["meters"].append(meter)


def _read(
    rng: random.Random,
    case: dict[str, Any],
    months: list[dt.date],
    meter: tuple[str, dt.date, dt.date | None],
    value: int,
    diligence: float,
) -> int:
    name, begins, ends = meter
    for month in months:
        if rng.random() > diligence:
            continue
        day = month + DAY * rng.choice([*range(9, 20), 24])
        if day < begins or (ends and day >= ends):
            continue
        value += rng.randint(0, 12_000)
        entry = [name, str(day), _m3(value % 100_000_000)]
        if value >= 100_000_000:
            value %= 100_000_000
            entry.append("rollover")
        elif day.day > 20:
            entry.append("control")
        case["readings"].append(entry)
    return value


def _break_down(rng: random.Random, meter: dict[str, Any], begins: dt.date) -> None:
    fate = rng.random()
    if fate < 0.15:
        meter["verified_until"] = str(begins + DAY * rng.randint(20, 300))
    elif fate < 0.25:
        meter["out_of_order_from"] = str(begins + DAY * rng.randint(20, 300))


def _m3(litres: int) -> str:
    return f"{litres // 1000}.{litres % 1000:03}"


def _outages(rng: random.Random, case: dict[str, Any], months: list[dt.date]) -> None:
    for _ in range(rng.choice([0, 0, 1, 3])):
        start = dt.datetime.combine(
            rng.choice(months) + DAY * rng.randint(0, 17), dt.time(rng.randint(0, 23), rng.randint(0, 59))
        )
        end = start + dt.timedelta(minutes=rng.randint(30, 1500))
        case["outages"].append(
            [rng.choice(case["services"]), start.isoformat(timespec="minutes"), end.isoformat(timespec="minutes")]
        )


def _money(rng: random.Random, case: dict[str, Any], months: list[dt.date]) -> None:
    for _ in range(rng.choice([0, 1, 3, 6])):
        day = months[0] + DAY * rng.randint(0, 31 * len(months))
        case["payments"].append([str(day), f"{rng.randint(100, 200000) / 100:.2f}"])
    if rng.random() < 0.3:
        due = months[0] - DAY * rng.randint(5, 200)
        case["opening_debts"].append([period_of(due - DAY * 31), str(due), f"{rng.randint(100, 300000) / 100:.2f}"])


def wilder_case(seed: int) -> dict[str, Any]:
    """A random case in which everything dated changes often, days of closing wander and breaks are long."""
    case = random_case(seed)
    rng = random.Random(f"wilder {seed}")
    start = dt.date.fromisoformat(case["close"][0][0] + "-01")
    span = 31 * len(case["close"])

    def changing(value: Any, most: int) -> list[list[Any]]:
        days = {str(start + DAY * rng.randint(0, span)) for _ in range(rng.randint(0, most))}
        return [[day, value()] for day in sorted({"2020-01-01", *days})]

    case["persons"] = changing(lambda: rng.choice([0, 1, 1, 2, 2, 3, 4, 7]), 6)
    for service in case["rates"]:
        case["rates"][service] = changing(lambda: f"{rng.randint(1, 25000) / 100:.2f}", 5)
        case["norms"][service] = changing(lambda: f"{rng.randint(1, 9000) / 1000:.3f}", 3)
    for service in case["raising"]:
        case["raising"][service] = changing(lambda: rng.choice(["1", "1.1", "1.5", "3"]), 2)
    case["key_rates"] = changing(lambda: rng.choice(["0.1", "7.5", "9", "14.25", "16", "21"]), 6)
    case["key_rate_cap"] = _caps(rng, start)
    case["close"] = [[period, str(_closing_day(rng, period))] for period, _ in case["close"]]
    case["outages"] = _long_outages(rng, case, start)
    case["payments"] = [
        [str(start + DAY * rng.randint(0, span)), f"{rng.randint(1, rng.choice([500, 50_000, 900_000])) / 100:.2f}"]
        for _ in range(rng.choice([0, 2, 8, 25]))
    ]
    for meter in case["meters"]:
        for fate in ("out_of_order_from", "verified_until"):
            if rng.random() < 0.15:
                meter[fate] = str(start + DAY * rng.randint(0, span))
    if "wastewater" in case["services"] and rng.random() < 0.2:
        case["wastewater_from"] = rng.choice([["cold_water"], ["hot_water"], ["cold_water", "hot_water"]])
    return case


def _caps(rng: random.Random, start: dt.date) -> list[list[Any]]:
    """Limits of the key rate one after another, with days between them that have none."""
    caps: list[list[Any]] = []
    since = start - DAY * 400
    for _ in range(rng.randint(0, 3)):
        until = since + DAY * rng.randint(20, 400)
        caps.append([str(since), str(until), rng.choice(["7", "9.5", "12.5"])])
        since = until + DAY * rng.randint(1, 40)
    return [*caps, [str(since), None, "9.5"]] if rng.random() < 0.5 else caps


def _closing_day(rng: random.Random, period: str) -> dt.date:
    first = dt.date.fromisoformat(period + "-01")
    following = next_month(first)
    return rng.choice([*[first + DAY * 20] * 6, first + DAY * 24, following - DAY, following + DAY * rng.randint(0, 8)])


def _long_outages(rng: random.Random, case: dict[str, Any], start: dt.date) -> list[list[str]]:
    """Breaks of minutes and of weeks, one service each; none ends after the closing of a month that it touches."""
    breaks = []
    for service in case["services"]:
        begins = dt.datetime.combine(start + DAY * rng.randint(0, 60), dt.time(rng.randint(0, 23), rng.randint(0, 59)))
        ends = begins + dt.timedelta(minutes=rng.choice([1, 239, 240, 241, 300, 700, 3000, 9000, 30_000]))
        touched = [day for period, day in case["close"] if f"{begins:%Y-%m}" <= period <= f"{ends:%Y-%m}"]
        if all(ends.date().isoformat() < day for day in touched):
            breaks.append([service, begins.isoformat(timespec="minutes"), ends.isoformat(timespec="minutes")])
    return breaks
