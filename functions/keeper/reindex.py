"""Putting every case, and the tallies, where this release looks for them: after an upgrade, a new calendar or policy.

Each record is changed by one write on the condition that nobody wrote meanwhile, and not at all where it stands
right, so the command may run beside requests, be broken off and be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from chalicelib import ledger
from chalicelib.domain.policy import Policy, in_file
from chalicelib.listing import LITS, index_of, listed
from chalicelib.store.port import CASES, TALLIES, Record, Store, Table
from chalicelib.store.walk import every
from chalicelib.watch import tallies

from schemas.calendar import Calendar, day_of

_TRIES, _SOMETIMES = 8, 10_000


@dataclass(frozen=True, slots=True)
class Order:
    """What the places of today follow from."""

    calendar: Calendar
    policy: Policy
    now: datetime

    @classmethod
    def under(cls, policy_file: Path | None, *, now: datetime) -> Order:
        """By the calendar of this release and the office's policy."""
        return cls(Calendar.vendored(), in_file(policy_file), now)

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return day_of(self.now)

    def index(self, record: Record) -> dict[str, tuple[str, str]]:
        """Where a case belongs."""
        return listed(ledger.from_record(record), self)

    def placed(self, table: Table, record: Record) -> Record:
        """A record of a table listed as this release lists it; of tables whose lists never moved, the record."""
        if table is TALLIES:
            return replace(record, index=tallies.place(record.key))
        return self._case(record) if table is CASES else record

    def _case(self, record: Record) -> Record:
        """The case, untouched where it would stand so under the light of any day."""
        case, held = ledger.from_record(record), _lists(record)
        if any(held == index_of(case, light) for light in LITS):
            return record
        outbox = {"outbox": record.index["outbox"]} if "outbox" in record.index else {}
        return replace(record, index=self.index(record) | outbox)


def reindex(store: Store, order: Order, *, after: str | None = None) -> Iterator[tuple[str, bool]]:
    """Each case number that was looked at, and whether it had to be moved; from beyond the number `after`."""
    for record in every(store, CASES, after=after):
        yield record.key, _placed(store, record, order)


def told(store: Store, order: Order, *, after: str | None) -> Iterator[str]:
    """The same, saying now and then how far it has come, and at the end what was done."""
    looked = moved = 0
    for number, was_moved in reindex(store, order, after=after):
        looked, moved = looked + 1, moved + was_moved
        if looked % _SOMETIMES == 0:
            yield f"{looked} cases, {moved} moved; to go on from here: --after {number}"
    yield f"{looked} cases, {moved} moved"
    counted = sum(_replaced(store, record) for record in every(store, TALLIES))
    yield from [f"{counted} tallies moved"] if counted else []


def _placed(store: Store, record: Record, order: Order) -> bool:
    read: Record | None = record
    for _ in range(_TRIES):
        if read is None or _stands(read, order):
            return False
        if ledger.relist(store, read, order.index(read)):
            return True
        read = store.find(CASES, record.key, now=order.now)
    raise TimeoutError(f"case {record.key} kept changing")


def _replaced(store: Store, record: Record) -> bool:
    """Whether a tally had to be moved; one that was counted on meanwhile stands right already."""
    there = tallies.place(record.key)
    return record.index != there and store.relist(TALLIES, record.key, there, version=record.version)


def _stands(record: Record, order: Order) -> bool:
    return _lists(record) == order.index(record)


def _lists(record: Record) -> dict[str, tuple[str, str]]:
    return {name: place for name, place in record.index.items() if name != "outbox"}
