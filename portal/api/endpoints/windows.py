"""Windows for readings as answers show them."""

import datetime as dt

from portal.api.schemas import WindowOut
from portal.core.calendars import next_window


def window_out(day: dt.date) -> WindowOut:
    """The window that is open on a day, or opens next."""
    month = next_window(day)
    return WindowOut(opens_on=month.window_opens, closes_on=month.window_closes, is_open=month.window_is_open(day))
