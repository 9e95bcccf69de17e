"""django-q2 entry points."""

from portal.api import idempotency
from portal.core import clock


def sweep_answers() -> int:
    """Delete answers to repeatable requests that are older than a day."""
    return idempotency.sweep(moment=clock.real_now())
