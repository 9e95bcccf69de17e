"""Context of every template: the company, the business date, whether it was moved."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.core import clock
from portal.core.look import COOKIE, Look
from portal.core.models import CompanySettings


def portal(request: HttpRequest) -> dict[str, object]:
    """`company` (lazy), `today`, `clock_moved`, `look`."""
    return {
        "company": SimpleLazyObject(CompanySettings.shown),
        "today": clock.today(),
        "clock_moved": clock.moved_to(),
        "look": Look.read(request.COOKIES.get(COOKIE, "")),
    }
