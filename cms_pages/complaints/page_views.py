"""Contexts of the book's page and an entry's page."""

from typing import Any

from django.http import HttpRequest

from cms_pages.complaints.models import ComplaintPage, ComplaintsBookPage
from cms_pages.complaints.selectors import public_steps, published_complaints
from cms_pages.core.rendering import page_context
from portal.core import clock


@page_context(ComplaintsBookPage)
def complaints_book_context(page: ComplaintsBookPage, request: HttpRequest) -> dict[str, Any]:
    """The entries of the chosen state, kind, words and page."""
    query = request.GET.get("q", "").strip()[:100]
    chosen = {name: request.GET.get(name, "") for name in ("state", "kind", "page")}
    return {"query": query, "complaints": published_complaints(page, on=clock.today(), query=query, **chosen)}


@page_context(ComplaintPage)
def entry_context(page: ComplaintPage, _request: HttpRequest) -> dict[str, Any]:
    """The steps of the entry that everybody may see."""
    return {"public_steps": public_steps(page)}
