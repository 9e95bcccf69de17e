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
    """The current time, the contents of the front page and the visitor's own accounts."""
    now = clock.now()
    own = own_accounts(request.user, today=now.date())
    front = front_page(page, now=now)
    all_sent = bool(own) and not any(own_account.readings_due for own_account in own)
    return {"now": now, "front": front, "own": own, "readings_sent": all_sent and front.hero.is_readings}
