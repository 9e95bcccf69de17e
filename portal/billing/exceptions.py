"""Exceptions of billing. Their texts are declared in `messages`."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from portal.core.periods import Period

if TYPE_CHECKING:
    from portal.billing.selectors.setup import SetupGap


class BillingRefused(Exception):
    """The root of every refusal."""


class RateAlreadyBilled(BillingRefused):
    """A rate may not begin on a day that is billed: publish one with a later date."""

    def __init__(self, *, service: str, valid_from: dt.date, billed_until: dt.date) -> None:
        super().__init__(f"{service} from {valid_from}: billed until {billed_until}")
        self.service = service
        self.valid_from = valid_from
        self.billed_until = billed_until


class RateNotPositive(BillingRefused):
    """A rate of zero or less."""

    def __init__(self, *, service: str) -> None:
        super().__init__(service)
        self.service = service


class PeriodNotOver(BillingRefused):
    """The closing day of the period has not come."""

    def __init__(self, *, period: Period, closing_day: dt.date) -> None:
        super().__init__(f"{period} closes on {closing_day}")
        self.period = period
        self.closing_day = closing_day


class SetupIncomplete(BillingRefused):
    """The company has not entered yet what a month cannot be billed without; `gaps` is not empty."""

    def __init__(self, *, period: Period, gaps: "Sequence[SetupGap]") -> None:
        super().__init__(", ".join(dict.fromkeys(gap.step.value for gap in gaps)))
        self.period = period
        self.gaps = gaps


class PreviewNeeded(BillingRefused):
    """A month of many accounts is closed after its preview: there is none, or the facts have changed since."""

    def __init__(self, *, period: Period) -> None:
        super().__init__(str(period))
        self.period = period


class OutOfTheOrdinary(BillingRefused):
    """The closing is above the company's limits: it needs somebody's word with a reason."""

    def __init__(self, *, period: Period) -> None:
        super().__init__(str(period))
        self.period = period


class ClosingHeld(BillingRefused):
    """The timetable's closing waits until somebody says that it is right; `review` is the key of what waits."""

    def __init__(self, *, period: Period, review: int) -> None:
        super().__init__(f"{period}, review {review}")
        self.period = period
        self.review = review


class CorrectionTooEarly(BillingRefused):
    """A correction for a month before the account was opened, or longer ago than claims last; from `earliest` on."""

    def __init__(self, *, earliest: Period) -> None:
        super().__init__(str(earliest))
        self.earliest = earliest


class CorrectionInFuture(BillingRefused):
    """A correction for a month that has not come yet."""


class ClosingUndone(BillingRefused):
    """Somebody took a closing back: the timetable leaves the month to people; `run` is the key of what was undone."""

    def __init__(self, *, period: Period, run: int) -> None:
        super().__init__(f"{period}, run {run}")
        self.period = period
        self.run = run


class WorkdayYearMissing(BillingRefused):
    """The working-day calendar of the year in which the period falls due was not entered."""

    def __init__(self, *, year: int) -> None:
        super().__init__(str(year))
        self.year = year


class EarlierPeriodOpen(BillingRefused):
    """Periods close in order: an earlier one still waits."""

    def __init__(self, *, period: Period) -> None:
        super().__init__(str(period))
        self.period = period


class LaterPeriodClosed(BillingRefused):
    """A later period was closed already."""

    def __init__(self, *, period: Period) -> None:
        super().__init__(str(period))
        self.period = period


class RecalculatedSince(BillingRefused):
    """Accounts were recalculated on demand since: what was booked for them rests on this closing."""

    def __init__(self, *, period: Period, count: int) -> None:
        super().__init__(f"{period}: {count}")
        self.period = period
        self.count = count


class NothingToReverse(BillingRefused):
    """The period is not closed."""


class ReportTooLong(BillingRefused):
    """A tampering report covers three months at most (Rules 354, п. 62)."""

    def __init__(self, *, earliest: dt.date) -> None:
        super().__init__(str(earliest))
        self.earliest = earliest


class ReportOverlaps(BillingRefused):
    """Another report of the service covers a day of it: nobody pays for a day twice."""

    def __init__(self, *, number: str, since: dt.date, until: dt.date) -> None:
        super().__init__(number)
        self.number = number
        self.since = since
        self.until = until


class ReportInFuture(BillingRefused):
    """A report is entered once it was drawn up."""


class ServiceNotCharged(BillingRefused):
    """The account was not supplied with the service in the days of a report."""


class MonthsClosed(BillingRefused):
    """A dated number may not begin on a day that was counted already; `earliest` is the first day that is open."""

    def __init__(self, *, earliest: dt.date) -> None:
        super().__init__(str(earliest))
        self.earliest = earliest


class NormMissing(BillingRefused):
    """Months from `first` to `last` (inclusive) would have no norm, though the service is supplied in them."""

    def __init__(self, *, service: str, first: Period, last: Period) -> None:
        super().__init__(f"{service}: {first} to {last}")
        self.service = service
        self.first = first
        self.last = last


class KeyRateInFuture(BillingRefused):
    """A key rate is entered on its day or later: until then it may still change."""

    def __init__(self, *, valid_from: dt.date) -> None:
        super().__init__(str(valid_from))
        self.valid_from = valid_from


class NothingToRecalculate(BillingRefused):
    """The closed months come to what stands charged."""


class ReversalUnfinished(BillingRefused):
    """A reversal of the period stopped halfway: reverse it again to finish."""

    def __init__(self, *, period: Period) -> None:
        super().__init__(str(period))
        self.period = period


class NumberUsed(BillingRefused):
    """A closing has used the number: it stays, and another one begins on `earliest` or later."""

    def __init__(self, *, period: Period, earliest: dt.date, what: str) -> None:
        super().__init__(f"{what} {period}: {earliest}")
        self.period = period
        self.earliest = earliest
        self.what = what


class NumberGone(BillingRefused):
    """The number was withdrawn or changed meanwhile."""


class NumberStands(BillingRefused):
    """Another number of the kind counts from this day already."""


class NumberOutOfBounds(BillingRefused):
    """A value that no such number can have; the bounds are inclusive."""

    def __init__(self, *, value: Decimal, least: Decimal, most: Decimal) -> None:
        super().__init__(f"{value}: {least} to {most}")
        self.value = value
        self.least = least
        self.most = most


class RateOutOfBounds(NumberOutOfBounds):
    """A price that no service can have."""

    def __init__(self, *, service: str, value: Decimal, least: Decimal, most: Decimal) -> None:
        super().__init__(value=value, least=least, most=most)
        self.service = service


class DueDayCounted(BillingRefused):
    """The day would move the due day of a closed month, by which penalties were counted."""

    def __init__(self, *, period: Period, due_on: dt.date) -> None:
        super().__init__(f"{period}: {due_on}")
        self.period = period
        self.due_on = due_on


class ServiceWasCharged(BillingRefused):
    """A closing charged the service within its days: its entry stays, the service ends or begins by another day."""

    def __init__(self, *, period: Period) -> None:
        super().__init__(str(period))
        self.period = period


class StepNotRegistered(Exception):
    """No app registered what a step of the month does: a mistake in the code, shown as a failed step."""

    def __init__(self, *, step: str) -> None:
        super().__init__(step)
        self.step = step
