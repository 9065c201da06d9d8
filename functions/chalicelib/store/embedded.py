"""The store on one machine: SQLite (WAL, every commit synced) and a folder of files.

Several processes may share one folder. A connection belongs to one thread of one process.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from . import rows
from .folder import FolderFiles
from .port import Page, Record, StoreUnavailable, Table
from .wire import check_index, check_record, page_of, read_cursor, seconds_of, usable

BUSY_SECONDS = 20


class EmbeddedStore(FolderFiles):
    """Everything in one folder: banshi.sqlite3 and files/."""

    def __init__(self, folder: str | Path) -> None:
        home = Path(folder)
        super().__init__(home / "files")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = home / "banshi.sqlite3"
        self._mine = threading.local()
        self._turn = threading.Lock()
        with self._writing() as db:
            rows.lay_out(db)

    def find(self, table: Table, key: str, *, now: datetime) -> Record | None:
        seconds = seconds_of(now)
        if not usable(key):
            return None
        with self._transaction("BEGIN") as db:
            return rows.read(db, table, key, now=seconds)

    def create(self, table: Table, record: Record, *, now: datetime | None = None) -> bool:
        check_record(table, record)
        with self._writing() as db:
            if now is not None:
                self._drop(db, table, now=now, key=record.key, limit=1)
            if rows.holds(db, table, record.key):
                return False
            rows.insert(db, table, record)
            return True

    def update(
        self,
        table: Table,
        record: Record,
        *,
        expected: int,
        appended: Sequence[Mapping[str, Any]] = (),
        with_body: bool = False,
    ) -> bool:
        check_record(table, record)
        with self._writing() as db:
            if not rows.move_on(db, table, record, expected=expected):
                return False
            rows.append(db, table, record.key, appended)
            rows.mark(db, table, record)
            if with_body:
                rows.replace_body(db, table, record)
            return True

    def unmark(self, table: Table, key: str, *, index: str, sort: str, version: int) -> bool:
        check_index(table, index)
        with self._writing() as db:
            return rows.unmark(db, table, key, index=index, sort=sort, version=version)

    def query(
        self,
        table: Table,
        index: str,
        partition: str,
        *,
        limit: int = 25,
        after: str | None = None,
        low: str | None = None,
        high: str | None = None,
        newest_first: bool = False,
    ) -> Page:
        check_index(table, index)
        where = (table.name, index, partition)
        start = read_cursor(after, low=low, high=high)
        with self._transaction("BEGIN") as db:
            found = rows.listed(
                db, where, start=start, low=low, high=high, down=newest_first, limit=limit + 1
            )
        return page_of(found, limit=limit)

    def count(
        self,
        table: Table,
        index: str,
        partition: str,
        *,
        low: str | None = None,
        high: str | None = None,
        cap: int = 1000,
    ) -> int:
        check_index(table, index)
        with self._transaction("BEGIN") as db:
            return rows.counted(db, (table.name, index, partition), low=low, high=high, cap=cap)

    def walk(self, table: Table, *, after: str | None = None, limit: int = 100) -> tuple[Record, ...]:
        with self._transaction("BEGIN") as db:
            return rows.following(db, table, after=after or "", limit=limit)

    def delete(self, table: Table, key: str, *, expected: int) -> bool:
        with self._writing() as db:
            return rows.remove(db, table, key, version=expected)

    def drop_expired(self, table: Table, *, now: datetime, limit: int = 1000) -> int:
        with self._writing() as db:
            return self._drop(db, table, now=now, key=None, limit=limit)

    def close(self) -> None:
        """Closes this thread's connection; the next call opens another."""
        if getattr(self._mine, "process", None) == os.getpid():
            self._mine.db.close()
            self._mine.process = None

    @staticmethod
    def _drop(db: sqlite3.Connection, table: Table, *, now: datetime, key: str | None, limit: int) -> int:
        old = rows.expired(db, table, now=seconds_of(now), key=key, limit=limit)
        return sum(rows.remove(db, table, key, version=version) for key, version in old)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction; threads of this process queue here, other processes at SQLite's own lock."""
        with self._turn, self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; what SQLite could not do is StoreUnavailable."""
        try:
            db = self._connection()
            db.execute(begin)
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(str(error)) from error

    def _connection(self) -> sqlite3.Connection:
        """This thread's own; a forked child opens anew and must not even close its parent's."""
        mine = self._mine
        if getattr(mine, "process", None) != os.getpid():
            mine.inherited = getattr(mine, "db", None)
            mine.db, mine.process = _open(self.database), os.getpid()
        db: sqlite3.Connection = mine.db
        return db


def _open(database: Path) -> sqlite3.Connection:
    """A connection whose every commit is on the disk before it returns (`synchronous=FULL` in WAL)."""
    db = sqlite3.connect(database, timeout=BUSY_SECONDS, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return db
