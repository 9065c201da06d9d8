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


def asking(environ: Mapping[str, Any], *, trusted: Networks) -> str:
    """Who asks, of a WSGI request."""
    nearest, forwarded = environ.get("REMOTE_ADDR") or "", environ.get("HTTP_X_FORWARDED_FOR", "")
    return address(str(nearest), forwarded, trusted=trusted)


def address(nearest: str, forwarded: str, *, trusted: Networks) -> str:
    """The nearest address on the way that is no trusted proxy: what a stranger writes into the header is not believed.

    `nearest` is the other end of the connection, `forwarded` is X-Forwarded-For, to whose end each proxy adds. A server
    on a Unix socket names no address: whoever can open the socket is a proxy of ours.
    """
    nearest, way = nearest or "127.0.0.1", _way(forwarded)
    while way and within(nearest, trusted):
        nearest = way.pop()
    return nearest


def beyond_cdn(edge: str, forwarded: str) -> str:
    """The address that the CDN saw, where nobody but the CDN can reach us: API Gateway only sees the CDN's edge.

    API Gateway adds the edge to the header once more; what a visitor wrote into it stands before both.
    """
    way = _way(forwarded)
    seen = way[:-1] if way[-1:] == [edge] else way
    return seen[-1] if seen else edge


def within(address: str, allowed: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether an address is in one of the networks; what is no address is in none."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in allowed)


def _way(forwarded: str) -> list[str]:
    return [part.strip() for part in forwarded.split(",") if part.strip()]
