"""Which months are closed, for what comes from outside with a day in the past."""

import datetime as dt

from portal.billing.models import PeriodRun
from portal.billing.services.numbers import billed_until


def first_billed_day(opened_on: dt.date) -> dt.date | None:
    """The first day of the first month that is not closed, where an account opens before it; else None.

    Months closed before the account came to the portal were billed elsewhere: what they left is its opening balance.
    """
    closed = billed_until()
    return closed + dt.timedelta(days=1) if closed is not None and opened_on <= closed else None


def last_closed_month() -> dt.date | None:
    """The first day of the last closed month; None while nothing was closed."""
    last = PeriodRun.objects.active().newest()
    return last.period if last else None
