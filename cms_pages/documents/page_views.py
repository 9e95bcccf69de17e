"""Contexts of the lists of documents and of the page of norms."""

from typing import Any

from django.http import HttpRequest

from cms_pages.core.rendering import page_context
from cms_pages.documents.models import DocumentsIndexPage, NormsPage
from cms_pages.documents.selectors import document_list, norm_table
from portal.core import clock


@page_context(DocumentsIndexPage)
def documents_context(_page: DocumentsIndexPage, request: HttpRequest) -> dict[str, Any]:
    """The documents of the chosen kind, words and page."""
    query = request.GET.get("q", "").strip()[:100]
    kind, number = request.GET.get("kind", ""), request.GET.get("page", "")
    return {"query": query, "listing": document_list(query=query, kind=kind, page=number, on=clock.today())}


@page_context(NormsPage)
def norms_context(_page: NormsPage, _request: HttpRequest) -> dict[str, Any]:
    """The norms that are in force today."""
    return {"norms": norm_table(on=clock.today())}
