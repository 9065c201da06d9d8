"""A database of the first layout is refused until it is rebuilt, and then holds what it held."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chalicelib.store.embedded import EmbeddedStore, rebuild_all
from chalicelib.store.port import CASES, DRAFTS, Record
from chalicelib.store.wire import dump
from keeper.__main__ import main

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LAYOUT_1 = (
    "CREATE TABLE records (place TEXT, key TEXT, version INTEGER NOT NULL, expires INTEGER,"
    " head TEXT NOT NULL, PRIMARY KEY (place, key)) WITHOUT ROWID",
    "CREATE INDEX expiring ON records (place, expires) WHERE expires IS NOT NULL",
    "CREATE TABLE bodies (place TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (place, key))",
    "CREATE TABLE events (place TEXT, key TEXT, n INTEGER, event TEXT NOT NULL,"
    " PRIMARY KEY (place, key, n)) WITHOUT ROWID",
    "CREATE TABLE marks (place TEXT, name TEXT, part TEXT, sort TEXT, key TEXT,"
    " PRIMARY KEY (place, name, part, sort, key)) WITHOUT ROWID",
    "CREATE UNIQUE INDEX mark_of ON marks (place, key, name)",
    "PRAGMA user_version = 1",
)
CASE = Record(
    "k", {"n": 2}, {"f": "字\u2028字"}, tuple({"seq": n, "note": "一\u2028二"} for n in range(12)),
    {"queue": ("q", "1"), "owner": ("o", "2")}, 7,
)  # fmt: skip
DRAFT = Record("k", {"n": 3}, index={"owner": ("o", "3")}, expires_at=datetime(2027, 1, 1, tzinfo=UTC))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder as the release before left it."""
    with sqlite3.connect(tmp_path / "banshi.sqlite3") as db:
        for statement in LAYOUT_1:
            db.execute(statement)
        for table, record in ((CASES, CASE), (DRAFTS, DRAFT)):
            of_key, expires = (table.name, record.key), record.expires_at
            seconds = int(expires.timestamp()) if expires else None
            db.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?)", (*of_key, record.version, seconds, dump(record.head)))  # fmt: skip
            db.execute("INSERT INTO bodies VALUES (?, ?, ?)", (*of_key, dump(record.body)))
            for n, event in reversed(list(enumerate(record.events))):
                db.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (*of_key, n, dump(event)))
            for name, (part, sort) in record.index.items():
                db.execute("INSERT INTO marks VALUES (?, ?, ?, ?, ?)", (table.name, name, part, sort, record.key))  # fmt: skip
    return tmp_path


def test_it_is_refused_until_it_is_rebuilt_and_then_everything_is_there(old: Path) -> None:
    with pytest.raises(RuntimeError, match="keeper rebuild"):
        EmbeddedStore(old)
    assert (rebuild_all(old), rebuild_all(old)) == (["banshi.sqlite3"], [])
    store = EmbeddedStore(old)
    assert store.find(CASES, "k", now=NOW) == CASE and store.find(DRAFTS, "k", now=NOW) == DRAFT
    assert [row.key for row in store.query(CASES, "owner", "o").rows] == ["k"]


def test_it_goes_on_from_there(old: Path) -> None:
    assert main(["rebuild"], {"DATA_DIR": str(old)}) == 0
    store, moved = EmbeddedStore(old), Record("k", {"n": 4}, index={"queue": ("q", "9")})
    assert store.update(CASES, moved, expected=7, appended=[{"seq": 12}])
    found = store.find(CASES, "k", now=NOW)
    assert found and (found.version, len(found.events), found.index) == (8, 13, {"queue": ("q", "9")})
    assert store.drop_expired(DRAFTS, now=datetime(2027, 1, 2, tzinfo=UTC)) == 1


def test_what_cannot_be_rebuilt_is_left_as_it_was(old: Path) -> None:
    with sqlite3.connect(old / "banshi.sqlite3") as db:
        db.execute("CREATE TABLE records_1 (x)")
    with pytest.raises(sqlite3.OperationalError, match="records_1"):
        rebuild_all(old)
    with sqlite3.connect(old / "banshi.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (12,)
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
