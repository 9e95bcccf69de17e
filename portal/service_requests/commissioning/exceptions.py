"""Why a step of commissioning is not taken."""

import datetime as dt
from decimal import Decimal

from portal.service_requests.exceptions import StepRefused


class PlacePending(StepRefused):
    """An application for the same place is under way; `number` is its number."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class SerialPending(StepRefused):
    """An application for a meter with this number is under way, of whomever."""


class PassportMissing(StepRefused):
    """No page of the passport came with it."""


class MountedInFuture(StepRefused):
    """The day of mounting has not come yet."""


class DayUnsuitable(StepRefused):
    """The wanted day lies outside of what is allowed (both inclusive)."""

    def __init__(self, *, first: dt.date, last: dt.date) -> None:
        super().__init__(f"{first}…{last}")
        self.first = first
        self.last = last


class NotOffered(StepRefused):
    """The slot was not offered for this application."""


class MovedAlready(StepRefused):
    """A resident moves a visit once."""


class TooLateToMove(StepRefused):
    """The day of the visit has come."""


class VisitOver(StepRefused):
    """The agreed hours have passed: what came of the visit is entered instead."""


class VisitReasonMissing(StepRefused):
    """The company moves or cancels a visit for a reason that the resident reads."""


class BeforeVisitDay(StepRefused):
    """The certificate would be of a day before the agreed visit, of `day`, and nobody said that it was made earlier."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(str(day))
        self.day = day


class VisitNotOver(StepRefused):
    """The agreed hours have not passed."""


class ReasonsMissing(StepRefused):
    """The checklist has a point that fails, and no reason was chosen; `points` are the names of its fields."""

    def __init__(self, points: list[str]) -> None:
        super().__init__(", ".join(points))
        self.points = points


class BelowMounting(StepRefused):
    """The meter shows less than at its mounting, m³, and nothing is written about it."""

    def __init__(self, mounting: Decimal) -> None:
        super().__init__(str(mounting))
        self.mounting = mounting


class SealMissing(StepRefused):
    """A meter is put into service with a seal."""


class AlreadySigned(StepRefused):
    """The signed copy is there."""
