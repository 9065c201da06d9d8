"""Who is at the other end: the address a request came from, seen through the proxies we trust and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

Networks = tuple[IPv4Network | IPv6Network, ...]
LOOPBACK: Networks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def networks(text: str, *, default: Networks = LOOPBACK) -> Networks:
    """Addresses and networks, separated by commas; `default` when there are none. ValueError for anything else."""
    named = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(ip_network(part) for part in named) or default


def address(environ: Mapping[str, Any], trusted: Networks) -> str:
    """The nearest address on the way that is no trusted proxy: what a stranger writes into the header is not believed.

    A server on a Unix socket names no address: whoever can open the socket is a proxy of ours.
    """
    nearest = str(environ.get("REMOTE_ADDR") or "127.0.0.1")
    way = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    while way and within(nearest, trusted):
        nearest = way.pop()
    return nearest


def within(address: str, allowed: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether an address is in one of the networks; what is no address is in none."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in allowed)
