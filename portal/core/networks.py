"""Addresses and networks of whoever speaks to the portal."""

import ipaddress
from collections.abc import Iterable

from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_address(text: str) -> Address | None:
    """An address; one of IPv4 that came through a socket of IPv6 counts as what it is. None for anything else."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, ipaddress.IPv6Address) else parsed


def is_within(address: Address, networks: Iterable[str]) -> bool:
    """Whether an address is in one of the networks (CIDR notation)."""
    return any(address in ipaddress.ip_network(network) for network in networks)


def peer_is_in(request: HttpRequest, networks: Iterable[str]) -> bool:
    """Whether the request's peer, whatever it says about others, is in one of the networks (CIDR notation)."""
    peer = parse_address(request.META.get("REMOTE_ADDR", ""))
    return peer is not None and is_within(peer, networks)
