"""A line's sum as a column, as on paper: signs, words, numbers. From stored reasons, never computed anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.enums import Service
from portal.billing.calculation.units import FACTOR_SCALE, NORM_SCALE, cubic_metres
from portal.billing.enums import Basis, ChargeKind
from portal.billing.explain import day_text, decimal_text, litres_text, price_text
from portal.billing.models import Charge
from portal.core.formatting import NBSP, date_text, money_text, period_text, volume_text, volume_unit
from portal.core.periods import Period

PLUS, MINUS, TIMES, DIVIDED, EQUALS = "+", "\u2212", "×", "÷", "="
Why = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the column: its sign, what the number is, the number; a result stands under a line."""

    sign: str
    words: str
    number: str

    @property
    def is_result(self) -> bool:
        """Whether the rows above add up to this one."""
        return self.sign == EQUALS


def column(charge: Charge) -> list[Row]:
    """How a priced line comes about, down to its sum in ₽; empty for what has no volume (reductions, penalties)."""
    if charge.volume is None or charge.price is None:
        return []
    rows = _volume(charge, charge.explanation)
    if not rows or not rows[-1].is_result:
        rows = [Row("", _part(charge.explanation), volume_text(charge.volume))]
    since = date_text(charge.rate.valid_from, year=True) if charge.rate is not None else ""
    words = ChargeKind.RECALCULATION.label if charge.kind == ChargeKind.RECALCULATION else _("Charged")
    rate = _("Rate since %(day)s") % {"day": since} if since else _("Rate")
    return [
        *rows,
        Row(TIMES, rate, f"{price_text(charge.price)}{NBSP}₽"),
        Row(EQUALS, str(words), money_text(charge.amount)),
    ]


def _part(why: Why) -> str:
    if "piece" not in why:
        return _("Volume")
    first, last, _total = why["piece"]
    return _("Volume of days %(first)d–%(last)d") % {"first": first, "last": last}


def _volume(charge: Charge, why: Why) -> list[Row]:
    """The rows above the price; none where the volume is a part of something that the sentences tell."""
    if "piece" in why or "act" in why:
        return []
    if charge.kind == ChargeKind.RECALCULATION:
        return _corrected(charge, why)
    if "span" in why:
        return []
    if "components" in why:
        return _wastewater(charge, why)
    if charge.basis == Basis.READING:
        return _metered(charge, why)
    return _averaged(charge, why) if charge.basis == Basis.AVERAGE else _by_norm(charge, why)


def _result(charge: Charge, words: str) -> Row:
    return Row(EQUALS, words, volume_text(charge.volume or cubic_metres(0)))


def _corrected(charge: Charge, why: Why) -> list[Row]:
    month = period_text(charge.for_period)
    return [
        Row("", _("Due for %(month)s") % {"month": month}, litres_text(why["share"])),
        Row(MINUS, _("Charged before"), litres_text(why["was"])),
        _result(charge, _("Difference of volumes")),
    ]


def _wastewater(charge: Charge, why: Why) -> list[Row]:
    parts = [
        Row(PLUS if number else "", str(Service(service).label), litres_text(volume))
        for number, (service, _basis, volume) in enumerate(why["components"])
    ]
    return [*parts, _result(charge, str(Service(charge.service).label))]


def _metered(charge: Charge, why: Why) -> list[Row]:
    meters = why.get("meters", ())
    if len(meters) == 1 and meters[0][4] >= meters[0][1]:
        _label, start, start_day, _from, end, end_day, _to, _run = meters[0]
        rows = [
            Row("", _("Reading of %(day)s") % {"day": day_text(end_day)}, litres_text(end)),
            Row(MINUS, _("Reading of %(day)s") % {"day": day_text(start_day)}, litres_text(start)),
        ]
    else:
        rows = [
            Row(PLUS if number else "", _("By meter No. %(meter)s") % {"meter": meter[0]}, litres_text(meter[7]))
            for number, meter in enumerate(meters)
        ]
    return [*rows, _result(charge, _("Consumption"))]


def _averaged(charge: Charge, why: Why) -> list[Row]:
    used = why["averaged"]
    months = ngettext("%(count)d metered month together", "%(count)d metered months together", len(used))
    return [
        Row("", months % {"count": len(used)}, litres_text(sum(volume for _month, volume in used))),
        Row(DIVIDED, _("Number of months"), str(len(used))),
        _result(charge, _("Average")),
    ]


def _person_days(charge: Charge, why: Why) -> list[Row]:
    """Persons, and days of the month where the norm was not counted for the whole of it or persons came and went."""
    persons, whole = why["persons"], Period.of(charge.for_period).days
    month = Row(DIVIDED, _("Days in the month"), str(whole))
    if not isinstance(persons, int):
        spells = " + ".join(f"{count}{NBSP}×{NBSP}{last - first + 1}" for first, last, count in persons)
        days = sum(count * (last - first + 1) for first, last, count in persons)
        return [Row(TIMES, _("Persons by days: %(spells)s") % {"spells": spells}, str(days)), month]
    rows = [Row(TIMES, _("Persons living there"), str(persons))]
    if "days" in why:
        first, last, _whole = why["days"]
        rows += [
            Row(
                TIMES,
                _("Days counted, %(first)d–%(last)d") % {"first": first, "last": last},
                str(last - first + 1),
            ),
            month,
        ]
    return rows


def _by_norm(charge: Charge, why: Why) -> list[Row]:
    norm = f"{decimal_text(why['norm'], NORM_SCALE, 3)}{NBSP}{volume_unit()}"
    rows = [Row("", _("Norm per person"), norm), *_person_days(charge, why)]
    if "factor" in why:
        rows.append(Row(TIMES, _("Raising coefficient"), decimal_text(why["factor"], FACTOR_SCALE, 1)))
    return [*rows, _result(charge, _("Volume"))]
