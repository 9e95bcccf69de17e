"""Reads about meters and readings. Other parts import from here."""

from portal.metering.selectors.arrivals import DayOfWindow, readings_by_day
from portal.metering.selectors.meters import (
    RESIDENTS_MAY_REPLACE,
    HistoryRow,
    MeterInWindow,
    Previous,
    ReadingWindow,
    accepted_readings,
    active_meters,
    all_meters,
    current_limits,
    histories,
    points_of,
    previous_values,
    reading_rows,
    reading_years,
    verified_again,
    volume_of,
    window,
)

__all__ = [
    "RESIDENTS_MAY_REPLACE",
    "DayOfWindow",
    "HistoryRow",
    "MeterInWindow",
    "Previous",
    "ReadingWindow",
    "accepted_readings",
    "active_meters",
    "all_meters",
    "current_limits",
    "histories",
    "points_of",
    "previous_values",
    "reading_rows",
    "reading_years",
    "readings_by_day",
    "verified_again",
    "volume_of",
    "window",
]
