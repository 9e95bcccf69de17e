"""Why a step of replacement is not taken."""

from portal.service_requests.exceptions import StepRefused


class PriceUnknown(StepRefused):
    """No price of replacement is published."""


class CertificateMissing(StepRefused):
    """The certificate itself did not come with it."""


class CertificatePending(StepRefused):
    """One is being checked already."""


class VerifiedInFuture(StepRefused):
    """The day of the verification has not come yet."""
