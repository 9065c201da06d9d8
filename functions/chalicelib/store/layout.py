"""The tables in SQLite, and how those of an earlier release become them.

A record is one row, its events a line of JSON each: what is long lies in a tree by number, whose upper pages are
few, and what is searched lies in trees of short rows. So few pages are new to a look at one of a million.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

LAYOUT = 2
STATEMENTS = (
    "CREATE TABLE records (id INTEGER PRIMARY KEY, place TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL,"
    " expires INTEGER, head TEXT NOT NULL, body TEXT NOT NULL, events TEXT NOT NULL)",
    "CREATE UNIQUE INDEX record_of ON records (place, key)",
    "CREATE INDEX expiring ON records (place, expires) WHERE expires IS NOT NULL",
    "CREATE TABLE marks (place TEXT, name TEXT, part TEXT, sort TEXT, key TEXT, id INTEGER NOT NULL,"
    " PRIMARY KEY (place, name, part, sort, key)) WITHOUT ROWID",
    "CREATE INDEX mark_of ON marks (id)",
)
FROM_LAYOUT_1 = (
    "DROP INDEX expiring",
    "DROP INDEX mark_of",
    "ALTER TABLE records RENAME TO records_1",
    "ALTER TABLE marks RENAME TO marks_1",
    *STATEMENTS,
    "INSERT INTO records (place, key, version, expires, head, body, events)"
    " SELECT r.place, r.key, version, expires, head, body, coalesce((SELECT group_concat(event || char(10), '') FROM"
    " (SELECT event FROM events AS e WHERE e.place = r.place AND e.key = r.key ORDER BY n)), '')"
    " FROM records_1 AS r JOIN bodies USING (place, key)",
    "INSERT INTO marks SELECT m.place, name, part, sort, m.key, id FROM marks_1 AS m JOIN records USING (place, key)",
    "DROP TABLE marks_1",
    "DROP TABLE events",
    "DROP TABLE bodies",
    "DROP TABLE records_1",
)


def lay_out(db: sqlite3.Connection) -> None:
    """Makes the tables in a new file; refuses a file that an earlier or a newer release has laid out."""
    (found,) = db.execute("PRAGMA user_version").fetchone()
    if found > LAYOUT:
        raise RuntimeError(f"the database has layout {found}; this release knows {LAYOUT}: upgrade it first")
    if 0 < found < LAYOUT:
        raise RuntimeError(f"the database has layout {found}: stop the services and run `keeper rebuild`")
    if found == 0:
        _run(db, STATEMENTS)


def rebuild(db: sqlite3.Connection) -> bool:
    """Lays out anew what an earlier release has laid out; False: there is nothing to do."""
    (found,) = db.execute("PRAGMA user_version").fetchone()
    if found == 1:
        _run(db, FROM_LAYOUT_1)
    return bool(found == 1)


def _run(db: sqlite3.Connection, statements: Sequence[str]) -> None:
    for statement in (*statements, f"PRAGMA user_version = {LAYOUT}"):
        db.execute(statement)
