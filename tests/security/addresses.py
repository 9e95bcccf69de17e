"""Every address of the portal, from the URL configuration, with an example for each argument."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.admin.menu import admin_menu

from portal.accounts.models import User
from portal.accounts.services import refusals

EXAMPLES = {
    "number": "0010001",
    "period": "2026-10",
    "uidb36": "1",
    "key": "set-password",
    "token": "x",
    "kind": "readings",
    "gateway": "demo",
    "format": "csv",
    "lang": "ru",
    "what": "norm",
    "step": "close",
}
UUID = "00000000-0000-4000-8000-000000000001"
CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Address:
    """A route with example arguments filled in."""

    route: str
    path: str
    view: Any


class QuickClient(Client):
    """For walks over many addresses: keeps no copies of templates' contexts; an exception is the answer 500.

    Responses are the handler's own: no redirect is followed, and they have no `context`. Left out is what takes half of
    the time and has tests of its own: the admin's menu, and the note in the audit that access was refused.
    """

    def request(self, **request: Any) -> Any:
        with (
            mock.patch.object(admin_menu, "render_component", return_value=[]),
            mock.patch.object(refusals, "access_refused"),
        ):
            return self.handler(self._base_environ(**request))


def quick_login(user: User) -> QuickClient:
    """A quick client of a login."""
    client = QuickClient()
    client.force_login(user)
    return client


def every_address() -> list[Address]:
    """All routes; editors' pages, which any path may be, apart."""
    return [
        Address(route, "/" + _filled(route), pattern.callback)
        for route, pattern in _walk(get_resolver(), "")
        if pattern.name != "wagtail_serve" and "^.*" not in route
    ]


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from _walk(pattern, route)


def _filled(route: str) -> str:
    path = CONVERTER.sub(lambda m: _example(m.group(2), m.group(1) or "str"), GROUP.sub(_regex_example, route))
    path = re.sub(r"\((?:[^()]|\([^()]*\))*\)", "1", path)
    return path.replace("^", "").replace("$", "").replace("\\", "").replace("?", "")


def _regex_example(match: re.Match[str]) -> str:
    return _example(match.group(1), "str")


def _example(name: str, converter: str) -> str:
    if converter == "uuid":
        return UUID
    if converter == "int":
        return "1"
    return EXAMPLES.get(name, "1")
