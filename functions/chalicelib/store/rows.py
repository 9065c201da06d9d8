"""How records lie in SQLite, and every statement that touches them; transactions are the caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from .port import Listed, Record, Table
from .wire import dump, expiry_of, load, moment_of

BEFORE_ALL_TIME = -(2**62)  # at that moment nothing has expired
AFTER_ALL_TEXT = b""  # SQLite sorts every blob after every text
_WHOLE = "id, key, version, expires, head, body, events"
_LIST = (
    "SELECT m.key, r.version, r.head, m.sort FROM marks AS m CROSS JOIN records AS r USING (id)"
    " WHERE m.place = ? AND m.name = ? AND m.part = ? AND "
)
_UP = _LIST + "(m.sort, m.key) > (?, ?) AND m.sort <= ? ORDER BY m.sort, m.key LIMIT ?"
_DOWN = _LIST + "(m.sort, m.key) < (?, ?) AND m.sort >= ? ORDER BY m.sort DESC, m.key DESC LIMIT ?"
_COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM marks"
    " WHERE place = ? AND name = ? AND part = ? AND sort >= ? AND sort <= ? LIMIT ?)"
)


def read(db: sqlite3.Connection, table: Table, key: str, *, now: int) -> Record | None:
    row = db.execute(
        f"SELECT {_WHOLE} FROM records WHERE place = ? AND key = ? AND (expires IS NULL OR expires > ?)",  # noqa: S608
        (table.name, key, now),
    ).fetchone()
    return _record(db, table, row) if row else None


def following(db: sqlite3.Connection, table: Table, *, after: str, limit: int) -> tuple[Record, ...]:
    """Whole records by key, expired ones too."""
    found = db.execute(
        f"SELECT {_WHOLE} FROM records WHERE place = ? AND key > ? ORDER BY key LIMIT ?",  # noqa: S608
        (table.name, after, limit),
    ).fetchall()
    return tuple(_record(db, table, row) for row in found)


def _record(db: sqlite3.Connection, table: Table, row: tuple[Any, ...]) -> Record:
    id_, key, version, expires, head, body, events = row
    return Record(
        key=key,
        head=load(head),
        body=load(body),
        events=tuple(load(event) for event in events.split("\n")[:-1]),
        index=_marks(db, table, id_),
        version=version,
        expires_at=moment_of(expires),
    )


def _marks(db: sqlite3.Connection, table: Table, id_: int) -> dict[str, tuple[str, str]]:
    """Where the record is listed; marks of indexes that an earlier release had are nobody's any more."""
    rows = db.execute("SELECT name, part, sort FROM marks WHERE id = ?", (id_,))
    return {name: (part, sort) for name, part, sort in rows if name in table.indexes}


def holds(db: sqlite3.Connection, table: Table, key: str) -> bool:
    """Whether the key is taken, by an expired record too."""
    row = db.execute("SELECT 1 FROM records WHERE place = ? AND key = ?", (table.name, key)).fetchone()
    return row is not None


def insert(db: sqlite3.Connection, table: Table, record: Record) -> None:
    """Writes all parts of a record whose key is free."""
    made = db.execute(
        "INSERT INTO records (place, key, version, expires, head, body, events) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (table.name, record.key, record.version, expiry_of(record.expires_at), dump(record.head),
         dump(record.body), _lines(record.events)),
    )  # fmt: skip
    _mark(db, table, record.key, int(made.lastrowid or 0), record.index)


def move_on(
    db: sqlite3.Connection,
    table: Table,
    record: Record,
    *,
    expected: int,
    appended: Sequence[Mapping[str, Any]],
    with_body: bool,
) -> bool:
    """The whole of an update, on its condition: only from the expected version, to the next."""
    id_ = _at(db, table, record.key, expected)
    if id_ is None:
        return False
    db.execute(
        "UPDATE records SET version = ?, expires = ?, head = ?, body = coalesce(?, body),"
        " events = events || ? WHERE id = ?",
        (expected + 1, expiry_of(record.expires_at), dump(record.head), dump(record.body) if with_body else None,
         _lines(appended), id_),
    )  # fmt: skip
    _unmark_all(db, id_)
    _mark(db, table, record.key, id_, record.index)
    return True


def _at(db: sqlite3.Connection, table: Table, key: str, version: int) -> int | None:
    """The number of a record that is still at that version."""
    row = db.execute(
        "SELECT id FROM records WHERE place = ? AND key = ? AND version = ?", (table.name, key, version)
    ).fetchone()
    return row[0] if row else None


def _lines(events: Sequence[Mapping[str, Any]]) -> str:
    """A line of JSON each, so that events are added without reading those before."""
    return "".join(f"{dump(event)}\n" for event in events)


def _mark(
    db: sqlite3.Connection, table: Table, key: str, id_: int, index: Mapping[str, tuple[str, str]]
) -> None:
    db.executemany(
        "INSERT INTO marks (place, name, part, sort, key, id) VALUES (?, ?, ?, ?, ?, ?)",
        [(table.name, name, part, sort, key, id_) for name, (part, sort) in index.items()],
    )


def _unmark_all(db: sqlite3.Connection, id_: int) -> None:
    db.execute("DELETE FROM marks WHERE id = ?", (id_,))


def unmark(db: sqlite3.Connection, table: Table, key: str, *, index: str, sort: str, version: int) -> bool:
    id_ = _at(db, table, key, version)
    gone = db.execute("DELETE FROM marks WHERE id = ? AND name = ? AND sort = ?", (id_, index, sort))
    return gone.rowcount == 1


def relist(
    db: sqlite3.Connection,
    table: Table,
    key: str,
    index: Mapping[str, tuple[str, str] | None],
    *,
    version: int,
) -> bool:
    """Moves the marks that are named, if the record is still at that version; marks of indexes that an earlier
    release had go too."""
    id_ = _at(db, table, key, version)
    if id_ is None:
        return False
    kept = {name: place for name, place in _marks(db, table, id_).items() if name not in index}
    _unmark_all(db, id_)
    _mark(db, table, key, id_, {**kept, **{name: place for name, place in index.items() if place}})
    return True


def remove(db: sqlite3.Connection, table: Table, key: str, *, version: int) -> bool:
    """Removes all parts of a record that is still at that version."""
    id_ = _at(db, table, key, version)
    if id_ is None:
        return False
    db.execute("DELETE FROM records WHERE id = ?", (id_,))
    _unmark_all(db, id_)
    return True


def expired(
    db: sqlite3.Connection, table: Table, *, now: int, key: str | None = None, limit: int = 1
) -> list[tuple[str, int]]:
    """(key, version) of records that expired by `now`: of one key, or of any."""
    return db.execute(
        "SELECT key, version FROM records"
        " WHERE place = ? AND expires <= ? AND key = coalesce(?, key) ORDER BY expires LIMIT ?",
        (table.name, now, key, limit),
    ).fetchall()


def listed(
    db: sqlite3.Connection,
    where: tuple[str, str, str],
    *,
    start: tuple[str, str] | None,
    low: str | None,
    high: str | None,
    down: bool,
    limit: int,
) -> tuple[Listed, ...]:
    """Rows of (table name, index, partition) beyond `start`: one bounded walk along the index."""
    if down:
        edge = start or (AFTER_ALL_TEXT if high is None else high, AFTER_ALL_TEXT)
        found = db.execute(_DOWN, (*where, *edge, low or "", limit))
    else:
        edge = start or (low or "", "")
        found = db.execute(_UP, (*where, *edge, AFTER_ALL_TEXT if high is None else high, limit))
    return tuple(Listed(key, version, load(head), sort) for key, version, head, sort in found)


def sorts(db: sqlite3.Connection, where: tuple[str, str, str], *, cap: int) -> tuple[str, ...]:
    """Sort keys alone, from the index alone."""
    found = db.execute(
        "SELECT sort FROM marks WHERE place = ? AND name = ? AND part = ? ORDER BY sort, key LIMIT ?",
        (*where, cap),
    )
    return tuple(sort for (sort,) in found)


def counted(
    db: sqlite3.Connection, where: tuple[str, str, str], *, low: str | None, high: str | None, cap: int
) -> int:
    bounds = (low or "", AFTER_ALL_TEXT if high is None else high)
    (found,) = db.execute(_COUNT, (*where, *bounds, cap)).fetchone()
    return int(found)
