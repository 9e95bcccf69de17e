"""Requests that a careless or hostile person might send: every URL, list and form, with values out of every bound.

The pages of a role are found by following links from its first page and by the URL configuration; forms are read from
the page as a browser would read them, mostly filled in rightly, and spoilt in a few fields.
"""

import json
import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from hypothesis import strategies as st

from tests.security.addresses import QuickClient

# Files, pages that end a session or fetch from outside, and Wagtail's page that fails on purpose.
SKIPPED = re.compile(r"^/(static|media|admin/jsi18n|admin/sprite|admin/failwhale)|/logout/|livejournal")
MAX_OF_A_KIND = 2

VALUES: dict[str, list[str]] = json.loads((Path(__file__).parent / "hostile_values.json").read_text(encoding="utf-8"))
LONG = ["я" * 10_001, "😀" * 300, "9" * 5000]
HOSTILE = [*VALUES["text"], *VALUES["numbers"], *VALUES["dates"], *VALUES["keys"], *LONG]
PARAMETERS = VALUES["parameters"]
FILES = [
    ("empty.csv", b""),
    ("x.xlsx", b"PK\x03\x04 not a zip"),
    ("quote.csv", 'лс;сумма\n"0010001;5'.encode()),
    ("line.csv", b"a;b\n" + b"x" * 300_000),
    ("x.pdf", b"%PDF-1.7\ntrailer << /Root 1 0 R >>"),
    ("x.png", b"\x89PNG\r\n\x1a\n"),
    ("x.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 50),
    ("../../x.py", b"print(1)"),
    ("nul\x00.csv", b"\x00\x00"),
    ("bank.txt", "1CClientBankExchange\nКодировка=Windows\n".encode("cp1251")),
    ("x.zip", b"PK\x05\x06" + b"\0" * 18),
    ("good.csv", "Лицевой счет;Номер счетчика;Показание;Дата\n0010001;A-1;1e400;2026-13-45\n".encode()),
]


@dataclass(frozen=True)
class FormControl:
    """A control as a browser would send it; `options` are the values that a select or radio offers."""

    name: str
    value: str
    kind: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, how, and what it holds."""

    action: str
    method: str
    controls: tuple[FormControl, ...]


@dataclass
class Role:
    """Somebody who opens pages, with what they can reach."""

    name: str
    cookies: dict[str, str]
    pages: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def client(self) -> Client:
        """A fresh client with this role's session; errors come back as 500."""
        client = QuickClient()
        for name, value in self.cookies.items():
            client.cookies[name] = value
        return client


@dataclass
class Answer:
    """What a request came back with, and the exception behind a 500."""

    status: int
    error: str


def undone(client: Client, method: str, path: str, data: Any = None, **options: Any) -> tuple[HttpResponse, Answer]:
    """Send a request and take back whatever it wrote to the database."""
    caught: list[str] = []

    def remember(**kwargs: Any) -> None:
        caught.append(traceback.format_exc(limit=-12))

    savepoint = transaction.savepoint()
    got_request_exception.connect(remember)
    try:
        response: Any = getattr(client, method)(path, data, **options)
        if response.streaming:
            list(response.streaming_content)
        for resource in response._resource_closers:  # without the signal that would close the test's connection
            resource()
    finally:
        got_request_exception.disconnect(remember)
        connection.needs_rollback = False
        transaction.savepoint_rollback(savepoint)
    return response, Answer(response.status_code, "\n".join(caught))


def explore(role: Role, start: Iterable[str], *, most: int) -> None:
    """Fill a role's pages and forms: links followed from the start, a few pages of each kind, `most` pages at most."""
    client = role.client()
    waiting, seen, kinds = list(start), set[str](), dict[str, int]()
    while waiting and len(role.pages) < most:
        address = waiting.pop(0)
        kind = re.sub(r"\d+|[0-9a-f]{8}-[0-9a-f-]{27}", "N", address.partition("?")[0])
        if address in seen or SKIPPED.search(address) or kinds.get(kind, 0) >= MAX_OF_A_KIND:
            continue
        seen.add(address)
        response, answer = undone(client, "get", address)
        assert answer.status < 500, f"{role.name} {address}\n{answer.error}"
        if response.status_code in {301, 302}:
            waiting.append(_inside(response["Location"], address))
        if response.status_code != 200 or "html" not in response.get("Content-Type", ""):
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        role.pages.append(address)
        document = BeautifulSoup(response.content, "html.parser")
        waiting += [_inside(str(link["href"]), address) for link in document.find_all("a", href=True)]
        role.forms += list(_forms(document, address))


def _inside(link: str, base: str) -> str:
    """An address of the portal without its fragment; "" for another site."""
    parts = urlsplit(urljoin(f"http://testserver{base}", link))
    if parts.netloc != "testserver" or parts.scheme not in {"http", "https"}:
        return base
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _forms(document: BeautifulSoup, address: str) -> Iterator[Form]:
    for form in document.find_all("form"):
        action = _inside(str(form.get("action") or address), address)
        if not SKIPPED.search(action):
            yield Form(action, str(form.get("method", "get")).lower(), tuple(_controls(form)))


def _controls(form: Tag) -> Iterator[FormControl]:
    for control in form.find_all(["input", "select", "textarea", "button"]):
        name = str(control.get("name") or "")
        if not name or name == "csrfmiddlewaretoken":
            continue
        kind = str(control.get("type") or control.name)
        options = tuple(str(option.get("value", "")) for option in control.find_all("option"))
        chosen = control.find("option", selected=True)
        value = str(chosen.get("value", "")) if chosen else str(control.get("value") or control.string or "")
        yield FormControl(name, value or (options[-1] if options else ""), kind, options)


@dataclass(frozen=True)
class Request:
    """A request drawn at random, written so that a failure can be repeated by hand."""

    role: str
    method: str
    path: str
    data: tuple[tuple[str, Any], ...]


def requests(roles: list[Role], addresses: list[str]) -> st.SearchStrategy[Request]:
    """Lists with odd parameters, forms with a few spoilt fields, bare addresses with odd arguments."""
    return st.sampled_from(roles).flatmap(
        lambda role: st.one_of(_page_requests(role), _form_requests(role), _bare_requests(role, addresses))
    )


def _page_requests(role: Role) -> st.SearchStrategy[Request]:
    def build(page: str, extra: list[tuple[str, str]]) -> Request:
        path, _sep, query = page.partition("?")
        return Request(role.name, "get", path, tuple({**dict(parse_qsl(query)), **dict(extra)}.items()))

    names = st.sampled_from(PARAMETERS)
    extra = st.lists(st.tuples(names, st.sampled_from(HOSTILE)), max_size=3)
    return st.builds(build, st.sampled_from(role.pages), extra)


def _form_requests(role: Role) -> st.SearchStrategy[Request]:
    return st.sampled_from(role.forms or [Form("/", "get", ())]).flatmap(lambda form: _filled(role, form))


def _filled(role: Role, form: Form) -> st.SearchStrategy[Request]:
    """The form as it stands, with up to three of its fields spoilt or left out."""
    names = sorted({control.name for control in form.controls}) or ["q"]
    kinds = {control.name: control for control in form.controls}

    def value(name: str) -> st.SearchStrategy[Any]:
        control = kinds.get(name)
        if control is not None and control.kind == "file":
            return st.sampled_from(FILES)
        choices: list[Any] = [*HOSTILE, None]
        if control is not None:
            choices += [*control.options] * 3
        return st.sampled_from(choices)

    spoilt = st.lists(st.sampled_from(names), max_size=3, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({name: value(name) for name in chosen})
    )
    plausible = st.fixed_dictionaries(
        {
            control.name: st.sampled_from([control.value, *PLAUSIBLE])
            for control in form.controls
            if control.kind not in {"hidden", "file", "submit", "button", "checkbox", "radio", "select"}
        }
    )

    def build(typed: dict[str, Any], changes: dict[str, Any]) -> Request:
        sent = {control.name: control.value for control in form.controls if control.kind not in {"file", "button"}}
        data = {**sent, **typed, **changes}
        method = form.method if form.method == "post" else "get"
        return Request(role.name, method, form.action, tuple((k, v) for k, v in data.items() if v is not None))

    return st.builds(build, plausible, spoilt)


PLAUSIBLE = [
    "1",
    "2026-11-20",
    "2026-11",
    "141,455",
    "0010001",
    "Иванова",
    "+7 916 123-45-67",
    "anna@mail.example",
    "10:00",
]


def _bare_requests(role: Role, addresses: list[str]) -> st.SearchStrategy[Request]:
    """An address of the URL configuration with its numbers replaced, opened or posted to with a few odd fields."""

    def build(address: str, number: str, method: str, data: list[tuple[str, Any]]) -> Request:
        path = re.sub(r"(?<=/)1(?=/|$)", number, address)
        return Request(role.name, method, path, tuple(data))

    fields = st.sampled_from(
        [*PARAMETERS, "action", "reason", "value", "amount", "name", "text", "slot", "form_token", "file_id"]
    )
    numbers = st.sampled_from(["1", "2", "3", "7", "0", str(2**31), str(2**63), str(10**20)])
    data = st.lists(st.tuples(fields, st.sampled_from(HOSTILE)), max_size=3)
    return st.builds(build, st.sampled_from(addresses), numbers, st.sampled_from(["get", "post"]), data)


def send(role: Role, request: Request) -> Answer:
    """Send a drawn request as its role, and take back its effects."""
    data = {
        name: SimpleUploadedFile(value[0], value[1]) if isinstance(value, tuple) else value
        for name, value in request.data
    }
    return undone(role.client(), request.method, request.path, data)[1]
