"""Running tallies by day, department and item: each event once, whatever is repeated, doubled, late or cut short.

A record holds one day of one department (one of a few shards of it). It lists the parts it counted, so that the same
conditional write that adds a part also remembers it; a part that is listed is never added again.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schemas.calendar import Calendar

from ..domain import figures
from ..domain.case import Case
from ..store.every import every
from ..store.port import TALLIES, Listed, Record, Store

SHARDS = 4  # of one department's day, so that no record grows too long
_TRIES = 20
Sums = dict[str, dict[str, int]]  # item -> counter -> n


@dataclass(frozen=True, slots=True)
class Line:
    """One part of one case, as a record keeps it."""

    bucket: str
    case: str
    seq: int
    item: str
    counts: Mapping[str, int]

    @property
    def name(self) -> str:
        """What it is known by."""
        return f"{self.case}#{self.seq}"


def lines_of(case: Case, calendar: Calendar) -> tuple[Line, ...]:
    """What this case adds, and where."""
    shard = zlib.crc32(case.number.encode()) % SHARDS
    return tuple(
        Line(f"{part.day.isoformat()}.{case.dept}.{shard}", case.number, part.seq, case.item_id, part.counts)
        for part in figures.parts(case, calendar)
    )


def count(store: Store, lines: Iterable[Line], *, now: datetime) -> int:
    """Counts what was not counted yet; how many lines were new."""
    by_bucket: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_bucket[line.bucket].append(line)
    return sum(_into(store, bucket, wanted, now) for bucket, wanted in by_bucket.items())


def _into(store: Store, bucket: str, wanted: list[Line], now: datetime) -> int:
    for _ in range(_TRIES):
        record = store.find(TALLIES, bucket, now=now)
        known = {event["name"] for event in record.events} if record else set()
        fresh = list({line.name: line for line in wanted if line.name not in known}.values())
        if not fresh or _written(store, bucket, record, fresh):
            return len(fresh)
    raise TimeoutError(f"tally {bucket} kept changing")


def _written(store: Store, bucket: str, record: Record | None, fresh: list[Line]) -> bool:
    after = bucket_record(bucket, fresh, before=record)
    if record is None:
        return store.create(TALLIES, after)
    return store.update(TALLIES, after, expected=record.version, appended=after.events)


def bucket_record(bucket: str, fresh: Iterable[Line], *, before: Record | None = None) -> Record:
    """The record with these lines added; `events` are the added ones only."""
    day, dept, _ = bucket.split(".")
    sums = {item: dict(counts) for item, counts in (before.head["sums"] if before else {}).items()}
    added = list(fresh)
    for line in added:
        add(sums.setdefault(line.item, {}), line.counts)
    return Record(
        key=bucket,
        head={"day": day, "dept": dept, "sums": sums},
        events=tuple({"name": one.name, "item": one.item, "counts": dict(one.counts)} for one in added),
        index=place(bucket),
        version=before.version + 1 if before else 1,
    )


def place(bucket: str) -> dict[str, tuple[str, str]]:
    """Where the record of a bucket is listed: in its month, by department, so that one list serves both questions."""
    day, dept, shard = bucket.split(".")
    return {"all": (day[:7], f"{dept}#{day}#{shard}")}


def add(into: dict[str, int], counts: Mapping[str, int]) -> None:
    """Adds counters to counters."""
    for name, n in counts.items():
        into[name] = into.get(name, 0) + n


def by_dept_and_item(store: Store, months: Iterable[str]) -> dict[str, Sums]:
    """Department -> item -> counters over some months ("2026-11")."""
    found: dict[str, Sums] = {}
    for row in _rows(store, months):
        for item, counts in row.head["sums"].items():
            add(found.setdefault(row.head["dept"], {}).setdefault(item, {}), counts)
    return found


def by_day(store: Store, month: str, depts: Iterable[str] | None = None) -> dict[date, dict[str, int]]:
    """Day -> counters of one month: of everything, or of some departments."""
    wanted = None if depts is None else set(depts)
    found: dict[date, dict[str, int]] = {}
    for row in _rows(store, [month]):
        if wanted is None or row.head["dept"] in wanted:
            for counts in row.head["sums"].values():
                add(found.setdefault(date.fromisoformat(row.head["day"]), {}), counts)
    return found


def month_of(store: Store, month: str, dept: str) -> dict[str, int]:
    """The counters of one department in one month."""
    total: dict[str, int] = {}
    for row in pages(store, month, low=f"{dept}#", high=f"{dept}#~"):
        for counts in row.head["sums"].values():
            add(total, counts)
    return total


def _rows(store: Store, months: Iterable[str]) -> Iterator[Listed]:
    for month in months:
        yield from pages(store, month)


def pages(store: Store, month: str, *, low: str | None = None, high: str | None = None) -> Iterator[Listed]:
    """Every row of one month, or those `low` to `high`."""
    return every(store, TALLIES, "all", month, low=low, high=high)


def months_to(day: date, n: int) -> list[str]:
    """The last n months up to the one of `day`, oldest first."""
    at = day.year * 12 + day.month - 1
    return [f"{one // 12:04d}-{one % 12 + 1:02d}" for one in range(at - n + 1, at + 1)]


def months_before(month: str) -> str:
    """The month before ("2026-01" -> "2025-12")."""
    return months_to(date.fromisoformat(f"{month}-01"), 2)[0]


def quarter_of(month: str) -> list[str]:
    """The three months of the quarter that a month is in."""
    first = (int(month[5:]) - 1) // 3 * 3 + 1
    return [f"{month[:5]}{first + n:02d}" for n in range(3)]


def total(sums: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """All items together."""
    found: dict[str, int] = {}
    for counts in sums.values():
        add(found, counts)
    return found


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two tables of sums say the same; a counter of nought says nothing."""
    return _bare(one) == _bare(other)


def _bare(sums: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    kept = {item: {name: n for name, n in counts.items() if n} for item, counts in sums.items()}
    return {item: counts for item, counts in kept.items() if counts}
