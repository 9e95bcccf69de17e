"""Context of the page of outages."""

from typing import Any

from django.http import HttpRequest

from cms_pages.core.rendering import page_context
from cms_pages.outages.models import OutagesPage
from cms_pages.outages.selectors import outages_board
from portal.core import clock


@page_context(OutagesPage)
def outages_context(page: OutagesPage, request: HttpRequest) -> dict[str, Any]:
    """Outages of now, planned and past, of the chosen street."""
    now, street = clock.now(), request.GET.get("street", "")
    return {"now": now, "board": outages_board(now=now, past_days=page.past_days, street=street)}
