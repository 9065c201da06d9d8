"""Every record of a table, one after the other: for checks, copies and moves, never for an answer to somebody."""

from __future__ import annotations

from collections.abc import Iterator

from .port import Record, Store, Table


def every(store: Store, table: Table, *, after: str | None = None, at_once: int = 100) -> Iterator[Record]:
    """All records, read `at_once` at a time, so that memory stays small and nobody waits for the walk."""
    while found := store.walk(table, after=after, limit=at_once):
        yield from found
        after = found[-1].key
