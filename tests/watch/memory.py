"""A store in memory for thousands of small histories, which now and then fails at a write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.store.port import Page, Record, StoreUnavailable, Table

from tests.store.dictstore import DictStore


class MemoryStore(DictStore):
    """`troubles` says for each write whether it fails: "" no, "before" it happened, "after" without saying so."""

    def __init__(self, troubles: Iterable[str] = ()) -> None:
        super().__init__()
        self._troubles = iter(troubles)

    def create(self, table: Table, record: Record, *, now: datetime | None = None) -> bool:
        return self._with_trouble(lambda: DictStore.create(self, table, record, now=now))

    def update(
        self, table: Table, record: Record, *, expected: int, appended: Sequence[Mapping[str, Any]] = (),
        with_body: bool = False,
    ) -> bool:  # fmt: skip
        return self._with_trouble(
            lambda: DictStore.update(
                self, table, record, expected=expected, appended=appended, with_body=with_body
            )
        )

    def query(
        self, table: Table, index: str, partition: str, *, limit: int = 25, after: str | None = None,
        low: str | None = None, high: str | None = None, newest_first: bool = False,
    ) -> Page:  # fmt: skip
        found = self.rows(table, index, partition, low=low, high=high)
        return Page(tuple(found[::-1] if newest_first else found))

    def walk(self, table: Table, *, after: str | None = None, limit: int = 100) -> tuple[Record, ...]:
        keys = sorted(key for where, key in self.records if where == table and key > (after or ""))
        return tuple(self.records[table, key] for key in keys[:limit])

    def _with_trouble(self, write: Any) -> bool:
        trouble = next(self._troubles, "")
        if trouble == "before":
            raise StoreUnavailable(trouble)
        done: bool = write()
        if trouble == "after":
            raise StoreUnavailable(trouble)
        return done
