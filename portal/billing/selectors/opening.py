"""Which months are closed, for what comes from outside with a day in the past."""

import datetime as dt

from portal.billing.models import PeriodRun
from portal.core.periods import Period


def billed_until() -> dt.date | None:
    """The last day of the last closed period: nothing may begin on it or before. None: nothing was billed."""
    last = PeriodRun.objects.active().newest()
    return Period.of(last.period).last_day if last else None


def first_billed_day(opened_on: dt.date) -> dt.date | None:
    """The first day of the first month that is not closed, where an account opens before it; else None.

    Months closed before the account came to the portal were billed elsewhere: what they left is its opening balance.
    """
    closed = billed_until()
    return closed + dt.timedelta(days=1) if closed is not None and opened_on <= closed else None
