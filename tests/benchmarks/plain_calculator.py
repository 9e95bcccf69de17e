"""A plain, slow calculator of worked cases, written from the rules and nothing else.

It shares no code with the portal's calculation: decimals and fractions instead of whole litres, everything worked out
anew from the facts at each closing, days counted one by one. Where the two differ, one of them is wrong.
"""

import datetime as dt
import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

DAY = dt.timedelta(days=1)
METERED, MISSING, UNSOUND, NO_METER = "metered", "missing", "unsound", "no meter"


def rounded(value: Fraction, places: int) -> Decimal:
    """Half away from zero."""
    scale = 10**places
    whole = math.floor(abs(value) * scale + Fraction(1, 2))
    return (Decimal(whole) / scale).quantize(Decimal(1).scaleb(-places)) * (-1 if value < 0 else 1)


def day_of(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def first_of(period: str) -> dt.date:
    return day_of(period + "-01")


def last_of(period: str) -> dt.date:
    return first_of(following(period)) - DAY


def following(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year + month // 12}-{month % 12 + 1:02}"


def days_of(period: str) -> list[dt.date]:
    first, last = first_of(period), last_of(period)
    return [first + DAY * number for number in range((last - first).days + 1)]


def value_on(dated: list[list[Any]], day: dt.date) -> Any:
    values = [value for since, value in sorted(dated, key=lambda pair: pair[0]) if day_of(since) <= day]
    return values[-1] if values else None


def hours_within(month: str, began: dt.datetime, ended: dt.datetime) -> Fraction:
    """Hours of a span that fall in a month."""
    first = dt.datetime.combine(first_of(month), dt.time())
    after = dt.datetime.combine(first_of(following(month)), dt.time())
    span = min(ended, after) - max(began, first)
    return max(Fraction(0), Fraction(span.days * 86400 + span.seconds, 3600))


class PlainCalculator:
    """Closes the months of one case; `lines` are what came out."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        given = case.get("settings", {})
        self.limit = given.get("estimate_limit", 3)
        self.average_months = given.get("average_months", 6)
        self.average_minimum = given.get("average_minimum", 3)
        self.due_days = given.get("due_day", [["2020-01-01", 10], ["2026-02-01", 15]])
        self.raising_where_feasible = given.get("raising_where_feasible", True)
        self.penalties = given.get("penalties", True)
        self.lines: list[dict[str, str]] = []
        self.status: dict[tuple[str, str], str] = {}
        self.metered: dict[tuple[str, str], Decimal] = {}
        self.components: dict[str, dict[str, tuple[str, Decimal]]] = {}
        self.charged_litres: dict[tuple[str, str], Decimal] = {}
        self.closed: list[tuple[str, dt.date]] = []
        self.debts: list[tuple[str, dt.date, Decimal]] = [
            (period, day_of(due), Decimal(amount)) for period, due, amount in case.get("opening_debts", [])
        ]
        self.credits: list[tuple[dt.date, Decimal]] = []

    def run(self) -> "PlainCalculator":
        """Close every month once."""
        for period, day in self.case["close"]:
            if period not in [closed for closed, _ in self.closed]:
                self.close(period, day_of(day))
        return self

    def balance(self) -> Decimal:
        """What the resident owes after all."""
        booked = sum((Decimal(line["amount"]) for line in self.lines), Decimal(0))
        opened = sum((Decimal(amount) for _, _, amount in self.case.get("opening_debts", [])), Decimal(0))
        return booked + opened - sum((Decimal(amount) for _, amount in self.case.get("payments", [])), Decimal(0))

    # Volumes

    def close(self, period: str, day: dt.date) -> None:
        before = len(self.lines)
        services = self.case["services"]
        waters = {service for service in ("cold_water", "hot_water") if service in services or "wastewater" in services}
        bases = {service: self.water(service, period, day) for service in sorted(waters)}
        for service in sorted(waters):
            if self.status[service, period] == METERED:
                self.correct(service, period, day)
        if "wastewater" in services:
            self.correct_wastewater(period)
        for service in ("cold_water", "hot_water"):
            if service in services:
                basis = bases[service]
                volume = (
                    self.norm(service, period, raised=True)
                    if basis == "norm"
                    else self.metered_or_average(service, period)
                )
                self.charged_litres[service, period] = volume
                self.priced("charge", service, period, period, volume, basis=basis)
        if "wastewater" in services:
            self.wastewater(period, bases)
        self.reduce(period, before)
        total = sum((Decimal(line["amount"]) for line in self.lines[before:]), Decimal(0))
        self.penalise(period, day)
        if total > 0:
            self.debts.append((period, self.due(period), total))
        elif total < 0:
            self.credits.append((day, -total))
        self.closed.append((period, day))

    def meters(self, service: str) -> list[dict[str, Any]]:
        return [meter for meter in self.case.get("meters", []) if meter["service"] == service]

    def sound(self, meter: dict[str, Any], day: dt.date) -> bool:
        broken = meter.get("out_of_order_from")
        return day <= day_of(meter["verified_until"]) and not (broken and day_of(broken) <= day)

    def valid_readings(self, meter: dict[str, Any]) -> list[tuple[dt.date, Decimal, bool]]:
        values = [
            (day_of(reading[1]), Decimal(reading[2]), len(reading) > 3 and reading[3] == "rollover")
            for reading in self.case.get("readings", [])
            if reading[0] == meter["id"]
        ]
        if meter.get("closed") and meter.get("closing_reading") is not None:
            values.append((day_of(meter["closed"]), Decimal(meter["closing_reading"]), False))
        return [
            reading
            for reading in sorted(values, key=lambda reading: reading[0])
            if reading[0] >= day_of(meter["commissioned"])
            and self.sound(meter, reading[0])
            and not (meter.get("closed") and reading[0] > day_of(meter["closed"]))
        ]

    def cut(self, period: str, day: dt.date) -> dt.date:
        return min(day, last_of(period))

    def counted_before(self, period: str) -> dt.date:
        """The last day whose readings an earlier closing took."""
        return self.cut(*self.closed[-1]) if self.closed else first_of(period) - DAY

    def water(self, service: str, period: str, day: dt.date) -> str:
        cut, counted = self.cut(period, day), self.counted_before(period)
        last = last_of(period)
        read, active, lost = [], [], []
        for meter in self.meters(service):
            if any(counted < reading[0] <= cut for reading in self.valid_readings(meter)):
                read.append(meter)
            removed = meter.get("closed") and day_of(meter["closed"]) <= cut
            if removed and meter.get("closing_reading") is None and day_of(meter["closed"]) >= first_of(period):
                lost.append(meter)
            if day_of(meter["commissioned"]) <= last and not removed:
                active.append(meter)
        if any(meter not in read for meter in lost) or any(
            meter not in read and not self.sound(meter, last) for meter in active
        ):
            status = UNSOUND
        elif read and all(meter in read for meter in active):
            status = METERED
        else:
            status = MISSING if active else NO_METER
        self.status[service, period] = status
        if status == METERED:
            return "reading"
        in_a_row = 0
        for closed, _ in reversed(self.closed):
            if (service, closed) in self.metered:
                break
            in_a_row += 1
        history = self.history(service)
        if status != NO_METER and in_a_row < self.limit and len(history) >= max(1, self.average_minimum):
            return "average"
        return "norm"

    def history(self, service: str) -> list[Decimal]:
        months = sorted(month for of_service, month in self.metered if of_service == service)
        return [self.metered[service, month] for month in months[-self.average_months :]]

    def average(self, service: str, before: str) -> Decimal:
        months = sorted(month for of_service, month in self.metered if of_service == service and month < before)
        used = [self.metered[service, month] for month in months[-self.average_months :]]
        return rounded(Fraction(sum(used, Decimal(0))) / len(used), 3)

    def metered_or_average(self, service: str, period: str) -> Decimal:
        if (service, period) in self.metered:
            return self.metered[service, period]
        return self.average(service, period)

    def correct(self, service: str, period: str, day: dt.date) -> None:
        """Spread the metered volume of the span by days; each estimated month gets its difference."""
        span = [period]
        settled = None
        for closed, closing_day in reversed(self.closed):
            if self.status.get((service, closed)) != MISSING:
                settled = self.cut(closed, closing_day)
                break
            span.insert(0, closed)
        if settled is None:
            settled = first_of(span[0]) - DAY
        cut = self.cut(period, day)
        total = Decimal(0)
        for meter in self.meters(service):
            previous = Decimal(meter["start"])
            for taken, value, rollover in self.valid_readings(meter):
                if taken > cut:
                    break
                if taken > settled:
                    total += value - previous + (10 ** meter.get("digits", 5) if rollover else 0)
                previous = value
        lengths = [len(days_of(month)) for month in span]
        left = total
        for month, length in zip(span[:-1], lengths[:-1], strict=True):
            share = rounded(Fraction(total) * length / sum(lengths), 3)
            left -= share
            self.status[service, month] = METERED
            self.metered[service, month] = share
            if service in self.components.get(month, {}):
                self.components[month][service] = ("reading", share)
            charged = self.charged_litres.get((service, month))
            if charged is not None and share != charged:
                self.charged_litres[service, month] = share
                self.priced("recalculation", service, period, month, share - charged)
        self.metered[service, period] = left

    def correct_wastewater(self, period: str) -> None:
        for month, _ in self.closed:
            parts = self.components.get(month, {})
            charged = self.charged_litres.get(("wastewater", month))
            if charged is None or all(basis == "norm" for basis, _ in parts.values()):
                continue
            volume = sum((volume for _, volume in parts.values()), Decimal(0))
            if volume != charged:
                self.charged_litres["wastewater", month] = volume
                self.priced("recalculation", "wastewater", period, month, volume - charged)

    def norm(self, service: str, period: str, *, raised: bool) -> Decimal:
        norm = Fraction(value_on(self.case["norms"][service], first_of(period)))
        days = days_of(period)
        whole = sum((norm * (value_on(self.case["persons"], day) or 0) / len(days) for day in days), Fraction(0))
        status = self.status.get((service, period))
        feasible = self.case.get("meter_feasible", True) and self.raising_where_feasible
        if raised and (status == UNSOUND or (status == NO_METER and feasible)):
            factor = value_on(self.case.get("raising", {}).get(service, []), first_of(period))
            whole *= Fraction(factor or 1)
        return rounded(whole, 3)

    def wastewater(self, period: str, bases: dict[str, str]) -> None:
        parts = self.case.get("wastewater_from")
        if parts is None:
            parts = ["cold_water"]
            hot_counts = "hot_water" in self.case["services"] or self.status["hot_water", period] != NO_METER
            if hot_counts:
                parts.append("hot_water")
        values = {
            service: (
                bases[service],
                self.norm(service, period, raised=False)
                if bases[service] == "norm" and service in self.case["norms"]
                else Decimal(0)
                if bases[service] == "norm"
                else self.metered_or_average(service, period),
            )
            for service in parts
        }
        self.components[period] = values
        used = {basis for basis, _ in values.values()}
        basis = "norm" if "norm" in used else "average" if "average" in used else "reading"
        volume = (
            self.norm("wastewater", period, raised=False)
            if used == {"norm"}
            else sum((volume for _, volume in values.values()), Decimal(0))
        )
        self.charged_litres["wastewater", period] = volume
        self.priced("charge", "wastewater", period, period, volume, basis=basis)

    # Money

    def priced(
        self, kind: str, service: str, period: str, month: str, volume: Decimal, *, basis: str | None = None
    ) -> None:
        days_at: list[tuple[str, int]] = []
        for day in days_of(month):
            rate = value_on(self.case["rates"][service], day)
            if days_at and days_at[-1][0] == rate:
                days_at[-1] = (rate, days_at[-1][1] + 1)
            else:
                days_at.append((rate, 1))
        left = volume
        for position, (rate, length) in enumerate(days_at):
            part = left
            if position < len(days_at) - 1:
                part = rounded(Fraction(volume) * length / len(days_of(month)), 3)
                left -= part
            if kind == "recalculation" and part == 0:
                continue
            line = {"period": period, "kind": kind, "service": service}
            if kind == "recalculation":
                line["for_period"] = month
            if basis:
                line["basis"] = basis
            line |= {"volume": str(part), "rate": rate, "amount": str(rounded(Fraction(part) * Fraction(rate), 2))}
            self.lines.append(line)

    def reduce(self, period: str, before: int) -> None:
        for service in dict.fromkeys(outage[0] for outage in self.case.get("outages", [])):
            beyond = total = Fraction(0)
            for of_service, start, end in self.case["outages"]:
                if of_service != service:
                    continue
                began, ended = dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)
                total += hours_within(period, began, ended)
                beyond += hours_within(period, began + dt.timedelta(hours=4), ended)
            hours_counted = math.ceil(max(beyond, total - 8, Fraction(0)))
            charged = sum(
                (
                    Decimal(line["amount"])
                    for line in self.lines[before:]
                    if line["kind"] == "charge" and line["service"] == service
                ),
                Decimal(0),
            )
            amount = rounded(-Fraction("0.0015") * hours_counted * Fraction(charged), 2)
            if amount:
                self.lines.append({"period": period, "kind": "outage", "service": service, "amount": str(amount)})

    def due(self, period: str) -> dt.date:
        number = value_on(self.due_days, first_of(period))
        day = first_of(following(period)) + DAY * (number - 1)
        holidays = {(1, n) for n in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}
        while day.weekday() >= 5 or (day.month, day.day) in holidays:
            day += DAY
        return day

    def yearly(self, day: dt.date) -> Fraction:
        rate = Fraction(value_on(self.case["key_rates"], day))
        for since, until, cap in self.case.get("key_rate_cap", []):
            if day_of(since) <= day and (until is None or day <= day_of(until)):
                rate = min(rate, Fraction(cap))
        return rate

    def penalise(self, period: str, closing_day: dt.date) -> None:
        if not self.penalties:
            return
        money = [
            (day_of(day), Decimal(amount))
            for day, amount in self.case.get("payments", [])
            if day_of(day) <= closing_day
        ]
        money = sorted([*money, *self.credits], key=lambda entry: entry[0])
        since = self.closed[-1][1] if self.closed else None
        for month, due, amount in sorted(self.debts, key=lambda debt: debt[1]):
            left = amount
            parts: list[tuple[dt.date, Decimal]] = []
            for position, (day, sum_left) in enumerate(money):
                part = min(left, sum_left)
                if part:
                    parts.append((day, part))
                    money[position] = (day, sum_left - part)
                    left -= part
            penalty = Fraction(0)
            for paid_on, part in [*parts, (None, left)]:
                rate = self.yearly(paid_on or closing_day) if part else Fraction(0)
                day = max(due + DAY, since) if since else due + DAY
                while day < closing_day and (paid_on is None or day <= paid_on):
                    number = (day - due).days
                    if number > 30:
                        penalty += Fraction(part) * rate / 100 / (300 if number <= 90 else 130)
                    day += DAY
            booked = rounded(penalty, 2)
            if booked:
                self.lines.append({"period": period, "kind": "penalty", "for_period": month, "amount": str(booked)})


def outcome(case: dict[str, Any]) -> Counter[tuple[tuple[str, str], ...]]:
    """The lines of a case as a multiset."""
    return as_multiset(PlainCalculator(case).run().lines)


def as_multiset(lines: list[dict[str, Any]]) -> Counter[tuple[tuple[str, str], ...]]:
    """Lines without order; numbers in one form."""
    return Counter(tuple(sorted((key, _plain(value)) for key, value in line.items())) for line in lines)


def _plain(value: str) -> str:
    try:
        return format(Decimal(value).normalize(), "f")
    except ArithmeticError:
        return value
