"""Why a step of dispatch is not taken."""

from portal.service_requests.exceptions import StepRefused


class TooManyPhotos(StepRefused):
    """More than five photos."""


class ReasonMissing(StepRefused):
    """A rejection says why."""


class CrewMissing(StepRefused):
    """Nobody is assigned."""


class ReopenedAlready(StepRefused):
    """A request is reopened once."""


class MomentMissing(StepRefused):
    """A term without its day and hour, or one that is past."""


class WordsMissing(StepRefused):
    """A comment without words."""
