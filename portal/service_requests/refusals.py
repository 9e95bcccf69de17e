"""Several checks at once, for a form that shows everything that is wrong."""

from collections.abc import Callable, Iterable

from portal.metering.commissioning import CommissioningRefused
from portal.metering.exceptions import ReadingRefused
from portal.service_requests.exceptions import StepRefused

Refusal = StepRefused | CommissioningRefused | ReadingRefused
REFUSED = (StepRefused, CommissioningRefused, ReadingRefused)


def refusals_by(checks: Iterable[Callable[[], object]]) -> list[Refusal]:
    """What each of the checks refuses, in their order."""
    found: list[Refusal] = []
    for check in checks:
        try:
            check()
        except REFUSED as refusal:
            found.append(refusal)
    return found
