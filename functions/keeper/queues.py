"""What waits to be told to people, and what was given up on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.listing import OUTBOX_SHARDS
from chalicelib.notify import post
from chalicelib.store.port import CASES, MESSAGES, Store

_CAP = 1_000_000


def told(store: Store, *, now: datetime) -> Iterator[str]:
    """A line for each queue, then one for each message given up on."""
    waiting = sum(store.count(CASES, "outbox", shard, cap=_CAP) for shard in OUTBOX_SHARDS)
    yield f"outbox: {waiting} cases{_oldest(store, now)}"
    yield f"messages: {store.count(MESSAGES, 'due', post.QUEUED, cap=_CAP)} waiting"
    dead = post.dead_letters(store)
    yield f"given up: {len(dead)}{' or more' if len(dead) == 100 else ''}"
    yield from (f"  {row.key}: {row.head['why']}" for row in dead)


def send_again(store: Store, *, now: datetime) -> int:
    """Puts every message given up on back into the queue; how many."""
    return sum(post.try_again(store, row.key, now=now) for row in post.dead_letters(store, limit=10_000))


def _oldest(store: Store, now: datetime) -> str:
    firsts = [
        row.sort for shard in OUTBOX_SHARDS for row in store.query(CASES, "outbox", shard, limit=1).rows
    ]
    if not firsts:
        return ""
    at, number, _ = min(firsts).split("#")
    return f", the oldest {number} for {int((now - datetime.fromisoformat(at)).total_seconds())} s"
