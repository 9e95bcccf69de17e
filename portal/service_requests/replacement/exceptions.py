"""Why a step of replacement is not taken."""

from portal.service_requests.exceptions import StepRefused


class PriceUnknown(StepRefused):
    """No price of replacement is published."""


class CertificateMissing(StepRefused):
    """The certificate itself did not come with it."""


class CertificatePending(StepRefused):
    """One is being checked already."""


class NotInOrder(StepRefused):
    """A point of the checklist fails: our own meter is put right before we leave; `points` name the fields."""

    def __init__(self, points: list[str]) -> None:
        super().__init__(", ".join(points))
        self.points = points


class VerifiedInFuture(StepRefused):
    """The day of the verification has not come yet."""
