"""Context of the home page."""

from typing import Any

from django.http import HttpRequest

from cms_pages.core.rendering import page_context
from cms_pages.home.models import HomePage
from cms_pages.home.selectors import front_page
from portal.core import clock


@page_context(HomePage)
def home_context(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """The moment, and what is due, announced and new at it."""
    now = clock.now()
    return {"now": now, "front": front_page(page, now=now)}
