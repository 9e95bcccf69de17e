"""A name that changes its address between the look and the request leads nowhere but where it was looked at."""

import datetime as dt
import http.server
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cms_pages.documents import fetching

PUBLIC, INSIDE = "127.0.0.2", "127.0.0.1"
"""Both are loopback; here the first counts as public."""
NAME = "sources.example"


class _Server(http.server.ThreadingHTTPServer):
    """Remembers at which of its addresses it was asked, and by which name."""

    def __init__(self) -> None:
        super().__init__(("0.0.0.0", 0), _Handler)
        self.asked: list[tuple[str, str]] = []
        self.names: list[str] = []


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append((self.connection.getsockname()[0], self.headers["Host"]))
        self.send_response(302 if "moved" in self.path else 200)
        if "moved" in self.path:
            self.send_header("Location", "/there")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Quiet."""


def _rebinding(*answers: str) -> Callable[[str, int], list[str]]:
    """A resolver that answers these addresses, one at each question, the last for ever."""
    left = list(answers)

    def resolve(host: str, port: int) -> list[str]:
        return [left.pop(0) if len(left) > 1 else left[0]]

    return resolve


@contextmanager
def _running(monkeypatch: pytest.MonkeyPatch, context: ssl.SSLContext | None = None) -> Iterator[_Server]:
    server = _Server()
    if context is not None:
        context.sni_callback = lambda _socket, name, _context: server.names.append(str(name))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setattr(fetching, "PORTS", {server.server_port})
    monkeypatch.setattr(fetching, "is_public", lambda address: address == ipaddress.ip_address(PUBLIC))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with _running(monkeypatch) as server:
        url = f"http://{NAME}:{server.server_port}/act"
        assert fetching.public_status(url, resolve=_rebinding(PUBLIC, INSIDE)) == 200
        assert server.asked == [(PUBLIC, f"{NAME}:{server.server_port}")]


def test_a_redirect_is_looked_up_anew_and_refused_when_the_name_leads_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    with _running(monkeypatch) as server:
        url = f"http://{NAME}:{server.server_port}/moved"
        with pytest.raises(fetching.AddressRefused):
            fetching.public_status(url, resolve=_rebinding(PUBLIC, INSIDE))
        assert [address for address, _host in server.asked] == [PUBLIC]
        assert fetching.public_status(url, resolve=_rebinding(PUBLIC)) == 200, "the control: it stays outside"


def test_one_inner_address_among_public_ones_refuses_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with _running(monkeypatch) as server, pytest.raises(fetching.AddressRefused):
        fetching.public_status(f"http://{NAME}:{server.server_port}/", resolve=lambda host, port: [PUBLIC, INSIDE])


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with _running(monkeypatch) as server:
        assert fetching.public_status(f"http://{NAME}:{server.server_port}/", resolve=_rebinding(PUBLIC)) == 200


def _certificate(folder: Path, name: str) -> Path:
    """A certificate for a name that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    plain = (serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(("certified", "taken"), [(NAME, True), ("other.example", False)])
def test_tls_asks_for_the_name_and_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certified: str, taken: bool
) -> None:
    path = _certificate(tmp_path, certified)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(path))
    with _running(monkeypatch, context) as server:
        url = f"https://{NAME}:{server.server_port}/act"
        if taken:
            assert fetching.public_status(url, resolve=_rebinding(PUBLIC, INSIDE)) == 200
            assert server.asked == [(PUBLIC, f"{NAME}:{server.server_port}")]
        else:
            with pytest.raises(requests.exceptions.SSLError):
                fetching.public_status(url, resolve=_rebinding(PUBLIC, INSIDE))
            assert not server.asked
        assert server.names == [NAME]
