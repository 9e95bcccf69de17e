"""Where a request comes from: the peer, or what our own proxies say about it. Nobody else's word counts."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's IP address.

    X-Forwarded-For is read from its end, and only as far as the hops are in TRUSTED_PROXIES (networks of ours);
    the first hop that is not ours is the visitor. A peer without an address (a local socket) is 0.0.0.0.
    """
    hops = [request.META.get("REMOTE_ADDR", ""), *reversed(_forwarded(request))]
    address = "0.0.0.0"  # noqa: S104  # means "unknown", nothing listens there
    for hop in hops:
        parsed = _parsed(hop)
        if parsed is None:
            return address
        address = str(parsed)
        if not any(parsed in network for network in _trusted()):
            return address
    return address


def _forwarded(request: HttpRequest) -> list[str]:
    return [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _trusted() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(network) for network in settings.TRUSTED_PROXIES]
