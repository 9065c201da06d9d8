"""Counting tries (试错次数) so that nothing short can be guessed and nobody can flood a door: some a while each.

A sliding window of two slots: the tries of the slot before weigh as much as the window still reaches into it.
One small record a counter, whichever engine; it expires by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from .domain.refusal import Refusal
from .keys import fingerprint
from .store.port import TRIES, Record, Store

_RACES = 40  # each race lost is another try counted; an honest crowd under one name gets its turn
_BUSY = timedelta(seconds=2)
NO_WAIT = timedelta(0)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most this many tries within the window."""

    most: int
    window: timedelta

    def times(self, factor: int) -> Rate:
        """The rate for that many people behind one address."""
        return Rate(self.most * factor, self.window)


@dataclass(frozen=True, slots=True)
class _Count:
    """What the counter holds: the slot, its tries, and those of the slot before."""

    slot: int
    tries: int
    before: int

    def at(self, slot: int) -> _Count:
        """The same counter seen from a slot."""
        if slot == self.slot:
            return self
        return _Count(slot, 0, self.tries if slot == self.slot + 1 else 0)


def wait(store: Store, what: str, rate: Rate, *, now: datetime) -> timedelta:
    """Counts one try at `what` before it is judged: nothing, or how long to wait when there were too many.

    What does not exist is counted like what does, so the answer tells nothing about it.
    """
    key = counter(what)
    for _ in range(_RACES):
        record = store.find(TRIES, key, now=now)
        left = until(record, rate, now=now)
        if left:
            return left
        count = _read(record).at(_slot(rate, now)[0])
        if _written(store, key, replace(count, tries=count.tries + 1), record, now=now, window=rate.window):
            return NO_WAIT
    return _BUSY


def counter(what: str) -> str:
    """The key of the record that counts the tries at `what`."""
    return f"tries-{fingerprint(what.encode())[:32]}"


def until(record: Record | None, rate: Rate, *, now: datetime) -> timedelta:
    """How long to wait until one more try fits into what a counter holds; it is only looked at."""
    slot, into = _slot(rate, now)
    left = _left(_read(record).at(slot), rate.most, into)
    return timedelta(seconds=ceil(left * rate.window.total_seconds()))


def too_many(left: timedelta) -> Refusal:
    """The refusal that says when to try again."""
    seconds = max(ceil(left.total_seconds()), 1)
    return Refusal("too_many_tries", {"seconds": str(seconds), "minutes": str(ceil(seconds / 60))})


def _slot(rate: Rate, now: datetime) -> tuple[int, float]:
    """The window's slot, and how far it is gone."""
    slot, into = divmod(now.timestamp(), rate.window.total_seconds())
    return int(slot), into / rate.window.total_seconds()


def _left(count: _Count, most: int, into: float) -> float:
    """How much of a window passes until one more try fits; 0 when it fits now. `into` is how far the slot is gone."""
    if count.before * (1 - into) + count.tries + 1 <= most:
        return 0.0
    room = most - 1 - count.tries
    if room >= 0:  # what the slot before still weighs is in the way
        return max(1 - room / count.before - into, 0.0)
    return (1 - into) + max(1 - (most - 1) / count.tries, 0.0)


def _read(record: Record | None) -> _Count:
    return _Count(**record.head) if record else _Count(0, 0, 0)


def _written(
    store: Store, key: str, count: _Count, record: Record | None, *, now: datetime, window: timedelta
) -> bool:
    head = {"slot": count.slot, "tries": count.tries, "before": count.before}
    ends = now + 2 * window
    if record is None:
        return store.create(TRIES, Record(key=key, head=head, expires_at=ends), now=now)
    later = replace(record, head=head, expires_at=ends)
    return store.update(TRIES, later, expected=record.version, appended=(), with_body=False)
