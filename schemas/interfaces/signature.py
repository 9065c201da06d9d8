"""Signed messages between systems, as Standard Webhooks has them: HMAC-SHA256 over id, instant and content.

A message carries one signature for each key the sender holds, so that a key is changed without a gap:
the new one is added on both sides, then the old one is taken away.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
ID, AT, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_MOST = 8  # signatures looked at


def signed(keys: Sequence[bytes], content: bytes, *, name: str, now: datetime) -> dict[str, str]:
    """The three headers of a message called `name`; a receiver who knows the name drops a second copy."""
    at = str(int(now.timestamp()))
    return {ID: name, AT: at, SIGNATURE: " ".join(_mark(key, name, at, content) for key in keys)}


def holds(keys: Sequence[bytes], headers: Mapping[str, str], content: bytes, *, now: datetime) -> bool:
    """Whether a holder of one of the keys sent this within five minutes; header names are lower case."""
    name, at = headers.get(ID, ""), headers.get(AT, "")
    if not (name and at.isascii() and at.isdecimal() and len(at) < 12):
        return False
    fresh = abs(now.timestamp() - int(at)) <= TOLERANCE.total_seconds()
    sent = headers.get(SIGNATURE, "").split()[:_MOST]
    good = [_mark(key, name, at, content) for key in keys]
    same = [hmac.compare_digest(a.encode(), b.encode()) for a in good for b in sent]
    return fresh and any(same)


def request(method: str, target: str, body: bytes) -> bytes:
    """What is signed of a request: how, where, and the body. `target` is the path with its query as sent."""
    return f"{method} {target}\n".encode() + body


def _mark(key: bytes, name: str, at: str, content: bytes) -> str:
    digest = hmac.digest(key, f"{name}.{at}.".encode() + content, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"
