"""Who speaks to the portal directly: the peer of a connection, and networks of the settings."""

import ipaddress
from collections.abc import Iterable

from django.http import HttpRequest


def peer_is_in(request: HttpRequest, networks: Iterable[str]) -> bool:
    """Whether the request's peer, whatever it says about others, is in one of the networks (CIDR notation)."""
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    if isinstance(peer, ipaddress.IPv6Address) and peer.ipv4_mapped is not None:
        peer = peer.ipv4_mapped
    return any(peer in ipaddress.ip_network(network) for network in networks)
