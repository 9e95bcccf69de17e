"""A program with a key, and what it sends."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application
from django.test import Client

from portal.accounts.services import api_keys
from portal.core import clock
from portal.core.rate_limits.models import RateLimits
from tests.conftest import SetDate
from tests.october import close_october
from tests.people import Cast, Resident, make_cast

ALL = ("read", "readings", "payments")


class Program:
    """A client that carries a key."""

    def __init__(self, resident: Resident, scopes: tuple[str, ...] = ALL) -> None:
        self.key, self.secret = api_keys.make_key(
            user=resident.user, name="test", moment=clock.real_now(), scopes=scopes
        )
        self.client = Client(headers={"authorization": f"Bearer {self.secret}"}, raise_request_exception=False)
        self.account = resident.account.pk

    def get(self, path: str, **headers: str) -> Any:
        """An answer of an address under /api/v1; `ACCOUNT` in it is the resident's account."""
        return self.client.get(self.url(path), headers=headers)

    def post(self, path: str, body: dict[str, object], **headers: str) -> Any:
        """An answer to JSON that was sent."""
        return self.client.post(self.url(path), json.dumps(body), content_type="application/json", headers=headers)

    def url(self, path: str) -> str:
        return path if path.startswith("http") else f"/api/v1{path}".replace("ACCOUNT", str(self.account))

    def meter(self) -> int:
        """The first standing meter."""
        return int(self.get("/accounts/ACCOUNT/meters/").json()[0]["id"])


@pytest.fixture
def program(cast: Cast, business_date: SetDate) -> Callable[..., Program]:
    """Makes a program of a resident of the cast, within the window for readings."""
    business_date("2026-11-15")
    return Program


@pytest.fixture
def anna(program: Callable[..., Program], cast: Cast) -> Program:
    return program(cast.anna)


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of its base
        """Write nothing: the log of the portal has each request."""


@dataclass(frozen=True)
class LiveApi:
    """A running server with Anna's closed October, on the 15th of November."""

    url: str
    secret: str


@pytest.fixture
def live_api(own_database: object, business_date: SetDate) -> Iterator[LiveApi]:
    """The portal served on loopback by threads, with a database of its own and a key that opens all."""
    cast = make_cast()
    close_october(cast, business_date)
    RateLimits.load()
    RateLimits.objects.update(api_login_minute=100_000, payment_login_hour=100_000)
    secret = Program(cast.anna).secret
    server = ThreadedWSGIServer(("127.0.0.1", 0), _QuietHandler, ipv6=False, connections_override=None)
    server.set_app(get_internal_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveApi(f"http://127.0.0.1:{server.server_port}/api/v1/", secret)
    server.shutdown()
    server.server_close()
    thread.join()
