"""The store on one machine: SQLite (WAL, every commit synced) and a folder of files. Several processes may share it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from . import rows
from .database import Database, rebuild
from .folder import FolderFiles
from .port import Page, Record, Table
from .wire import check_index, check_places, check_record, page_of, read_cursor, seconds_of, usable

LASTING, PASSING = "banshi.sqlite3", "passing.sqlite3"


def rebuild_all(folder: Path) -> list[str]:
    """Lays both databases of an earlier release out anew, where there are any; the names of those that were."""
    return [name for name in (LASTING, PASSING) if (folder / name).exists() and rebuild(folder / name)]


class EmbeddedStore(FolderFiles):
    """Everything in one folder: banshi.sqlite3, files/, and passing.sqlite3 with what may be lost (counters of tries).

    Counting a try must not wait for the disk behind somebody's application, nor the other way round.
    """

    def __init__(self, folder: str | Path) -> None:
        home = Path(folder)
        super().__init__(home / "files")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lasting = Database(home / LASTING, synced=True)
        self._passing = Database(home / PASSING, synced=False)

    def find(self, table: Table, key: str, *, now: datetime, fresh: bool = True) -> Record | None:
        seconds = seconds_of(now)
        if not usable(key):
            return None
        with self._at(table).reading() as db:
            return rows.read(db, table, key, now=seconds)

    def find_each(
        self, wanted: Sequence[tuple[Table, str]], *, now: datetime, fresh: bool = True
    ) -> tuple[Record | None, ...]:
        seconds, found = seconds_of(now), dict[tuple[Table, str], Record | None]()
        for lasting in {table.lasting for table, _ in wanted}:
            here = [(table, key) for table, key in wanted if table.lasting == lasting and usable(key)]
            with (self.lasting if lasting else self._passing).reading() as db:
                found |= {(table, key): rows.read(db, table, key, now=seconds) for table, key in here}
        return tuple(found.get(one) for one in wanted)

    def create(self, table: Table, record: Record, *, now: datetime | None = None) -> bool:
        check_record(table, record)
        with self._at(table).writing() as db:
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
        with self._at(table).writing() as db:
            return rows.move_on(db, table, record, expected=expected, appended=appended, with_body=with_body)

    def unmark(self, table: Table, key: str, *, index: str, sort: str, version: int) -> bool:
        check_index(table, index)
        with self._at(table).writing() as db:
            return rows.unmark(db, table, key, index=index, sort=sort, version=version)

    def relist(
        self, table: Table, key: str, index: Mapping[str, tuple[str, str] | None], *, version: int
    ) -> bool:
        check_places(table, index)
        with self._at(table).writing() as db:
            return rows.relist(db, table, key, index, version=version)

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
        with self._at(table).reading() as db:
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
        with self._at(table).reading() as db:
            return rows.counted(db, (table.name, index, partition), low=low, high=high, cap=cap)

    def sorts(self, table: Table, index: str, partition: str, *, cap: int) -> tuple[str, ...]:
        check_index(table, index)
        with self._at(table).reading() as db:
            return rows.sorts(db, (table.name, index, partition), cap=cap)

    def walk(self, table: Table, *, after: str | None = None, limit: int = 100) -> tuple[Record, ...]:
        with self._at(table).reading() as db:
            return rows.following(db, table, after=after or "", limit=limit)

    def delete(self, table: Table, key: str, *, expected: int) -> bool:
        with self._at(table).writing() as db:
            return rows.remove(db, table, key, version=expected)

    def drop_expired(self, table: Table, *, now: datetime, limit: int = 1000) -> int:
        with self._at(table).writing() as db:
            return self._drop(db, table, now=now, key=None, limit=limit)

    def close(self) -> None:
        """Closes this thread's connections; the next call opens others."""
        self.lasting.close()
        self._passing.close()

    @staticmethod
    def _drop(db: sqlite3.Connection, table: Table, *, now: datetime, key: str | None, limit: int) -> int:
        old = rows.expired(db, table, now=seconds_of(now), key=key, limit=limit)
        return sum(rows.remove(db, table, key, version=version) for key, version in old)

    def _at(self, table: Table) -> Database:
        return self.lasting if table.lasting else self._passing
