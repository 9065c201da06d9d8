"""Counting everything again from the events of all cases, and comparing: tallies, cards, lamps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .. import ledger
from ..actions import Desk
from ..domain.case import Case
from ..domain.lights import cards
from ..store.port import CARDS, CASES, TALLIES, Store
from ..store.walk import every
from . import lamps
from .cards import key_of, whole
from .observe import observe
from .tallies import Sums, add, lines_of, same


@dataclass(slots=True)
class Found:
    """What a walk over everything saw; `faults` are sentences for an operator."""

    cases: int = 0
    tallies: int = 0
    cards: int = 0
    faults: list[str] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)  # tallies to be counted anew


def compare(desk: Desk, *, now: datetime) -> Found:
    """Every case against its lamp and its cards, every tally against the events it should hold."""
    found, sums = Found(), dict[str, Sums]()
    for case in _cases(desk.store):
        found.cases += 1
        for line in lines_of(case, desk.calendar):
            add(sums.setdefault(line.bucket, {}).setdefault(line.item, {}), line.counts)
        found.faults += _unlit(desk, case, now)
    _compare_tallies(desk.store, sums, found)
    for card in every(desk.store, CARDS):
        found.cards += 1
        if not whole(card):
            found.faults.append(f"card {card.key}: its chain of hashes is broken")
    return found


def mend(desk: Desk, found: Found, *, now: datetime) -> int:
    """Counts spoilt tallies anew and writes what is missing; how many cases were looked at."""
    for bucket in found.spoilt:
        record = desk.store.find(TALLIES, bucket, now=now)
        if record:
            desk.store.delete(TALLIES, bucket, expected=record.version)
    looked = 0
    for record in every(desk.store, CASES):
        observe(desk, record, now=now)
        looked += 1
    return looked


def _cases(store: Store) -> Iterator[Case]:
    return (ledger.from_record(record) for record in every(store, CASES))


def _unlit(desk: Desk, case: Case, now: datetime) -> Iterator[str]:
    """What supervision should have written of this case by now and has not."""
    world = desk.world(case, now)
    for card in cards(case, world):
        key = key_of(case.number, card.rule.id, card.seq, card.dept)
        if desk.store.find(CARDS, key, now=now) is None:
            yield f"card {key}: not written"
    if not lamps.stands(desk.store, case, world):
        yield f"lamp {case.number}: not as the case is"


def _compare_tallies(store: Store, sums: dict[str, Sums], found: Found) -> None:
    for record in every(store, TALLIES):
        found.tallies += 1
        wanted, held = sums.pop(record.key, {}), _held(record.events)
        if not (same(record.head["sums"], wanted) and same(held, wanted)):
            found.spoilt.add(record.key)
    found.spoilt |= set(sums)
    found.faults += [f"tally {bucket}: not what the events say" for bucket in sorted(found.spoilt)]


def _held(lines: Iterable[Mapping[str, Any]]) -> Sums:
    """What the lines of a record add up to, each name once."""
    sums, seen = Sums(), set[str]()
    for line in lines:
        if line["name"] not in seen:
            add(sums.setdefault(line["item"], {}), line["counts"])
        seen.add(line["name"])
    return sums
