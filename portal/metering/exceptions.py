"""Why a reading or a meter is not accepted. The texts for people: portal.metering.messages."""

import datetime as dt
from decimal import Decimal


class ReadingRefused(Exception):
    """The root of every refusal of a reading."""


class ReadingWindowClosed(ReadingRefused):
    """Residents send readings inside the window only."""

    def __init__(self, *, opens_on: dt.date, closes_on: dt.date) -> None:
        super().__init__(f"the window opens on {opens_on}")
        self.opens_on = opens_on
        self.closes_on = closes_on


class TooManyDecimals(ReadingRefused):
    """More than three places."""


class TooManyDigits(ReadingRefused):
    """More whole digits than the meter has."""

    def __init__(self, *, digits: int) -> None:
        super().__init__(f"the meter has {digits} digits")
        self.digits = digits


class NegativeValue(ReadingRefused):
    """Below zero."""


class LowerThanPrevious(ReadingRefused):
    """Lower than the last accepted reading, and no rollover was confirmed."""

    def __init__(self, *, previous: Decimal, taken_on: dt.date, may_be_rollover: bool) -> None:
        super().__init__(f"lower than {previous}")
        self.previous = previous
        self.taken_on = taken_on
        self.may_be_rollover = may_be_rollover


class HigherThanNext(ReadingRefused):
    """A reading entered for a day in the past is higher than the one accepted after that day."""

    def __init__(self, *, following: Decimal, taken_on: dt.date) -> None:
        super().__init__(f"higher than {following}")
        self.following = following
        self.taken_on = taken_on


class UnusuallyHigh(ReadingRefused):
    """Far above the usual; accepted and flagged once the resident confirms. Both in m³ for the same span."""

    def __init__(self, *, volume: Decimal, usual: Decimal) -> None:
        super().__init__(f"{volume} where {usual} is usual")
        self.volume = volume
        self.usual = usual


class HighWithoutHistory(UnusuallyHigh):
    """Far above what households use, while the meter has no usual consumption yet; `usual` is the company's limit."""


class AboveMaximumFlow(ReadingRefused):
    """More than can pass the meter at its maximum flow since its last reading; an engineer may enter it with a reason.

    `volume` and `possible` in m³ since `since` (inclusive), `flow` in m³ an hour.
    """

    def __init__(self, *, volume: Decimal, possible: Decimal, since: dt.date, flow: Decimal) -> None:
        super().__init__(f"{volume} where {possible} is possible")
        self.volume = volume
        self.possible = possible
        self.since = since
        self.flow = flow


class ControlReadingStands(ReadingRefused):
    """Staff took a control reading on the same day; a resident does not replace it."""

    def __init__(self, *, value: Decimal, taken_on: dt.date) -> None:
        super().__init__(f"control reading {value} of {taken_on}")
        self.value = value
        self.taken_on = taken_on


class LaterReadingStands(ReadingRefused):
    """The resident sent another reading of the same window on a later day; that one stays."""

    def __init__(self, *, value: Decimal, taken_on: dt.date) -> None:
        super().__init__(f"reading {value} of {taken_on}")
        self.value = value
        self.taken_on = taken_on


class MeterClosed(ReadingRefused):
    """The meter was closed before the day of the reading."""


class NotCountingYet(ReadingRefused):
    """The meter's volume counts from a later day."""

    def __init__(self, *, counts_from: dt.date) -> None:
        super().__init__(f"counts from {counts_from}")
        self.counts_from = counts_from


class MonthPassed(ReadingRefused):
    """A reading of an earlier month was billed: only a new reading or a recalculation corrects it."""


class MeterRefused(Exception):
    """The root of every refusal to register, commission or close a meter."""


class ServiceNotMetered(MeterRefused):
    """Meters measure cold and hot water only."""


class SerialNumberTaken(MeterRefused):
    """An active meter of this service has the number; `same_account` says whether it is the applicant's own."""

    def __init__(self, *, same_account: bool) -> None:
        super().__init__("the serial number is taken")
        self.same_account = same_account


class FinalReadingLower(MeterRefused):
    """The old meter's final reading is below its last accepted one, m³."""

    def __init__(self, *, previous: Decimal, taken_on: dt.date) -> None:
        super().__init__(f"below {previous}")
        self.previous = previous
        self.taken_on = taken_on


class ClosedBeforeLastReading(MeterRefused):
    """The meter was read after the day on which it is said to have been closed."""

    def __init__(self, *, taken_on: dt.date) -> None:
        super().__init__(f"read on {taken_on}")
        self.taken_on = taken_on


class VerificationExpired(MeterRefused):
    """The verification had ended by the day."""


class StartReadingRefused(MeterRefused):
    """The reading for the 1st comes too early, too late, below the certificate's, or after readings were sent."""
