"""Scripts and markup, written into every field that stores people's text."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator
from html import unescape
from re import compile as pattern
from urllib.parse import urljoin, urlsplit

from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import Resolver404, resolve

from cms_pages.complaints import services as complaints
from cms_pages.complaints.enums import ComplaintKind
from portal.core.clock import MOSCOW
from portal.service_requests.dispatch import services as dispatch
from portal.service_requests.dispatch.enums import RequestKind as Trouble
from portal.service_requests.support import services as support
from tests.people import Cast
from tests.portal.service_requests import samples

WORDS = "'\"></title></script><img src=x onerror=alert(1)>"
MARK = "<img src=x onerror"
ESCAPED = "&lt;img src=x onerror"
NOW = dt.datetime(2026, 11, 12, 9, tzinfo=MOSCOW)
LINK = pattern(r'href="([^"#]+)')
# What is a code, an address of a page or a file's place, and is checked where it is written.
CODES = {"slug", "path", "url_path", "username", "password", "email", "file", "sha256", "key", "event", "kind", "link"}


def facts(cast: Cast) -> None:
    """An entry of the book, a question with an answer, a request and an application for a meter, by the cast."""
    entry = complaints.write(
        form_token=uuid.uuid4(),
        author=cast.anna.user,
        account=cast.anna.account,
        kind=ComplaintKind.QUALITY,
        subject=WORDS,
        text=WORDS,
        may_publish=True,
        now=NOW,
    )
    complaints.close_privately(complaint=entry, actor=cast.boris.user, version=entry.version, answer=WORDS, now=NOW)
    question = support.ask(
        form_token=uuid.uuid4(),
        name=WORDS,
        email="a@mail.example",
        account_number="1",
        text=WORDS,
        now=NOW,
        user=cast.anna.user,
    )
    support.answer(question=question, actor=cast.boris.user, text=WORDS, message_count=1, now=NOW)
    dispatch.take_request(
        key="hostile",
        kind=Trouble.NO_WATER,
        place=dispatch.place_of(cast.anna.account, WORDS),
        text=WORDS,
        phone="89161234567",
        moment=NOW,
        author=cast.anna.user,
        caller=WORDS,
    )
    samples.applied(cast, place=WORDS, mounted_by=WORDS)


def spoil() -> set[str]:
    """Put the words into every field of ours that holds free text and is long enough; returns which took them.

    What the database keeps unchanged (the ledger, issued documents) stays as it is.
    """
    spoiled = set()
    for model in apps.get_models():
        if not model.__module__.startswith(("portal.", "cms_pages.")):
            continue
        for field in model._meta.local_concrete_fields:
            if _is_free_text(field) and _spoil(model, field):
                spoiled.add(f"{model.__name__}.{field.name}")
    return spoiled


def _is_free_text(field: models.Field) -> bool:
    long = type(field) is models.TextField or (type(field) is models.CharField and field.max_length >= len(WORDS))
    return long and not (field.choices or field.unique or field.name in CODES)


def _spoil(model: type[models.Model], field: models.Field) -> int:
    try:
        with transaction.atomic():
            return model._base_manager.exclude(**{field.name: ""}).update(**{field.name: WORDS})
    except DatabaseError:
        return 0


def pages_below(client: Client, start: str) -> Iterator[tuple[str, str]]:
    """Every page that links lead to from a beginning, two of each route: its address and its HTML."""
    waiting, routes = [start], Counter[str]()
    seen = set(waiting)
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        assert answer.status_code < 500, address
        if "html" not in answer.headers.get("Content-Type", "") or answer.streaming:
            continue
        html = answer.content.decode()
        yield address, html
        for link in [answer.headers.get("Location", ""), *LINK.findall(html)]:
            target = urljoin(address, unescape(link))
            if target.startswith(start) and target not in seen and "logout" not in target:
                seen.add(target)
                route = _route(target)
                routes[route] += 1
                if route and routes[route] <= 2:
                    waiting.append(target)


def _route(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).route
    except Resolver404:
        return ""
