"""A line's sum as a column, as on paper: signs, words, numbers. From stored reasons, never computed anew."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.enums import Service
from portal.billing.calculation.explanations import (
    Averaged,
    ByNorm,
    Collected,
    Corrected,
    Metered,
    Penalties,
    Priced,
    RatePart,
    Reduction,
    TamperingVolume,
)
from portal.billing.calculation.units import FACTOR_SCALE, NORM_SCALE, from_litres
from portal.billing.enums import ChargeKind
from portal.billing.explain import day_text, decimal_text, litres_text, price_text
from portal.billing.models import Charge
from portal.core.formatting import NBSP, date_text, money_text, period_text, volume_text, volume_unit
from portal.core.periods import Period

PLUS, MINUS, TIMES, DIVIDED, EQUALS = "+", "\u2212", "×", "÷", "="


@dataclass(frozen=True, slots=True)
class ArithmeticRow:
    """A row of the column: its sign, what the number is, the number; a result stands under a line."""

    sign: str
    label: str
    number: str

    @property
    def is_result(self) -> bool:
        """Whether the rows above add up to this one."""
        return self.sign == EQUALS


def column(charge: Charge) -> list[ArithmeticRow]:
    """Return how a priced line comes about, down to its sum in ₽; empty for what has no volume (reductions,
    penalties).
    """
    if charge.volume is None or charge.price is None:
        return []
    why = charge.why
    if isinstance(why, Reduction | Penalties):
        return []
    rows = _volume(charge, why)
    if not rows or not rows[-1].is_result:
        rows = [ArithmeticRow("", _part(why.part), volume_text(charge.volume))]
    since = date_text(charge.rate.valid_from, year=True) if charge.rate is not None else ""
    label = ChargeKind.RECALCULATION.label if charge.kind == ChargeKind.RECALCULATION else _("Charged")
    rate = _("Rate since %(day)s") % {"day": since} if since else _("Rate")
    return [
        *rows,
        ArithmeticRow(TIMES, rate, f"{price_text(charge.price)}{NBSP}₽"),
        ArithmeticRow(EQUALS, str(label), money_text(charge.amount)),
    ]


def _part(part: RatePart | None) -> str:
    if part is None:
        return _("Volume")
    return _("Volume of days %(first)d–%(last)d") % {"first": part.first, "last": part.last}


def _volume(charge: Charge, why: Priced) -> list[ArithmeticRow]:
    """The rows above the price; none where the volume is a part of something that the sentences tell."""
    if why.part is not None or isinstance(why, TamperingVolume):
        return []
    if isinstance(why, Corrected):
        return _corrected(charge, why)
    if isinstance(why, Collected):
        return _wastewater(charge, why)
    if isinstance(why, Metered):
        return _metered(charge, why) if why.span is None else []
    return _averaged(charge, why) if isinstance(why, Averaged) else _by_norm(charge, why)


def _result(charge: Charge, label: str) -> ArithmeticRow:
    return ArithmeticRow(EQUALS, label, volume_text(charge.volume or from_litres(0)))


def _corrected(charge: Charge, why: Corrected) -> list[ArithmeticRow]:
    month = period_text(charge.for_period)
    return [
        ArithmeticRow("", _("Due for %(month)s") % {"month": month}, litres_text(why.share)),
        ArithmeticRow(MINUS, _("Charged before"), litres_text(why.was)),
        _result(charge, _("Difference of volumes")),
    ]


def _wastewater(charge: Charge, why: Collected) -> list[ArithmeticRow]:
    parts = [
        ArithmeticRow(PLUS if number else "", str(Service(component.service).label), litres_text(component.volume))
        for number, component in enumerate(why.components)
    ]
    return [*parts, _result(charge, str(Service(charge.service).label))]


def _metered(charge: Charge, why: Metered) -> list[ArithmeticRow]:
    only = why.meters[0] if len(why.meters) == 1 else None
    if only is not None and only.end >= only.start:
        rows = [
            ArithmeticRow("", _("Reading of %(day)s") % {"day": day_text(only.end_day)}, litres_text(only.end)),
            ArithmeticRow(MINUS, _("Reading of %(day)s") % {"day": day_text(only.start_day)}, litres_text(only.start)),
        ]
    else:
        rows = [
            ArithmeticRow(
                PLUS if number else "", _("By meter No. %(meter)s") % {"meter": meter.label}, litres_text(meter.volume)
            )
            for number, meter in enumerate(why.meters)
        ]
    return [*rows, _result(charge, _("Consumption"))]


def _averaged(charge: Charge, why: Averaged) -> list[ArithmeticRow]:
    used = why.months
    months = ngettext("%(count)d metered month together", "%(count)d metered months together", len(used))
    return [
        ArithmeticRow("", months % {"count": len(used)}, litres_text(sum(month.volume for month in used))),
        ArithmeticRow(DIVIDED, _("Number of months"), str(len(used))),
        _result(charge, _("Average")),
    ]


def _person_days(charge: Charge, why: ByNorm) -> list[ArithmeticRow]:
    """Persons, and days of the month where the norm was not counted for the whole of it or persons came and went."""
    persons, whole = why.persons, Period.of(charge.for_period).days
    month = ArithmeticRow(DIVIDED, _("Days in the month"), str(whole))
    if not isinstance(persons, int):
        periods = " + ".join(f"{count}{NBSP}×{NBSP}{last - first + 1}" for first, last, count in persons)
        days = sum(count * (last - first + 1) for first, last, count in persons)
        return [ArithmeticRow(TIMES, _("Persons by days: %(periods)s") % {"periods": periods}, str(days)), month]
    rows = [ArithmeticRow(TIMES, _("Persons living there"), str(persons))]
    if why.days is not None:
        first, last = why.days.first, why.days.last
        rows += [
            ArithmeticRow(
                TIMES,
                _("Days counted, %(first)d–%(last)d") % {"first": first, "last": last},
                str(last - first + 1),
            ),
            month,
        ]
    return rows


def _by_norm(charge: Charge, why: ByNorm) -> list[ArithmeticRow]:
    norm = f"{decimal_text(why.norm, NORM_SCALE, 3)}{NBSP}{volume_unit()}"
    rows = [ArithmeticRow("", _("Norm per person"), norm), *_person_days(charge, why)]
    if why.factor is not None:
        rows.append(ArithmeticRow(TIMES, _("Raising coefficient"), decimal_text(why.factor, FACTOR_SCALE, 1)))
    return [*rows, _result(charge, _("Volume"))]
