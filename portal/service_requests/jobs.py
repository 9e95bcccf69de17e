"""django-q2 entry points: one call of a service each."""

from portal.core import clock
from portal.service_requests.dispatch import services as dispatch


def close_unanswered() -> int:
    """Close requests that were done days ago and nobody answered."""
    return dispatch.close_unanswered(moment=clock.now())
