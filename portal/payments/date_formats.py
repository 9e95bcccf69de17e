"""Formats of dates in the bank files' templates."""

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EXAMPLE_DAY = dt.date(2026, 12, 31)


def check_date_format(text: str) -> None:
    """Refuse a format that does not give a date back, or has the month before the day (a date of the USA)."""
    written = EXAMPLE_DAY.strftime(text)
    try:
        read = dt.datetime.strptime(written, text).date()  # noqa: DTZ007 (a day without a moment)
    except ValueError:
        read = None
    if read != EXAMPLE_DAY or re.search(r"%m\W*%d\W*%[Yy]", text):
        raise ValidationError(
            _("With this format %(day)s is written “%(written)s”: day, month and year are needed, as written here."),
            params={"day": f"{EXAMPLE_DAY:%d.%m.%Y}", "written": written},
        )
