"""Meters as the cabinet shows them: the term of verification, the chart of one meter."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.accounts.models import Account
from portal.core.charts import Bar, BarChart
from portal.core.formatting import month_short, period_text, volume_text, volume_unit
from portal.core.periods import Period
from portal.metering.models import Meter, Reading
from portal.metering.selectors import HistoryRow, accepted_readings, all_meters

SOON = 90
DEFAULT_INTERVAL = 72
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class MeterSummary:
    """A meter with its last reading and the term of its verification, in days."""

    meter: Meter
    last: Reading | None
    days_left: int
    days_total: int

    @classmethod
    def of(cls, meter: Meter, last: Reading | None, today: dt.date) -> "MeterSummary":
        """The card on a day."""
        months = meter.type.interval_months if meter.type else DEFAULT_INTERVAL
        verified_on = Period.of(meter.verified_until).shift(-months).day(meter.verified_until.day)
        return cls(
            meter=meter,
            last=last,
            days_left=(meter.verified_until - today).days,
            days_total=(meter.verified_until - verified_on).days,
        )

    @property
    def days_gone(self) -> int:
        return self.days_total - max(self.days_left, 0)

    @property
    def kind(self) -> str:
        """Return how the bar looks: plain, warn when it is time to act, danger when it is over."""
        if self.days_left < 0:
            return "danger"
        return "warn" if self.days_left <= SOON else ""

    @property
    def expired(self) -> bool:
        return self.days_left < 0

    @property
    def expires_soon(self) -> bool:
        """Whether it is time to have the meter verified."""
        return 0 <= self.days_left <= SOON


def meter_cards(account: Account, *, today: dt.date) -> list[MeterSummary]:
    """All meters of an account (two queries)."""
    meters = list(all_meters(account))
    last: dict[int, Reading] = {}
    for reading in accepted_readings([meter.pk for meter in meters]):
        last.setdefault(reading.meter_id, reading)
    return [MeterSummary.of(meter, last.get(meter.pk), today) for meter in meters]


def chart_of(meter: Meter, rows: Sequence[HistoryRow]) -> BarChart | None:
    """Volumes of the last twelve months by reading, last year's beside them; None with fewer than two."""
    by_month: dict[Period, Decimal] = {}
    for row in rows:
        if row.volume is not None:
            month = Period.of(row.reading.taken_on)
            by_month[month] = by_month.get(month, Decimal(0)) + row.volume
    if len(by_month) < 2:
        return None
    last = max(by_month)
    months = [last.shift(-back) for back in reversed(range(MONTHS_SHOWN))]
    bars = [
        Bar(month_short(m), period_text(m), by_month.get(m), by_month.get(m.shift(-12)))
        for m in months
        if m >= min(by_month)
    ]
    summary = _("%(month)s: %(volume)s") % {
        "month": period_text(last).capitalize(),
        "volume": volume_text(by_month[last]),
    }
    return BarChart(bars, volume_unit(), summary, value_label=_("this year"), tick_label=_("a year before"))
