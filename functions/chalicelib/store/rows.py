"""How records lie in SQLite, and every statement that touches them; transactions are the caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from .port import Listed, Record, Table
from .wire import dump, expiry_of, load, moment_of

LAYOUT = 1
STATEMENTS = (
    "CREATE TABLE records (place TEXT, key TEXT, version INTEGER NOT NULL, expires INTEGER,"
    " head TEXT NOT NULL, PRIMARY KEY (place, key)) WITHOUT ROWID",
    "CREATE INDEX expiring ON records (place, expires) WHERE expires IS NOT NULL",
    "CREATE TABLE bodies (place TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (place, key))",
    "CREATE TABLE events (place TEXT, key TEXT, n INTEGER, event TEXT NOT NULL,"
    " PRIMARY KEY (place, key, n)) WITHOUT ROWID",
    "CREATE TABLE marks (place TEXT, name TEXT, part TEXT, sort TEXT, key TEXT,"
    " PRIMARY KEY (place, name, part, sort, key)) WITHOUT ROWID",
    "CREATE UNIQUE INDEX mark_of ON marks (place, key, name)",
)
BEFORE_ALL_TIME = -(2**62)  # at that moment nothing has expired
AFTER_ALL_TEXT = b""  # SQLite sorts every blob after every text
_LIST = (
    "SELECT m.key, r.version, r.head, m.sort FROM marks AS m CROSS JOIN records AS r USING (place, key)"
    " WHERE m.place = ? AND m.name = ? AND m.part = ? AND "
)
_UP = _LIST + "(m.sort, m.key) > (?, ?) AND m.sort <= ? ORDER BY m.sort, m.key LIMIT ?"
_DOWN = _LIST + "(m.sort, m.key) < (?, ?) AND m.sort >= ? ORDER BY m.sort DESC, m.key DESC LIMIT ?"
_COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM marks"
    " WHERE place = ? AND name = ? AND part = ? AND sort >= ? AND sort <= ? LIMIT ?)"
)


def lay_out(db: sqlite3.Connection) -> None:
    """Makes the tables in a new file; refuses a file that a newer release has laid out."""
    (layout,) = db.execute("PRAGMA user_version").fetchone()
    if layout > LAYOUT:
        raise RuntimeError(f"the database has layout {layout}; this release knows {LAYOUT}: upgrade it first")
    if layout == 0:
        for statement in STATEMENTS:
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {LAYOUT}")


def read(db: sqlite3.Connection, table: Table, key: str, *, now: int) -> Record | None:
    row = db.execute(
        "SELECT version, expires, head, body FROM records JOIN bodies USING (place, key)"
        " WHERE place = ? AND key = ? AND (expires IS NULL OR expires > ?)",
        (table.name, key, now),
    ).fetchone()
    if row is None:
        return None
    version, expires, head, body = row
    return Record(
        key=key,
        head=load(head),
        body=load(body),
        events=_events(db, table, key),
        index=_marks(db, table, key),
        version=version,
        expires_at=moment_of(expires),
    )


def following(db: sqlite3.Connection, table: Table, *, after: str, limit: int) -> tuple[Record, ...]:
    """Whole records by key, expired ones too."""
    keys = db.execute(
        "SELECT key FROM records WHERE place = ? AND key > ? ORDER BY key LIMIT ?", (table.name, after, limit)
    ).fetchall()
    found = (read(db, table, key, now=BEFORE_ALL_TIME) for (key,) in keys)
    return tuple(record for record in found if record)


def _events(db: sqlite3.Connection, table: Table, key: str) -> tuple[dict[str, Any], ...]:
    rows = db.execute("SELECT event FROM events WHERE place = ? AND key = ? ORDER BY n", (table.name, key))
    return tuple(load(event) for (event,) in rows)


def _marks(db: sqlite3.Connection, table: Table, key: str) -> dict[str, tuple[str, str]]:
    """Where the record is listed; marks of indexes that an earlier release had are nobody's any more."""
    rows = db.execute("SELECT name, part, sort FROM marks WHERE place = ? AND key = ?", (table.name, key))
    return {name: (part, sort) for name, part, sort in rows if name in table.indexes}


def holds(db: sqlite3.Connection, table: Table, key: str) -> bool:
    """Whether the key is taken, by an expired record too."""
    row = db.execute("SELECT 1 FROM records WHERE place = ? AND key = ?", (table.name, key)).fetchone()
    return row is not None


def insert(db: sqlite3.Connection, table: Table, record: Record) -> None:
    """Writes all parts of a record whose key is free."""
    db.execute(
        "INSERT INTO records (place, key, version, expires, head) VALUES (?, ?, ?, ?, ?)",
        (table.name, record.key, record.version, expiry_of(record.expires_at), dump(record.head)),
    )
    db.execute(
        "INSERT INTO bodies (place, key, body) VALUES (?, ?, ?)", (table.name, record.key, dump(record.body))
    )
    append(db, table, record.key, record.events)
    mark(db, table, record)


def move_on(db: sqlite3.Connection, table: Table, record: Record, *, expected: int) -> bool:
    """The condition of every update: only from the expected version, to the next."""
    moved = db.execute(
        "UPDATE records SET version = ?, expires = ?, head = ? WHERE place = ? AND key = ? AND version = ?",
        (expected + 1, expiry_of(record.expires_at), dump(record.head), table.name, record.key, expected),
    )
    return moved.rowcount == 1


def append(db: sqlite3.Connection, table: Table, key: str, events: Sequence[Mapping[str, Any]]) -> None:
    of_key = (table.name, key)
    (count,) = db.execute("SELECT count(*) FROM events WHERE place = ? AND key = ?", of_key).fetchone()
    db.executemany(
        "INSERT INTO events (place, key, n, event) VALUES (?, ?, ?, ?)",
        [(*of_key, n, dump(event)) for n, event in enumerate(events, count)],
    )


def mark(db: sqlite3.Connection, table: Table, record: Record) -> None:
    """Lists the record where its index says, and nowhere else."""
    _set_marks(db, (table.name, record.key), record.index)


def _set_marks(db: sqlite3.Connection, of_key: tuple[str, str], index: Mapping[str, tuple[str, str]]) -> None:
    db.execute("DELETE FROM marks WHERE place = ? AND key = ?", of_key)
    db.executemany(
        "INSERT INTO marks (place, key, name, part, sort) VALUES (?, ?, ?, ?, ?)",
        [(*of_key, name, part, sort) for name, (part, sort) in index.items()],
    )


def unmark(db: sqlite3.Connection, table: Table, key: str, *, index: str, sort: str, version: int) -> bool:
    gone = db.execute(
        "DELETE FROM marks WHERE place = ? AND key = ? AND name = ? AND sort = ? AND EXISTS"
        " (SELECT 1 FROM records AS r WHERE r.place = marks.place AND r.key = marks.key AND r.version = ?)",
        (table.name, key, index, sort, version),
    )
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
    of_key = (table.name, key)
    held = db.execute("SELECT 1 FROM records WHERE place = ? AND key = ? AND version = ?", (*of_key, version))
    if held.fetchone() is None:
        return False
    kept = {name: place for name, place in _marks(db, table, key).items() if name not in index}
    _set_marks(db, of_key, {**kept, **{name: place for name, place in index.items() if place}})
    return True


def replace_body(db: sqlite3.Connection, table: Table, record: Record) -> None:
    db.execute(
        "UPDATE bodies SET body = ? WHERE place = ? AND key = ?", (dump(record.body), table.name, record.key)
    )


def remove(db: sqlite3.Connection, table: Table, key: str, *, version: int) -> bool:
    """Removes all parts of a record that is still at that version."""
    gone = db.execute(
        "DELETE FROM records WHERE place = ? AND key = ? AND version = ?", (table.name, key, version)
    ).rowcount
    if gone:
        db.execute("DELETE FROM bodies WHERE place = ? AND key = ?", (table.name, key))
        db.execute("DELETE FROM events WHERE place = ? AND key = ?", (table.name, key))
        db.execute("DELETE FROM marks WHERE place = ? AND key = ?", (table.name, key))
    return gone == 1


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
