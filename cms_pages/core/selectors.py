"""Menus, the banner, and search over all pages."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import Promise
from wagtail.blocks import StructValue
from wagtail.models import Page

from cms_pages.core.models import BasePage, EmergencyBanner, Navigation
from cms_pages.core.russian import SnippetPart, normal_words, snippet
from portal.core import cache_version
from portal.core.sections import FOOTER, MENU, TASKS, PortalTask

PER_PAGE = 10
TASKS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A link of a menu."""

    url: str
    title: str | Promise
    icon: str


@dataclass(frozen=True, slots=True)
class Menus:
    """The header's links and the footer's."""

    header: tuple[MenuLink, ...]
    footer: tuple[MenuLink, ...]


def link_url(value: StructValue) -> str:
    """Return where a link block leads; empty when its page is gone or not published."""
    page = value.get("page")
    if page is not None:
        return page.url or "" if page.live else ""
    return str(value.get("address", ""))


def _links(blocks: object) -> tuple[MenuLink, ...]:
    icons = {section.url: section.icon for section in FOOTER}
    links = []
    for block in blocks:  # type: ignore[attr-defined]  # a stream value iterates over its blocks
        url = link_url(block.value)
        if url:
            links.append(MenuLink(url, block.value["title"], icons.get(url, "chevron-right")))
    return tuple(links)


def _edited_menus() -> Menus:
    navigation = Navigation.load()
    return Menus(_links(navigation.menu), _links(navigation.footer))


def menus() -> Menus:
    """Both menus as editors set them, or the site's sections.

    Cached for a minute, or until something public changes.
    """
    edited = cache_version.cached("menus", _edited_menus)
    own = lambda sections: tuple(MenuLink(s.url, s.title, s.icon) for s in sections)  # noqa: E731 - used twice below
    return Menus(edited.header or own(MENU), edited.footer or own(FOOTER))


def banner_at(moment: dt.datetime) -> EmergencyBanner | None:
    """The banner that is shown at a moment, if any (cached for a minute, or until something public changes)."""
    banner: EmergencyBanner = cache_version.cached("banner", EmergencyBanner.load)
    return banner if banner.is_on(moment) else None


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page in the results of a search."""

    page: BasePage
    title: list[SnippetPart]
    text: list[SnippetPart]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Results of a search."""

    query: str
    pages: ListPage | None
    results: list[PageResult]
    total: int
    tasks: tuple[PortalTask, ...] = ()


def live_pages() -> QuerySet[Page]:
    """Published pages below home, open to everybody."""
    return Page.objects.live().public().filter(depth__gt=1)


def filter_by_query(pages: QuerySet[Any], query: str) -> QuerySet[Any]:
    """Pages of one kind that hold all words of a query, in any form; all of them when it has no words."""
    words = normal_words(query)
    if not words:
        return pages
    live: Any = pages.model.objects.live()  # Wagtail's search is not in the stubs
    results = live.search(" ".join(words), operator="and", order_by_relevance=False)
    return pages.filter(pk__in=[page.pk for page in results[:500]])


def _tasks(words: list[str]) -> tuple[PortalTask, ...]:
    """Return the tasks that a query asks for, by words in dictionary form; those that fit more words first."""
    fitting = [(len(task.keywords.intersection(words)), task) for task in TASKS]
    best = sorted((pair for pair in fitting if pair[0]), key=lambda pair: -pair[0])
    return tuple(task for _count, task in best[:TASKS_SHOWN])


def search_site(*, query: str, page: str = "") -> SearchResult:
    """Return what can be done (`tasks`), then pages that hold all words of the query, in whatever form; the best first.

    Words are compared in dictionary form, so that both databases find the same.
    """
    words = normal_words(query)[:12]
    if not words:
        return SearchResult(query, None, [], 0)
    tasks = _tasks(words)
    pages: Any = live_pages()  # Wagtail's search is not in the stubs
    results = pages.search(" ".join(words), operator="and", order_by_relevance=True)
    listing = Paginator(results, PER_PAGE).get_page(page)
    specific = {result.pk: result.specific for result in listing.object_list}
    snippets = [
        PageResult(result, snippet(result.title, query, length=160), snippet(result.plain_text(), query))
        for result in specific.values()
        if isinstance(result, BasePage)
    ]
    return SearchResult(query, listing, snippets, listing.paginator.count, tasks)
