"""Charts of what was used and charged: the sentence that states the result, the bars, last year's, the norm."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.billing.selectors import MonthOfWater
from portal.core.charts import Bar, BarChart
from portal.core.formatting import money_text, month_name, month_short, period_text, volume_text, volume_unit
from portal.core.money import ZERO, cubic_metres
from portal.core.periods import Period
from portal.core.service_catalogue import declaration
from portal.ledger.selectors import MonthOfMoney
from portal.receipts.snapshot import ReceiptData

MONTHS_SHOWN = 12
FORECAST_BY = 3


def title_of(service: str) -> str:
    """«Расход холодной воды»."""
    return str(declaration(service).chart_title)


def norm_of(data: ReceiptData | None, service: str) -> Decimal | None:
    """The norm of the last receipt for its persons, m³ a month."""
    norm = next((n for n in data.norms if n.service == declaration(service).document_name), None) if data else None
    return norm.value * data.persons if norm and data else None


def forecast(months: Sequence[MonthOfWater]) -> Decimal | None:
    """Return m³ to be expected in the month after these: the same month of last year, as much more or less as the last
    three months were; without a last year the mean of the last three. None with fewer than three charged months.
    """
    recent = [month for month in months[-FORECAST_BY:] if month.volume is not None]
    if len(recent) < FORECAST_BY:
        return None
    used = sum((month.volume or ZERO for month in recent), ZERO)
    before = [month.year_ago for month in recent if month.year_ago is not None]
    same_month = months[-12].volume if len(months) >= 12 else None
    if same_month is None or len(before) < FORECAST_BY or not sum(before):
        return cubic_metres(used / FORECAST_BY)
    return cubic_metres(same_month * used / sum(before))


def water_chart(
    months: Sequence[MonthOfWater],
    service: str,
    data: ReceiptData | None,
    *,
    with_forecast: bool = False,
    scale_top: Decimal | None = None,
) -> BarChart | None:
    """Twelve months of a service with last year's beside them and the norm; None when nothing was charged.

    The forecast is of the month that is not charged yet. Charts to be compared share their `scale_top`.
    """
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
    expected = forecast(months) if with_forecast else None
    if expected is not None:
        coming = months[-1].period.shift(1)
        year_ago = months[-12].volume if len(months) >= MONTHS_SHOWN else None
        bars.append(
            Bar(month_short(coming), period_text(coming), expected, year_ago, note=_("forecast"), forecast=True)
        )
    return BarChart(
        bars=bars,
        unit=volume_unit(),
        summary=_compared(months[-1].period, months[-1].volume, months[-1].year_ago, volume_text),
        norm=norm,
        norm_label="" if norm is None else _("norm %(volume)s") % {"volume": volume_text(norm)},
        norm_legend="" if data is None else _("consumption norm for %(n)d people") % {"n": data.persons},
        value_label=_("this year"),
        tick_label=_("a year before"),
        scale_top=scale_top,
    )


def water_charts(water: Mapping[str, Sequence[MonthOfWater]], data: ReceiptData | None) -> list[tuple[str, BarChart]]:
    """The title and chart of every service that was charged, all to one scale, with forecasts."""
    shown = {service: months[-MONTHS_SHOWN:] for service, months in water.items()}
    alone = {service: water_chart(months, service, data, with_forecast=True) for service, months in shown.items()}
    top = max((chart.top() for chart in alone.values() if chart), default=None)
    return [(title_of(service), replace(chart, scale_top=top)) for service, chart in alone.items() if chart]


def charges_chart(water: Mapping[str, Sequence[MonthOfWater]]) -> BarChart | None:
    """₽ charged by month and service; of two years given, the last one is drawn, the first stands beside it."""
    by_month = {months[0].period: months for months in zip(*water.values(), strict=True) if months}
    sums = {
        period: sum((m.amount for m in months), ZERO)
        for period, months in by_month.items()
        if any(m.volume is not None for m in months)
    }
    if not sums:
        return None
    bars = [
        Bar(
            month_short(period),
            period_text(period),
            sums.get(period),
            sums.get(period.shift(-12)),
            parts=[m.amount for m in by_month[period]] if period in sums else [],
        )
        for period in list(by_month)[-MONTHS_SHOWN:]
    ]
    last = list(by_month)[-1]
    return BarChart(
        bars,
        "₽",
        _compared(last, bars[-1].value, bars[-1].last_year, money_text),
        places=2,
        tick_label=_("a year before"),
        parts=[str(declaration(service).label) for service in water],
    )


def payments_chart(months: Sequence[MonthOfMoney]) -> BarChart | None:
    """₽ paid by month beside what was charged, with the balance at its end; None when nothing was ever booked."""
    if not any(month.charged or month.paid for month in months):
        return None
    bars = [
        Bar(
            month_short(month.period),
            period_text(month.period),
            month.paid,
            month.charged,
            words=[balance_words(month.balance)],
        )
        for month in months
    ]
    last = months[-1]
    summary = _("%(month)s: paid %(paid)s, charged %(charged)s; %(balance)s") % {
        "month": month_name(last.period).capitalize(),
        "paid": money_text(last.paid),
        "charged": money_text(last.charged),
        "balance": balance_words(last.balance),
    }
    return BarChart(bars, "₽", summary, places=2, value_label=_("paid"), tick_label=_("charged"))


def balance_words(balance: Decimal) -> str:
    """«долг 120,00 ₽», «аванс 20,00 ₽», «долга нет»."""
    if not balance:
        return _("no debt")
    text = _("debt %(sum)s") if balance > 0 else _("advance %(sum)s")
    return text % {"sum": money_text(abs(balance))}


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
