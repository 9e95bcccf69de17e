"""Context of the list of news."""

from typing import Any

from django.http import HttpRequest

from cms_pages.core.rendering import page_context
from cms_pages.news.models import NewsIndexPage
from cms_pages.news.selectors import news_list
from portal.core import clock


@page_context(NewsIndexPage)
def news_context(page: NewsIndexPage, request: HttpRequest) -> dict[str, Any]:
    """The news of the chosen year, category, words and page."""
    chosen = {name: request.GET.get(name, "") for name in ("year", "category", "page")}
    return {"listing": news_list(page, on=clock.today(), query=request.GET.get("q", ""), **chosen)}
