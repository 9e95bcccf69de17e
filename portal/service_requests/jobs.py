"""django-q2 entry points: one call of a service each."""

from portal.core import clock
from portal.service_requests.commissioning import services as commissioning
from portal.service_requests.crews import services as crews
from portal.service_requests.dispatch import services as dispatch
from portal.service_requests.replacement import services as replacement
from portal.service_requests.terms import RequestTerms


def close_unanswered() -> int:
    """Close requests that were done days ago and nobody answered."""
    return dispatch.close_unanswered(moment=clock.now())


def settle_missed_visits() -> int:
    """Put into service what we did not come to."""
    return commissioning.settle_missed_visits(now=clock.now())


def open_calendar() -> int:
    """Open the crews' slots ahead."""
    return crews.open_calendar(first=clock.today(), days=RequestTerms.load().calendar_days)


def watch_verifications() -> int:
    """Propose replacements and warn of verifications that end."""
    return replacement.watch(moment=clock.now())
