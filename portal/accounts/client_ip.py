"""Address of a client: the peer, or what our own proxies say about it. Nobody else's word counts."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from portal.core.networks import is_within, parse_address
from portal.core.rate_limits.services import Sender

SHARE_OF_48 = 8
"""How many /64s of one /48 may use up their limits before all of it waits."""


def client_address(request: HttpRequest) -> str:
    """The visitor's IP address.

    X-Forwarded-For is read from its end, and only as far as the hops are in TRUSTED_PROXIES (networks of ours);
    the first hop that is not ours is the visitor. A peer without an address (a local socket) is 0.0.0.0.
    """
    hops = [request.META.get("REMOTE_ADDR", ""), *reversed(_forwarded(request))]
    address = "0.0.0.0"  # noqa: S104  # means "unknown", nothing listens there
    for hop in hops:
        parsed = parse_address(hop)
        if parsed is None:
            return address
        address = str(parsed)
        if not is_within(parsed, settings.TRUSTED_PROXIES):
            return address
    return address


@dataclass(frozen=True, slots=True)
class CountedNetwork:
    """Network that attempts of a visitor are counted for, and how many times the limit of one address it may take."""

    label: str
    share: int = 1


def counted_networks(address: str) -> list[CountedNetwork]:
    """An IPv4 address by itself. Of IPv6 its /64, which one subscriber has whole, and more widely its /48."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, ipaddress.IPv4Address):
        return [CountedNetwork(str(parsed))]
    return [
        CountedNetwork(str(ipaddress.ip_network((parsed, length), strict=False)), share)
        for length, share in ((64, 1), (48, SHARE_OF_48))
    ]


def sender_of(request: HttpRequest) -> Sender:
    """Return who is counted by rate limits: the login of the session, if there is one, and the client's address."""
    user = getattr(request, "user", None)
    login = str(user.pk) if user is not None and user.is_authenticated else ""
    return Sender(login=login, address=client_address(request))


def _forwarded(request: HttpRequest) -> list[str]:
    return [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
