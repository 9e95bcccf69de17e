"""Reading the words of files, and looking whether official sources still answer."""

import datetime as dt
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from cms_pages.documents.enums import LinkState
from cms_pages.documents.models import DocumentPage, Edition, SourceLink

logger = logging.getLogger(__name__)
MAX_PAGES = 400
MAX_WORDS = 400_000
TIMEOUT_SECONDS = 15
HEADERS = {"User-Agent": "vodokanal-portal link check"}
AT_A_TIME = 8
ALIVE_BELOW = 400
Fetch = Callable[[str], int]


def _pdf_words(page: DocumentPage) -> str:
    document: Any = page.file
    try:
        with document.file.open("rb") as content:
            reader = PdfReader(content)
            parts = [part.extract_text() or "" for part in reader.pages[:MAX_PAGES]]
    except (PyPdfError, OSError, ValueError, KeyError, RecursionError):
        logger.warning("The words of document page %s's file could not be read", page.pk)
        return ""
    return " ".join(" ".join(parts).split())[:MAX_WORDS]


def read_file_words(page: DocumentPage) -> None:
    """Put the words of the page's PDF beside it, once per file; a file without text leaves none."""
    if page.file is None:
        page.file_words, page.file_read = "", ""
        return
    mark = page.file.get_file_hash() or f"{page.file_id}"
    if page.file_read == mark:
        return
    page.file_words = _pdf_words(page) if page.file.file_extension == "pdf" else ""
    page.file_read = mark


@dataclass(frozen=True, slots=True)
class LinksLooked:
    """What a look at the links found."""

    alive: int
    dead: int


def _status(url: str) -> int:
    """The HTTP status of an address, redirects followed; the body is not read. Raises requests' exceptions."""
    with requests.get(url, headers=HEADERS, timeout=TIMEOUT_SECONDS, stream=True) as answer:
        return answer.status_code


def _look(url: str, fetch: Fetch) -> tuple[str, str]:
    """State and detail of one address."""
    if not url.startswith(("https://", "http://")):
        return LinkState.DEAD, "не веб-адрес"
    try:
        status = fetch(url)
    except (requests.RequestException, OSError, ValueError) as error:
        return LinkState.DEAD, type(error).__name__
    return (LinkState.ALIVE if status < ALIVE_BELOW else LinkState.DEAD), f"HTTP {status}"


def _wanted() -> set[str]:
    """Every official address that published documents and their editions name."""
    live = DocumentPage.objects.live()
    sources = live.exclude(official_url="").values_list("official_url", flat=True)
    editions = Edition.objects.filter(page__in=live).exclude(url="").values_list("url", flat=True)
    return {*sources, *editions}


def check_links(*, now: dt.datetime, fetch: Fetch = _status) -> LinksLooked:
    """Look at every official address of published documents; forget addresses that no document names.

    Several at a time: a portal that does not answer takes its whole time-out.
    """
    wanted = sorted(_wanted())
    SourceLink.objects.exclude(url__in=wanted).delete()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        looked = list(pool.map(lambda url: _look(url, fetch), wanted))
    for url, (state, detail) in zip(wanted, looked, strict=True):
        link, _made = SourceLink.objects.get_or_create(url=url)
        link.failing_since = None if state == LinkState.ALIVE else (link.failing_since or now)
        link.state, link.detail, link.checked_at = state, detail[:200], now
        link.save()
    dead = sum(state == LinkState.DEAD for state, _detail in looked)
    return LinksLooked(len(looked) - dead, dead)
