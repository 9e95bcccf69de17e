"""What happens in a month, for tests of billing."""

import datetime as dt
from decimal import Decimal

from portal.accounts.models import Account
from portal.billing import services
from portal.billing.models import PeriodRun
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.metering.enums import ReadingSource
from portal.metering.models import Meter, Reading
from portal.metering.services import submit_reading

JANUARY, FEBRUARY, MARCH, APRIL = (Period(2026, month) for month in (1, 2, 3, 4))


def read(meter: Meter, value: str, day: dt.date) -> Reading:
    """A reading told by phone."""
    return submit_reading(
        meter=meter,
        value=Decimal(value),
        moment=dt.datetime.combine(day, dt.time(12), tzinfo=MOSCOW),
        source=ReadingSource.PHONE,
        confirmed_high=True,
    )


def close(period: Period) -> PeriodRun:
    """Close a month here and now."""
    return services.close_period(period=period, executor=services.Executor.INLINE)


def pay(account: Account, amount: str, day: dt.date) -> None:
    """Money that came in."""
    post_entry(
        NewEntry(
            account_id=account.pk,
            kind=EntryKind.PAYMENT,
            amount=-Decimal(amount),
            effective_on=day,
            key=f"payment:{account.pk}:{day}",
            source="payment",
        )
    )
