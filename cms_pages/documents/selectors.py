"""Reads about documents: the list with search, norms as the calculation uses them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, Max, QuerySet, Value, When

from cms_pages.core.russian import SnippetPart, normal_words, snippet
from cms_pages.core.selectors import filter_by_query
from cms_pages.documents.enums import DocumentKind, LinkState
from cms_pages.documents.models import DocumentPage, Edition, NormsPage, SourceLink
from portal.accounts.enums import Service
from portal.billing.selectors.published import norm_history

PER_PAGE = 20
MARK_DAYS = 30


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of the list; `snippet` is where the query was found."""

    page: DocumentPage
    updated: bool
    snippet: list[SnippetPart]


@dataclass(frozen=True, slots=True)
class DocumentList:
    """One page of the list."""

    rows: list[DocumentRow]
    pages: ListPage
    kinds: list[tuple[str, str]]
    norms: NormsPage | None


def published_documents() -> QuerySet[DocumentPage]:
    """Published documents: laws first, then the company's, by date of the act."""
    order = Case(
        *[When(kind=kind, then=Value(index)) for index, kind in enumerate(DocumentKind.values)],
        output_field=IntegerField(),
    )
    return (
        DocumentPage.objects.live()
        .public()
        .annotate(kind_order=order)
        .order_by("kind_order", "-act_date", "title")
        .defer("file_text")
        .select_related("file")
    )


def is_updated(page: DocumentPage, on: dt.date) -> bool:
    """Whether the list marks a document as updated on a day."""
    return page.updated_on is not None and dt.timedelta(0) <= on - page.updated_on <= dt.timedelta(days=MARK_DAYS)


def document_list(*, query: str, kind: str, page: str, on: dt.date) -> DocumentList:
    """Documents of a kind that hold all words of a query, in any form, in title, text or file."""
    documents = published_documents()
    kinds_there = set(DocumentPage.objects.live().values_list("kind", flat=True))
    kinds = [(value, str(label)) for value, label in DocumentKind.choices if value in kinds_there]
    if kind in kinds_there:
        documents = documents.filter(kind=kind)
    query_words = normal_words(query)
    listing = Paginator(filter_by_query(documents, query), PER_PAGE).get_page(page)
    rows = [
        DocumentRow(document, is_updated(document, on), snippet(document.plain_text(), query) if query_words else [])
        for document in listing.object_list
    ]
    norms = NormsPage.objects.live().first() if not query_words and not kind else None
    return DocumentList(rows, listing, kinds, norms)


@dataclass(frozen=True, slots=True)
class NormRow:
    """A norm from a day until the day before the next, m³ for a person in a month."""

    service: str
    value: Decimal
    since: dt.date
    until: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class NormTable:
    """Norms in force and earlier ones."""

    now: list[NormRow]
    earlier: list[NormRow]


def norm_table(*, on: dt.date) -> NormTable:
    """Every norm with its dates, those in force on a day apart (one query)."""
    by_service: dict[str, list[NormRow]] = {}
    now: list[NormRow] = []
    earlier: list[NormRow] = []
    for norm in norm_history():
        rows = by_service.setdefault(norm.service, [])
        until = rows[-1].since - dt.timedelta(days=1) if rows else None
        row = NormRow(str(Service(norm.service).label), norm.value, norm.valid_from, until, norm.source)
        rows.append(row)
        in_force = row.since <= on and (row.until is None or on <= row.until)
        (now if in_force else earlier).append(row)
    order = [str(service.label) for service in Service]
    return NormTable(sorted(now, key=lambda row: order.index(row.service)), earlier)


def dead_links() -> QuerySet[SourceLink]:
    """Official addresses that did not answer when they were looked at last."""
    return SourceLink.objects.filter(state=LinkState.DEAD).order_by("failing_since")


def source_links(*, state: str = "", query: str = "") -> QuerySet[SourceLink]:
    """Official addresses of a state, with some letters in them; dead ones on top, the longest dead first."""
    links = SourceLink.objects.all()
    if state in LinkState.values:
        links = links.filter(state=state)
    if query:
        links = links.filter(url__icontains=query)
    return links.order_by(F("failing_since").asc(nulls_last=True), "url")


@dataclass(frozen=True, slots=True)
class LinkRow:
    """An official address with the documents that name it."""

    link: SourceLink
    pages: list[DocumentPage]


def with_pages(links: Iterable[SourceLink]) -> list[LinkRow]:
    """Each link with the documents that name it, as their source or an edition's (two queries)."""
    checked = list(links)
    urls = [link.url for link in checked]
    by_url: dict[str, list[DocumentPage]] = {}
    named = DocumentPage.objects.filter(official_url__in=urls).defer("file_text")
    for page in named:
        by_url.setdefault(page.official_url, []).append(page)
    for edition in Edition.objects.filter(url__in=urls).select_related("page"):
        by_url.setdefault(edition.url, []).append(edition.page)
    return [LinkRow(link, by_url.get(link.url, [])) for link in checked]


def last_look() -> dt.datetime | None:
    """Return when an address was last looked at."""
    moment: dt.datetime | None = SourceLink.objects.aggregate(last=Max("checked_at"))["last"]
    return moment
