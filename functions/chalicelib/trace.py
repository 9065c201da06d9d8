"""One name for everything that one request causes: in logs, in the events it writes, and on the page if it fails."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_PATTERNS = (  # X-Ray's first: in the cloud API Gateway writes it, and the others are whatever a visitor sent
    ("x-amzn-trace-id", re.compile(r"(?:.*;)?Root=1-([0-9a-f]{8}-[0-9a-f]{24}).*")),
    (
        "traceparent",
        re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*"),
    ),  # W3C Trace Context
    ("x-request-id", re.compile(r"([0-9a-f]{32})")),
)
_NOTHING = "0" * 32


@dataclass(slots=True)
class Span:
    """What is known of the work in hand: its trace id, and the case it turned out to be about."""

    trace: str
    case: str = ""


_span: ContextVar[Span | None] = ContextVar("span", default=None)


def given(headers: Mapping[str, str]) -> str:
    """The trace id (32 hex digits) that the caller or a proxy sent along, in any of the usual headers; or nothing."""
    for name, pattern in _PATTERNS:
        found = pattern.fullmatch(headers.get(name, "")[:200])
        trace = found[1].replace("-", "") if found else _NOTHING
        if trace != _NOTHING:
            return trace
    return ""


@contextmanager
def work(trace: str = "") -> Iterator[Span]:
    """Everything inside belongs to one trace: the one under way, the one named, or a new one."""
    under_way = _span.get()
    if under_way is not None:
        yield under_way
        return
    span = Span(trace or secrets.token_hex(16))
    token = _span.set(span)
    try:
        yield span
    finally:
        _span.reset(token)


def current() -> Span:
    """The work in hand; an empty span where there is none."""
    return _span.get() or Span("")


def about(case: str) -> str:
    """Notes which case the work in hand writes; gives its trace id for the record."""
    span = current()
    span.case = case
    return span.trace
