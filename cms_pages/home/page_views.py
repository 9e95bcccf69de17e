"""Context of the home page."""

from typing import Any

from django.http import HttpRequest

from cms_pages.core.rendering import page_context
from cms_pages.home.models import HomePage
from cms_pages.home.own import own_accounts
from cms_pages.home.selectors import front_page
from portal.core import clock


@page_context(HomePage)
def home_context(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """The moment, and what is due, announced and new at it."""
    now = clock.now()
    own = own_accounts(request.user, today=now.date())
    front = front_page(page, now=now)
    sent = bool(own) and not any(own_account.readings_due for own_account in own)
    return {"now": now, "front": front, "own": own, "readings_sent": sent and front.hero.is_readings}
