"""Why a step of dispatch is not taken."""

from typing import TYPE_CHECKING

from portal.service_requests.exceptions import PhoneNotUnderstood, StepRefused

if TYPE_CHECKING:
    from portal.service_requests.dispatch.models import DispatchRequest


class TooManyPhotos(StepRefused):
    """More than five photos."""


class SimilarRequestExists(StepRefused):
    """The same login asked about the same place some minutes ago; `existing` is that request."""

    def __init__(self, existing: "DispatchRequest") -> None:
        super().__init__(existing.number)
        self.existing = existing


class ReasonMissing(StepRefused):
    """A rejection says why."""


class NothingCorrected(StepRefused):
    """Raised when nothing differs from what is stored."""


class PhoneMissing(PhoneNotUnderstood):
    """A request needs a number to call back, unless its caller gave none and the dispatcher says so."""


class CrewMissing(StepRefused):
    """Nobody is assigned."""


class ReopenedAlready(StepRefused):
    """A request is reopened once."""


class MomentMissing(StepRefused):
    """A term without its day and hour, or one that is past."""


class WordsMissing(StepRefused):
    """A comment without words."""
