"""Reading everything back: is every history whole, is every file there, is each case there once?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib import ledger
from chalicelib.domain.case import first_broken
from chalicelib.domain.timeline import explains
from chalicelib.store.port import ACCESS, CASES, TABLES, Record, Store, StoreUnavailable, Table
from chalicelib.store.walk import every

from .lines import files_of
from .promises import Promises


@dataclass(slots=True)
class Findings:
    """What was read and what is wrong, each fault with the record it is in."""

    records: int = 0
    cases: int = 0
    events: int = 0
    files: int = 0
    faults: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """One line for people."""
        read = f"{self.records} records, {self.cases} cases, {self.events} events, {self.files} files"
        return f"{read}: {len(self.faults)} faults"


def verify(store: Store) -> Findings:
    """Walks the whole store, then what must hold between records. Many cases may share a file: it is read once."""
    found, seen, promises = Findings(), dict[str, bool](), Promises()
    for table in TABLES:
        for record in every(store, table):
            found.records += 1
            wrong = [*_files(store, record, seen), *_chained(table, record, promises)]
            found.faults += [f"{table.name} {record.key}: {fault}" for fault in wrong]
            if table == CASES:
                found.cases, found.events = found.cases + 1, found.events + len(record.events)
    found.faults += promises.between(store)
    found.files = sum(seen.values())
    return found


def _of_case(record: Record, promises: Promises) -> Iterator[str]:
    yield from _history(record)
    yield from promises.case(record)


def _history(record: Record) -> Iterator[str]:
    try:
        case = ledger.from_record(record)
    except (KeyError, TypeError, ValueError) as error:
        yield f"it cannot be read: {type(error).__name__}"
        return
    broken = first_broken(case.events)
    if broken is not None:
        yield f"the chain of hashes breaks at event {broken}"
    if not explains(case):
        yield f"its history does not lead to {case.state}"


def _log(record: Record) -> Iterator[str]:
    """The access log is chained like a case's history."""
    try:
        broken = first_broken(ledger.event_in(facts) for facts in record.events)
    except (KeyError, TypeError, ValueError) as error:
        yield f"it cannot be read: {type(error).__name__}"
        return
    if broken is not None:
        yield f"the chain of hashes breaks at line {broken}"


def _chained(table: Table, record: Record, promises: Promises) -> Iterator[str]:
    """What is chained and does not hold together: a case's history, a page of the access log."""
    if table == CASES:
        yield from _of_case(record, promises)
    elif table == ACCESS:
        yield from _log(record)


def _files(store: Store, record: Record, seen: dict[str, bool]) -> Iterator[str]:
    for sha256 in sorted(files_of(record)):
        if sha256 not in seen:
            seen[sha256] = _sound(store, sha256)
        if not seen[sha256]:
            yield f"file {sha256} is gone or damaged"


def _sound(store: Store, sha256: str) -> bool:
    try:
        return store.get_file(sha256) is not None
    except StoreUnavailable:
        return False
