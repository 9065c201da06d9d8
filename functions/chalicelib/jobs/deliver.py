"""Delivering notices from the outbox: at least once, keyed by (number, event), harmless twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ..domain.lifecycle import INTERNAL
from ..ledger import OUTBOX_SHARDS
from ..store.port import CASES, NOTICES, Listed, Record, Store

_BATCH = 100


def deliver(store: Store, *, now: datetime) -> int:
    """Puts every unsent event into its applicant's inbox, then clears the mark; how many cases were served."""
    return sum(_serve(store, row, now) for shard in OUTBOX_SHARDS for row in _marked(store, shard))


def _marked(store: Store, shard: str) -> Iterator[Listed]:
    after: str | None = None
    while True:
        page = store.query(CASES, "outbox", shard, limit=_BATCH, after=after)
        yield from page.rows
        after = page.after
        if after is None:
            return


def _serve(store: Store, row: Listed, now: datetime) -> int:
    """One case. The mark goes only if nothing happened since; otherwise the next run repeats, harmlessly."""
    record = store.find(CASES, row.key, now=now)
    if record is None or "outbox" not in record.index:
        return 0
    sort = record.index["outbox"][1]
    first = int(sort.rpartition("#")[2])
    for event in record.events[first - 1 :]:
        if event["action"] not in INTERNAL:
            store.create(NOTICES, _notice(record, event))
    store.unmark(CASES, row.key, index="outbox", sort=sort, version=record.version)
    return 1


def _notice(record: Record, event: Any) -> Record:
    head = record.head
    return Record(
        key=f"{head['number']}#{event['seq']}",
        head={
            "number": head["number"],
            "item_name": head["item_name"],
            "item_name_en": head["item_name_en"],
            "action": event["action"],
            "at": event["at"],
        },
        index={"owner": (head["applicant"], f"{event['at']}#{head['number']}#{event['seq']:04d}")},
    )
