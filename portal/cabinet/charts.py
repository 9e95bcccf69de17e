"""Charts of what was used and charged: the sentence that states the result, the bars, last year's, the norm."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.billing.selectors import MonthOfWater
from portal.core.charts import Bar, BarChart
from portal.core.formatting import money_text, month_name, month_short, period_text, volume_text, volume_unit
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.core.service_catalogue import declaration
from portal.receipts.snapshot import ReceiptData

MONTHS_SHOWN = 12


def title_of(service: str) -> str:
    """«Расход холодной воды»."""
    return str(declaration(service).chart_title)


def norm_of(data: ReceiptData | None, service: str) -> Decimal | None:
    """The norm of the last receipt for its persons, m³ a month."""
    norm = next((n for n in data.norms if n.service == declaration(service).document_name), None) if data else None
    return norm.value * data.persons if norm and data else None


def water_chart(months: Sequence[MonthOfWater], service: str, data: ReceiptData | None) -> BarChart | None:
    """Twelve months of a service with last year's beside them and the norm; None when nothing was charged."""
    if not any(month.volume is not None for month in months):
        return None
    norm = norm_of(data, service)
    bars = [
        Bar(
            short=month_short(month.period),
            title=period_text(month.period),
            value=month.volume,
            last_year=month.year_ago,
            estimated=month.is_estimate,
            note=_("average or norm") if month.is_estimate else "",
        )
        for month in months
    ]
    return BarChart(
        bars=bars,
        unit=volume_unit(),
        summary=_compared(months[-1].period, months[-1].volume, months[-1].year_ago, volume_text),
        norm=norm,
        norm_label="" if norm is None else _("norm %(volume)s") % {"volume": volume_text(norm)},
        norm_legend="" if data is None else _("consumption norm for %(n)d people") % {"n": data.persons},
    )


def charges_chart(water: Mapping[str, Sequence[MonthOfWater]]) -> BarChart | None:
    """₽ charged for all services by month; of two years given, the last one is drawn, the first stands beside it."""
    by_month = [months for months in zip(*water.values(), strict=True) if months]
    sums = {
        months[0].period: sum((m.amount for m in months), ZERO)
        for months in by_month
        if any(m.volume is not None for m in months)
    }
    if not sums:
        return None
    shown = [months[0].period for months in by_month][-MONTHS_SHOWN:]
    bars = [Bar(month_short(month), period_text(month), sums.get(month), sums.get(month.shift(-12))) for month in shown]
    return BarChart(bars, "₽", _compared(shown[-1], bars[-1].value, bars[-1].last_year, money_text), places=2)


def _compared(period: Period, now: Decimal | None, before: Decimal | None, text: Callable[[Decimal], str]) -> str:
    name = month_name(period).capitalize()
    if now is None:
        return _("%(month)s: nothing was charged") % {"month": name}
    label = _("%(month)s: %(volume)s") % {"month": name, "volume": text(now)}
    if before is None:
        return label
    change = now - before
    if not change:
        return _("%(label)s, as a year ago") % {"label": label}
    values = {"label": label, "change": text(abs(change))}
    if change > 0:
        return _("%(label)s, %(change)s more than a year ago") % values
    return _("%(label)s, %(change)s less than a year ago") % values
