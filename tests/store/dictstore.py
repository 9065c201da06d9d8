"""The port as a dict: the simplest store that could be right, to hold the engines against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.store.port import Listed, Record, Table


class DictStore:
    """Keeps whole records by (table, key); lists are made by looking at all of them."""

    def __init__(self) -> None:
        self.records: dict[tuple[Table, str], Record] = {}

    def find(self, table: Table, key: str, *, now: datetime, fresh: bool = True) -> Record | None:
        record = self.records.get((table, key))
        return None if record is None or _expired(record, now) else record

    def create(self, table: Table, record: Record, *, now: datetime | None = None) -> bool:
        old = self.records.get((table, record.key))
        if old is not None and not (now and _expired(old, now)):
            return False
        self.records[table, record.key] = record
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
        old = self.records.get((table, record.key))
        if old is None or old.version != expected:
            return False
        self.records[table, record.key] = replace(
            record,
            version=expected + 1,
            body=record.body if with_body else old.body,
            events=(*old.events, *appended),
        )
        return True

    def unmark(self, table: Table, key: str, *, index: str, sort: str, version: int) -> bool:
        old = self.records.get((table, key))
        if old is None or old.version != version or old.index.get(index, ("", ""))[1] != sort:
            return False
        left = {name: place for name, place in old.index.items() if name != index}
        self.records[table, key] = replace(old, index=left)
        return True

    def delete(self, table: Table, key: str, *, expected: int) -> bool:
        old = self.records.get((table, key))
        if old is None or old.version != expected:
            return False
        del self.records[table, key]
        return True

    def rows(
        self, table: Table, index: str, partition: str, *, low: str | None, high: str | None
    ) -> list[Listed]:
        """Every row of the list, by sort key and then by key."""
        found = [
            Listed(record.key, record.version, record.head, record.index[index][1])
            for (where, _), record in self.records.items()
            if where == table and record.index.get(index, ("",))[0] == partition
        ]
        inside = [row for row in found if (low or "") <= row.sort and (high is None or row.sort <= high)]
        return sorted(inside, key=lambda row: (row.sort, row.key))


def _expired(record: Record, now: datetime) -> bool:
    return record.expires_at is not None and record.expires_at <= now
