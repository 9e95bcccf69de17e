"""Reports on meters and readings."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.formatting import period_text
from portal.core.periods import Period
from portal.metering.enums import ReadingSource
from portal.metering.selectors import DayOfWindow, readings_by_day
from portal.office.common.forms import PeriodField
from portal.office.reports import column
from portal.office.reports.base import Report, ReportFilters, Total
from portal.office.reports.column import ReportColumn


def _this_month() -> Period:
    return Period.of(clock.today())


class ArrivalFilters(ReportFilters):
    """Of which month, and how the readings came."""

    month = PeriodField(label=_("Month"), required=False, initial=_this_month)
    source = forms.ChoiceField(label=_("How it came"), required=False, choices=[("", _("All")), *ReadingSource.choices])


def _count(month: int) -> Callable[[DayOfWindow], int | None]:
    return lambda row: row.counts[month]


def _total(month: int) -> Callable[[DayOfWindow], int | None]:
    return lambda row: row.totals[month]


class ReadingsByDay(Report):
    """Whether readings come as they did in the months before."""

    slug = "readings"
    page_title = _("Readings by day")
    description = _(
        "Accepted readings by the day on which they arrived, within the window of the month, beside the same days of "
        "the windows of the two months before. A reading that was replaced later is not counted."
    )
    empty = _("The month has no window for readings.")
    header_icon = "form"
    order = 20
    filters_class = ArrivalFilters
    columns: ClassVar[Sequence[ReportColumn]] = (
        column.count("number", _("Day of the window"), lambda row: row.number),
        column.day("day", _("Date"), lambda row: row.day),
        column.count("readings", _("Readings"), _count(0)),
        column.count("so_far", _("So far"), _total(0)),
        column.count("readings_1", _("A month before"), _count(1)),
        column.count("so_far_1", _("So far, a month before"), _total(1)),
        column.count("readings_2", _("Two months before"), _count(2)),
        column.count("so_far_2", _("So far, two months before"), _total(2)),
    )

    def rows(self, filters: dict[str, Any]) -> Sequence[DayOfWindow]:
        return readings_by_day(filters["month"], today=clock.today(), source=filters["source"])

    def totals(self, rows: Sequence[DayOfWindow], filters: dict[str, Any]) -> Sequence[Total]:
        """All that came by the last day which the month knows, and by the same day of the windows before."""
        last = next((row for row in reversed(rows) if row.totals[0] is not None), None)
        if last is None:
            return ()
        month, label = filters["month"], gettext("%(month)s, by day %(day)s of the window")
        return [
            Total(label % {"month": capfirst(period_text(period)), "day": last.number}, str(total))
            for period, total in zip((month, month.previous, month.previous.previous), last.totals, strict=True)
            if total is not None
        ]


REPORTS: tuple[type[Report], ...] = (ReadingsByDay,)
