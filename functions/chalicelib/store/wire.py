"""How a record's parts are written down, the same in both engines: JSON, seconds, cursors, keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .port import Listed, Page, Record, StoreUnavailable, Table

MAX_KEY_BYTES, MAX_PARTITION_BYTES, MAX_SORT_BYTES = 2048, 2048, 1024


def dump(value: Mapping[str, Any]) -> str:
    """Compact JSON with readable Chinese; half a surrogate pair, which no store takes, stays escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text if _encodes(text) else json.dumps(value, separators=(",", ":"), allow_nan=False)


def load(text: str) -> dict[str, Any]:
    """The JSON object that `dump` wrote."""
    value: dict[str, Any] = json.loads(text)
    return value


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def seconds_of(moment: datetime) -> int:
    """Whole seconds since 1970, as DynamoDB's expiry wants them; a naive datetime is refused."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return int(moment.timestamp())


def expiry_of(moment: datetime | None) -> int | None:
    return None if moment is None else seconds_of(moment)


def moment_of(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def cursor(sort: str, key: str) -> str:
    """The opaque text that says where a list stopped."""
    return base64.urlsafe_b64encode(json.dumps([sort, key]).encode()).decode().rstrip("=")


def read_cursor(text: str | None, *, low: str | None, high: str | None) -> tuple[str, str] | None:
    """(sort, key) of a cursor; None for none, for anything else, and for one outside the list's range."""
    try:
        sort, key = json.loads(base64.urlsafe_b64decode((text or "") + "=="))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    whole = isinstance(sort, str) and isinstance(key, str) and _fits(sort, MAX_SORT_BYTES) and usable(key)
    inside = whole and (low is None or low <= sort) and (high is None or sort <= high)
    return (sort, key) if inside else None


def page_of(found: tuple[Listed, ...], *, limit: int) -> Page:
    """A page from one row more than asked for: that row only tells that there is a next page."""
    shown = found[:limit]
    return Page(shown, cursor(shown[-1].sort, shown[-1].key) if len(found) > limit else None)


def usable(key: str) -> bool:
    """Whether a record could have this key at all: keys come from addresses people type."""
    return _fits(key, MAX_KEY_BYTES)


def _fits(text: str, most_bytes: int) -> bool:
    return _encodes(text) and 0 < len(text.encode()) <= most_bytes


def check_record(table: Table, record: Record) -> None:
    """Refuses (ValueError), in either engine, what DynamoDB would refuse or what the table does not do."""
    if not usable(record.key):
        raise ValueError(f"{table.name}: a key must be non-empty and short")
    if record.expires_at is not None and not table.expires:
        raise ValueError(f"{table.name}: its records do not expire")
    check_places(table, record.index)


def check_places(table: Table, index: Mapping[str, tuple[str, str] | None]) -> None:
    """Refuses index keys that DynamoDB would refuse, and indexes that the table does not declare."""
    for name, place in index.items():
        if place is None:
            continue
        check_index(table, name)
        if not (_fits(place[0], MAX_PARTITION_BYTES) and _fits(place[1], MAX_SORT_BYTES)):
            raise ValueError(f"{table.name}.{name}: index keys must be non-empty and short")


def check_index(table: Table, name: str) -> None:
    """Refuses an index that the table does not declare."""
    if name not in table.indexes:
        raise ValueError(f"{table.name} has no index {name!r}")


def check_file(sha256: str, data: bytes) -> bytes:
    """The same bytes, unless they are no longer those of the hash."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StoreUnavailable(f"file {sha256} is damaged")
    return data


def is_sha256(text: str) -> bool:
    """Whether the text can name a stored file."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")
