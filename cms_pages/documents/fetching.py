"""Asking addresses that editors typed: only those of the public internet, so that nobody explores our network so.

A host is looked up once and the connection goes to the very address that was found public: a name that answers another
address the next time (DNS rebinding) leads nowhere else. The environment's proxies and passwords are not used.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from portal.core.networks import parse_address

TIMEOUT_SECONDS = 15
HEADERS = {"User-Agent": "vodokanal-portal link check"}
MOST_REDIRECTS = 5
PORTS = {80, 443}
Resolver = Callable[[str, int], list[str]]
"""Host and port → the addresses, as text. Raises OSError."""


class AddressRefused(Exception):
    """The address is not of the public internet, has a port of its own, or redirects too often."""


def resolved(host: str, port: int) -> list[str]:
    """Every address of a host by the system's resolver, in its order. Raises OSError."""
    found = (str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return list(dict.fromkeys(found))


def public_status(url: str, *, resolve: Resolver = resolved) -> int:
    """The HTTP status behind an address and its redirects; no body is read.

    Each step is looked up, once, before it is asked. Raises AddressRefused, requests' exceptions, OSError, ValueError.
    """
    for _step in range(MOST_REDIRECTS + 1):
        address = public_address(url, resolve=resolve)
        with requests.Session() as session:
            session.trust_env = False
            session.mount("http://", PinnedAdapter(address))
            session.mount("https://", PinnedAdapter(address))
            with session.get(
                url, headers=HEADERS, timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False
            ) as answer:
                if not answer.is_redirect:
                    return answer.status_code
                url = urljoin(url, answer.headers["Location"])
    raise AddressRefused("redirects")


def public_address(url: str, *, resolve: Resolver = resolved) -> str:
    """The address to connect to for http or https on its usual port.

    Raises AddressRefused for anything else, and unless every address of the host is public.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme not in {"http", "https"} or not parts.hostname or port not in PORTS:
        raise AddressRefused("port or scheme")
    texts = resolve(parts.hostname, port)
    addresses = [parse_address(text.partition("%")[0]) for text in texts]
    if not texts or not all(address is not None and is_public(address) for address in addresses):
        raise AddressRefused("not public")
    return texts[0]


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is of the internet that everybody reaches: not private, loopback, link-local or multicast."""
    return address.is_global and not address.is_multicast


class PinnedAdapter(HTTPAdapter):
    """Connects to one address whatever the host's name says now; the name stays in Host, SNI and the certificate."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where urllib3 connects to, and the name that it asks for in TLS."""
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            tls |= {"server_hostname": host["host"], "assert_hostname": host["host"]}
        return {**host, "host": self._address}, tls

    def add_headers(self, request: requests.PreparedRequest, **_options: Any) -> None:
        """Name the host: urllib3 would name the address."""
        request.headers["Host"] = urlsplit(str(request.url)).netloc.rpartition("@")[2]
