"""All rows of a list, however many pages it has."""

from __future__ import annotations

from collections.abc import Iterator

from .port import Listed, Store, Table


def every(
    store: Store,
    table: Table,
    index: str,
    partition: str,
    *,
    low: str | None = None,
    high: str | None = None,
    at_once: int = 100,
) -> Iterator[Listed]:
    """Rows of one partition by sort key, `low` and `high` included, read page by page as they are asked for."""
    after: str | None = None
    while True:
        page = store.query(table, index, partition, limit=at_once, after=after, low=low, high=high)
        yield from page.rows
        after = page.after
        if after is None:
            return
