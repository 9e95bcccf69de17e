"""Checking whether official sources still answer."""

import datetime as dt
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from cms_pages.documents.enums import LinkState
from cms_pages.documents.fetching import AddressRefused, public_status
from cms_pages.documents.models import DocumentPage, Edition, SourceLink

logger = logging.getLogger(__name__)
AT_A_TIME = 8
ALIVE_BELOW = 400
Fetch = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class LinksLooked:
    """Counts of a check of the links."""

    alive: int
    dead: int


def _look(url: str, fetch: Fetch) -> tuple[str, str]:
    """State and detail of one address."""
    if not url.startswith(("https://", "http://")):
        return LinkState.DEAD, "не веб-адрес"
    try:
        status = fetch(url)
    except (AddressRefused, requests.RequestException, OSError, ValueError) as error:
        return LinkState.DEAD, type(error).__name__
    return (LinkState.ALIVE if status < ALIVE_BELOW else LinkState.DEAD), f"HTTP {status}"


def _wanted() -> set[str]:
    """Every official address that published documents and their editions name."""
    live = DocumentPage.objects.live()
    sources = live.exclude(official_url="").values_list("official_url", flat=True)
    editions = Edition.objects.filter(page__in=live).exclude(url="").values_list("url", flat=True)
    return {*sources, *editions}


def check_links(*, now: dt.datetime, fetch: Fetch = public_status) -> LinksLooked:
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
