"""SENTRY_DSN: an error arrives with its place and its request's id, and without personal data; no DSN, no Sentry."""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import brotli
import pytest
from django.conf import settings

SITE = """
import sys
from django.conf import settings
settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="only-for-tests", TRUSTED_PROXIES=["127.0.0.1/32"],
    MIDDLEWARE=["portal.core.request_log.RequestLogMiddleware"], LOGGING_CONFIG=None,
)
import django, io, logging
django.setup()
from portal.core.error_reports import start
start(sys.argv[1], environment="test", release="r1")
from django.core.wsgi import get_wsgi_application
from django.urls import path

def broken(request, token):
    email = request.POST["email"]
    logging.getLogger("portal").error("not taken: %s", email)
    raise ValueError(f"Иванова Анна of 0010001 is not {email}")

urlpatterns = [path("pay/<str:token>/", broken)]
body = b"email=anna@mail.example&password=correct-horse"
environ = {
    "REQUEST_METHOD": "POST", "SERVER_NAME": "portal.example", "SERVER_PORT": "443", "wsgi.url_scheme": "https",
    "PATH_INFO": "/pay/secret-token-of-anna-12345/", "QUERY_STRING": "q=Sadovaya", "REMOTE_ADDR": "127.0.0.1",
    "HTTP_COOKIE": "sessionid=session-of-anna-1234567890abcdef", "HTTP_AUTHORIZATION": "Bearer key-of-anna",
    "HTTP_X_REQUEST_ID": "0123456789abcdef0123456789abcdef", "HTTP_X_FORWARDED_FOR": "203.0.113.77",
    "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
    "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
}
list(get_wsgi_application()(environ, lambda *answer: None))
import sentry_sdk
sentry_sdk.flush(10)
"""


UNPACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Collector(HTTPServer):
    """A Sentry on loopback: keeps what is sent to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.bodies: list[str] = []


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(UNPACK[self.headers.get("Content-Encoding", "")](body).decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_error_arrives_without_personal_data(collector: Collector) -> None:
    dsn = f"http://key@127.0.0.1:{collector.server_port}/1"
    done = subprocess.run(
        [sys.executable, "-c", SITE, dsn], cwd=settings.ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    sent = [json.loads(line) for body in collector.bodies for line in body.splitlines()]
    events = [item for item in sent if "exception" in item or "logentry" in item]
    (raised,) = [event for event in events if "exception" in event]
    (error,) = raised["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", "<text> of <number> is not <email>")
    assert error["stacktrace"]["frames"][-1]["function"] == "broken"
    assert raised["tags"]["request_id"] == "0123456789abcdef0123456789abcdef"
    assert raised["request"] == {"method": "POST"}
    (logged,) = [event for event in events if "logentry" in event]
    assert logged["logentry"]["formatted"] == "not taken: <email>"
    everything = "\n".join(collector.bodies)
    frames = "\n".join(SITE.splitlines())
    for secret in (
        *("anna@", "correct-horse", "session-of-anna", "secret-token", "key-of-anna", "0010001", "sessionid"),
        *("Sadovaya", "203.0.113.77"),
    ):
        assert secret in frames, "the control: it was there to be sent"
        assert secret not in everything
    assert "\\u0418\\u0432\\u0430\\u043d\\u043e\\u0432\\u0430" not in everything
    assert "Иванова" not in everything


def test_without_a_dsn_it_is_not_even_imported() -> None:
    assert settings.SENTRY_DSN == ""
    asked = "import sys, django; django.setup(); sys.exit('sentry_sdk' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", asked], env=environment, check=False).returncode == 0
