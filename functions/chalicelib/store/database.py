"""One SQLite file (WAL) that threads and processes write to. A connection belongs to one thread of one process."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from . import layout
from .port import StoreUnavailable

BUSY_SECONDS = 20
MAPPED_BYTES = (
    2**31 - 2**16
)  # what SQLite maps at most: pages are looked at where the system keeps them, not copied
CACHED_KIB = (
    16 * 1024
)  # a connection's own: the upper pages of the trees of a million cases, and what it writes


def rebuild(path: Path) -> bool:
    """Lays a file of an earlier release out anew, all of it or nothing; False: it is as this release wants it.

    Nobody else may be at work with it.
    """
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        done = layout.rebuild(db)
        db.execute("COMMIT")
        return done


class Database:
    """The file, laid out on first use. `synced`: every commit is on the disk before it returns (`synchronous=FULL`);
    otherwise a power cut may take the last moments with it, and nothing before them."""

    def __init__(self, path: Path, *, synced: bool) -> None:
        self.path, self._synced = path, synced
        self._mine = threading.local()
        self._turn = threading.Lock()
        with self.writing() as db:
            layout.lay_out(db)

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction that sees one moment."""
        return self._transaction("BEGIN")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction; threads of this process queue here, other processes at SQLite's own lock."""
        with self._turn, self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    def connection(self) -> sqlite3.Connection:
        """This thread's own; a forked child opens anew and must not even close its parent's."""
        mine = self._mine
        if getattr(mine, "process", None) != os.getpid():
            mine.inherited = getattr(mine, "db", None)
            mine.db, mine.process = self._open(), os.getpid()
        db: sqlite3.Connection = mine.db
        return db

    def close(self) -> None:
        """Closes this thread's connection; the next call opens another."""
        if getattr(self._mine, "process", None) == os.getpid():
            self._mine.db.close()
            self._mine.process = None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; what SQLite could not do is StoreUnavailable."""
        try:
            db = self.connection()
            db.execute(begin)
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(str(error)) from error

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA synchronous = {'FULL' if self._synced else 'NORMAL'}")
        db.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
        db.execute(f"PRAGMA cache_size = -{CACHED_KIB}")
        return db
