"""Numbers of readings for Prometheus."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from prometheus_client import Counter

from portal.core import metrics  # noqa: F401  # chooses where is counted, before the first metric is made
from portal.metering.exceptions import ReadingRefused

READINGS_REFUSED = Counter("portal_readings_refused", "Readings that were not accepted, by reason.", ["reason"])

P = ParamSpec("P")
T = TypeVar("T")


def counting_refusals(accept: Callable[P, T]) -> Callable[P, T]:
    """Count what a function refuses to accept; the reason is the name of the exception."""

    @wraps(accept)
    def counted(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return accept(*args, **kwargs)
        except ReadingRefused as refusal:
            READINGS_REFUSED.labels(type(refusal).__name__).inc()
            raise

    return counted
