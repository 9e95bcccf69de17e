"""Why an outage is not announced or changed."""

from portal.service_requests.exceptions import StepRefused


class NobodyHit(StepRefused):
    """No house of ours lies in the scope."""


class OutageEndUnchanged(StepRefused):
    """The new end is the old one."""


class EndBeforeStart(StepRefused):
    """It would end before it begins."""


class BeganTooLongAgo(StepRefused):
    """It began so long ago that it can only be a typing error."""


class EndsTooLate(StepRefused):
    """Its expected end is so far ahead that it can only be a typing error."""


class EndInFuture(StepRefused):
    """The water cannot be back at a moment that has not come."""
