"""Several checks at once, for a form that shows everything that is wrong."""

from collections.abc import Callable, Iterable

from portal.metering.exceptions import MeterRefused, ReadingRefused
from portal.service_requests.exceptions import StepRefused

Refusal = StepRefused | MeterRefused | ReadingRefused
REFUSED = (StepRefused, MeterRefused, ReadingRefused)


def refusals_by(checks: Iterable[Callable[[], object]]) -> list[Refusal]:
    """Return what each of the checks refuses, in their order."""
    refusals: list[Refusal] = []
    for check in checks:
        try:
            check()
        except REFUSED as refusal:
            refusals.append(refusal)
    return refusals
