"""Reads about news."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import ExtractYear

from cms_pages.core.russian import normal_words
from cms_pages.core.selectors import filter_by_query
from cms_pages.news.models import NewsCategory, NewsIndexPage, NewsPage

PER_PAGE = 12


@dataclass(frozen=True, slots=True)
class NewsList:
    """One page of the list with what it may be filtered by."""

    news: ListPage
    years: list[tuple[str, str]]
    categories: list[tuple[str, str]]
    filtered: bool


def published_news() -> QuerySet[NewsPage]:
    """Published news, newest first, with category and picture."""
    return (
        NewsPage.objects.live()
        .public()
        .order_by("-date", "-pk")
        .select_related("category", "picture")
        .prefetch_related("picture__renditions")
    )


def important_first(news: QuerySet[NewsPage], *, on: dt.date) -> QuerySet[NewsPage]:
    """Return what is important on a day on top, then by date."""
    on_top = Case(When(important_until__gte=on, then=Value(0)), default=Value(1), output_field=IntegerField())
    return news.annotate(on_top=on_top).order_by("on_top", "-date", "-pk")


def latest_news(*, on: dt.date, count: int) -> list[NewsPage]:
    """The news of the home page."""
    news = NewsPage.objects.live().select_related("category")
    return list(important_first(news, on=on)[:count])


def news_list(
    index: NewsIndexPage, *, on: dt.date, year: str = "", category: str = "", query: str = "", page: str = ""
) -> NewsList:
    """The news of a year and a category that hold all words of a query, in any form.

    What is not a year or a category filters nothing.
    """
    published: Any = published_news()
    news = published.child_of(index)
    live: Any = NewsPage.objects.live()  # Wagtail's own query set is not in the stubs
    dates = live.child_of(index).annotate(year=ExtractYear("date"))
    years = [str(year) for year in dates.values_list("year", flat=True).distinct().order_by("-year")]
    categories = list(NewsCategory.objects.values_list("slug", "name"))
    filtered = False
    if year in years:
        news, filtered = news.filter(date__year=int(year)), True
    if category in dict(categories):
        news, filtered = news.filter(category__slug=category), True
    if normal_words(query):
        news, filtered = filter_by_query(news, query), True
    if not filtered:
        news = important_first(news, on=on)
    return NewsList(
        news=Paginator(news, PER_PAGE).get_page(page),
        years=[(year, year) for year in years],
        categories=categories,
        filtered=filtered,
    )


def neighbours(page: NewsPage) -> tuple[NewsPage | None, NewsPage | None]:
    """The news before and after one, by date."""
    siblings = NewsPage.objects.live().exclude(pk=page.pk)
    earlier = siblings.filter(date__lte=page.date).order_by("-date", "-pk").first()
    later = siblings.filter(date__gt=page.date).order_by("date", "pk").first()
    return earlier, later
