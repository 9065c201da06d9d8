"""The one spelling of a JSON value, so that equal data has equal hashes; orjson where it spells as json does."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_PLAIN = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATETIME
_SMALL = re.compile(rb"[0-9]e-[0-9](?![0-9])")


def canonical(data: Any) -> str:
    """Its text: keys in order, no spaces, Chinese as it is."""
    return spelled(data).decode()


def spelled(data: Any) -> bytes:
    """The same as bytes."""
    try:
        text = orjson.dumps(data, option=_PLAIN)
    except TypeError:  # keys that are no text, numbers beyond 64 bits, half characters
        return reference(data)
    return reference(data) if _otherwise(text) else text


def _otherwise(text: bytes) -> bool:
    """Whether the standard library may spell it differently: not-a-number, and very small numbers."""
    return b"null" in text or b"0.0000" in text or (b"e-" in text and _SMALL.search(text) is not None)


def reference(data: Any) -> bytes:
    """The standard library's spelling, which `spelled` must agree with."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def understood(text: bytes | str) -> Any:
    """What was spelled."""
    return orjson.loads(text)
