"""A record as one line of JSON, the same whichever engine it came from, and sums that tell two stores apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.store.port import Record
from chalicelib.store.wire import is_sha256

_MODULUS = 2**256


@dataclass(slots=True)
class Sum:
    """How many lines there were and the sum of their SHA-256: the same in whatever order they came."""

    count: int = 0
    total: int = 0

    def add(self, line: str) -> None:
        """Counts one line in."""
        self.count += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line.encode()).digest())) % _MODULUS

    def facts(self) -> dict[str, Any]:
        """As a manifest keeps it."""
        return {"count": self.count, "sum": f"{self.total:064x}"}


def write(record: Record) -> str:
    """The record in one spelling: sorted names, no spaces; half a surrogate pair stays escaped."""
    value = {
        "key": record.key,
        "head": record.head,
        "body": record.body,
        "events": list(record.events),
        "index": {name: list(place) for name, place in record.index.items()},
        "version": record.version,
        "expires_at": record.expires_at.isoformat() if record.expires_at else None,
    }
    text = _spelled(value, plain=False)
    return text if _encodes(text) else _spelled(value, plain=True)


def read(line: str) -> Record:
    """The record that `write` wrote."""
    facts = json.loads(line)
    expires = facts.pop("expires_at")
    return Record(
        **{name: facts[name] for name in ("key", "head", "body", "version")},
        events=tuple(facts["events"]),
        index={name: (partition, sort) for name, (partition, sort) in facts["index"].items()},
        expires_at=datetime.fromisoformat(expires) if expires else None,
    )


def files_of(record: Record) -> frozenset[str]:
    """The SHA-256 of every file that the record names, wherever in it."""
    return frozenset(_named((record.head, record.body, record.events)))


def _named(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        own = value.get("sha256")
        if isinstance(own, str) and is_sha256(own):
            yield own
        for part in value.values():
            yield from _named(part)
    elif isinstance(value, list | tuple):
        if len(value) == 4 and isinstance(value[3], str) and is_sha256(value[3]):
            yield value[3]  # [name, size, kind, hash]: how a supplement's event remembers the files before it
        for part in value:
            yield from _named(part)


def _spelled(value: object, *, plain: bool) -> str:
    return json.dumps(value, ensure_ascii=plain, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
