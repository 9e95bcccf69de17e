"""Asking addresses that editors typed: only those of the public internet, so that nobody explores our network so."""

import ipaddress
import socket
from urllib.parse import urljoin, urlsplit

import requests

from portal.core.networks import parse_address

TIMEOUT_SECONDS = 15
HEADERS = {"User-Agent": "vodokanal-portal link check"}
MOST_REDIRECTS = 5
PORTS = {80, 443}


class AddressRefused(Exception):
    """The address is not of the public internet, has a port of its own, or redirects too often."""


def public_status(url: str) -> int:
    """The HTTP status behind an address and its redirects; no body is read.

    Each step is looked up before it is asked. Raises AddressRefused, requests' exceptions, OSError, ValueError.
    """
    for _step in range(MOST_REDIRECTS + 1):
        require_public(url)
        with requests.get(url, headers=HEADERS, timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False) as answer:
            if not answer.is_redirect:
                return answer.status_code
            url = urljoin(url, answer.headers["Location"])
    raise AddressRefused("redirects")


def require_public(url: str) -> None:
    """Raise AddressRefused unless an address is http or https on its usual port and every IP of its host is public."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme not in {"http", "https"} or not parts.hostname or port not in PORTS:
        raise AddressRefused("port or scheme")
    found = {str(info[4][0]) for info in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)}
    addresses = [parse_address(text.partition("%")[0]) for text in found]
    if not all(address is not None and _is_public(address) for address in addresses):
        raise AddressRefused("not public")


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast
