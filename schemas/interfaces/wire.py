"""One HTTP request to another system: only where settings allow it, to the address that was checked.

The standard library's client is used, since what is wanted of it here is what it leaves out: no redirects, no
proxies from the environment, and a connection to the very address that was looked at.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_CHUNK = 64 * 1024
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Blocked(Exception):
    """The address is not one that settings allow; trying again will not help."""


class Silent(Exception):
    """No whole answer came in time; whether the request arrived is unknown."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Where requests may go: host names, and private networks that these may stand in.

    `anywhere` is for development: any host, also without TLS.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    anywhere: bool = False

    def why_not(self, url: str) -> str:
        """What keeps the address from being used; nothing when it may be."""
        try:
            parts, port = urlsplit(url), urlsplit(url).port
        except ValueError:
            return "not an address"
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or port == 0:
            return "not an address"
        if self.anywhere:
            return ""
        return (
            ("" if parts.hostname in self.hosts else "host not allowed")
            if parts.scheme == "https"
            else "no TLS"
        )

    def reaches(self, address: str) -> bool:
        """Whether a resolved address may be connected to: public, or in a network that settings name."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        named = any(ip.version == network.version and ip in network for network in self.networks)
        return self.anywhere or ip.is_global or (named and not ip.is_loopback and not ip.is_link_local)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def send(
    method: str,
    url: str,
    *,
    allowed: Allowed,
    body: bytes = b"",
    headers: Mapping[str, str],
    seconds: float = 5.0,
    limit: int = 256 * 1024,
) -> Answer:
    """The answer, of at most `limit` bytes and within about `seconds`; Blocked or Silent otherwise."""
    no = allowed.why_not(url)
    if no:
        raise Blocked(no)
    parts, until = urlsplit(url), time.monotonic() + seconds
    try:
        connection = _connection(parts, allowed, seconds)
        try:
            target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request(method, target, body=body or None, headers=dict(headers))
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, _read(answer, limit, until))
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise Silent(type(error).__name__) from error


def _connection(parts: SplitResult, allowed: Allowed, seconds: float) -> http.client.HTTPConnection:
    """Connected to the address that was checked; TLS still asks for the host's own certificate."""
    host = parts.hostname or ""
    tls = parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    plain = socket.create_connection((_address(host, port, allowed), port), timeout=seconds)
    connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if tls else plain
    return connection


def _address(host: str, port: int, allowed: Allowed) -> str:
    """The first address of the host, when every one of them is allowed: no name may point inside by the way."""
    found = [str(facts[4][0]) for facts in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(allowed.reaches(address) for address in found):
        raise Blocked("address not allowed")
    return found[0]


def _read(answer: http.client.HTTPResponse, limit: int, until: float) -> bytes:
    parts: list[bytes] = []
    while chunk := answer.read1(_CHUNK):
        parts.append(chunk)
        if sum(map(len, parts)) > limit:
            raise Silent("answer too long")
        if time.monotonic() > until:
            raise Silent("answer too slow")
    whole = b"".join(parts)
    if answer.length:
        raise Silent("answer broke off")
    return whole
