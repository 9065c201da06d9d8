"""Lists of a desk: the indexes of several departments merged into one list, the most pressing first.

Every filter has an index of its own (ledger), so a list costs its rows and not the cases it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice
from math import ceil
from typing import Any
from urllib.parse import urlencode

from .. import ledger
from ..domain.case import Actor, Case
from ..domain.lifecycle import FINAL, STATES, WAITS_FOR_APPLICANT
from ..ledger import RANKS
from ..store.port import CASES, Listed, Store

COUNT_CAP = 1000
_CHUNK, _SMALLEST = 50, 4
_SCAN_LIMIT = 2000
_LAST_SIGN = chr(0x10FFFF)
OFFICE = tuple(state for state in STATES if state not in FINAL and state not in WAITS_FOR_APPLICANT)
_LANES = {"correcting": tuple(sorted(WAITS_FOR_APPLICANT)), "closed": tuple(sorted(FINAL))}
LIGHTS = ("over", "today")


@dataclass(frozen=True, slots=True)
class Stream:
    """One partition of one index between two sort keys."""

    index: str
    partition: str
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows: one item, one state or lane, names that begin so, one light, rows after a sort key.

    `post` are the states a post has to deal with; without it every state that waits for the office. `view`
    names the list among those of the desk.
    """

    item: str = ""
    state: str = ""
    search: str = ""
    after: str = ""
    light: str = ""
    post: tuple[str, ...] = ()
    view: str = ""

    @property
    def lane(self) -> str:
        """Whose turn it is: the office's, unless the filter says otherwise."""
        return {"correcting": "applicant", "closed": "closed"}.get(self.state, "office")

    @property
    def states(self) -> tuple[str, ...]:
        """The states on the list."""
        if self.state in _LANES:
            return _LANES[self.state]
        return (self.state,) if self.state else self.post or OFFICE

    @property
    def newest(self) -> bool:
        """Closed cases are listed from the last one closed."""
        return self.lane == "closed" and not self.search

    def fits(self, head: Any) -> bool:
        """Whether a row belongs on the list; the indexes leave little for this to refuse."""
        named = head["applicant_name"].startswith(self.search)
        return named and head["state"] in self.states and self.item in ("", head["item_id"])

    def query(self, **more: str) -> str:
        """The list as the query of an address; nothing for the plain list."""
        asked = {
            "view": self.view,
            "item": self.item,
            "state": self.state,
            "search": self.search,
            "light": self.light,
            **more,
        }
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def rows_of(
    store: Store, staff: Actor, wanted: Wanted, *, limit: int, today: date | None = None
) -> tuple[list[Listed], str | None]:
    """(rows that are this person's work, sort key to go on after). Green channel first, then the oldest due;
    closed cases newest first. A list that leaves out a great deal is read on by the next page."""
    sources = streams(staff, wanted, today=today)
    found = _merged(store, sources, limit=limit, after=wanted.after, down=wanted.newest)
    rows: list[Listed] = []
    for scanned, row in enumerate(found, 1):
        if _theirs(staff, wanted, row):
            rows.append(row)
        if len(rows) > limit:
            return rows[:limit], rows[limit - 1].sort
        if scanned == _SCAN_LIMIT:
            return rows, row.sort
    return rows, None


def neighbours(
    store: Store, staff: Actor, wanted: Wanted, place: str, *, today: date | None = None
) -> tuple[Listed | None, Listed | None]:
    """The rows before and after a place on the list, wherever on it that is."""
    sources = streams(staff, wanted, today=today)

    def beside(down: bool) -> Listed | None:
        found = _merged(store, sources, limit=1, after=place, down=down)
        return next((row for row in islice(found, _SCAN_LIMIT) if _theirs(staff, wanted, row)), None)

    return beside(not wanted.newest), beside(wanted.newest)


def place_of(case: Case, wanted: Wanted) -> str:
    """Where the case stands on such a list: its sort key."""
    return ledger.places(case)["who" if wanted.search else "queue"][1]


def is_work_of(staff: Actor, head: Any) -> bool:
    """Whether a listed case is this person's: their department, region and item."""
    return staff.reaches(dept=head["dept"], item=head["item_id"], region=head.get("region", ""))


def streams(staff: Actor, wanted: Wanted, *, today: date | None = None) -> list[Stream]:
    """The partitions that make up a list: as few as its filters allow."""
    depts = sorted(staff.depts)
    if wanted.search:
        return _between([("who", f"{dept}:{wanted.lane}") for dept in depts], wanted.search)
    items = [wanted.item] if wanted.item else sorted(staff.items)
    if items:
        parts = [("item", f"{item}:{state}") for item in items for state in wanted.states]
    elif set(wanted.states) == set(OFFICE) or wanted.lane != "office":
        parts = [("queue", f"{dept}:{wanted.lane}") for dept in depts]
    else:
        parts = [("state", f"{dept}:{state}") for dept in depts for state in wanted.states]
    return (
        _lit(parts, wanted.light, today) if wanted.light in LIGHTS and today else [Stream(*p) for p in parts]
    )


def tally(store: Store, staff: Actor, today: date, *, post: tuple[str, ...] = ()) -> dict[str, Any]:
    """How many cases wait, how many of them are late, how many are due today. Each count stops at 1,000."""
    if staff.regions:
        return _tally_of_some(store, staff, today, post)
    counted = {
        name: [
            _count(store, stream) for stream in streams(staff, Wanted(post=post, light=light), today=today)
        ]
        for name, light in (("total", ""), ("over", "over"), ("soon", "today"))
    }
    sums: dict[str, Any] = {name: sum(counts) for name, counts in counted.items()}
    return {**sums, "capped": COUNT_CAP in (n for counts in counted.values() for n in counts)}


def _tally_of_some(store: Store, staff: Actor, today: date, post: tuple[str, ...]) -> dict[str, Any]:
    """The same for a post of some regions: no index knows regions, so the rows are read."""
    rows, more = rows_of(store, staff, Wanted(post=post), limit=COUNT_CAP)
    days = [row.head["due"] for row in rows if row.head["due"]]
    day = today.isoformat()
    return {
        "total": len(rows),
        "over": sum(due < day for due in days),
        "soon": sum(due == day for due in days),
        "capped": more is not None,
    }


def _theirs(staff: Actor, wanted: Wanted, row: Listed) -> bool:
    return wanted.fits(row.head) and is_work_of(staff, row.head)


def _between(parts: list[tuple[str, str]], start: str) -> list[Stream]:
    return [Stream(*part, start, start + _LAST_SIGN) for part in parts]


def _lit(parts: list[tuple[str, str]], light: str, today: date) -> list[Stream]:
    """Of each partition the days before today, or today, in both ranks: due dates are in the sort key."""
    day = today.isoformat()
    span = {"over": ("", day), "today": (day, f"{day}#{_LAST_SIGN}")}[light]
    return [Stream(*part, rank + span[0], rank + span[1]) for part in parts for rank in RANKS]


def _count(store: Store, stream: Stream) -> int:
    return store.count(CASES, stream.index, stream.partition, low=stream.low, high=stream.high, cap=COUNT_CAP)


def _merged(store: Store, sources: list[Stream], *, limit: int, after: str, down: bool) -> Iterator[Listed]:
    first = max(_SMALLEST, ceil(2 * (limit + 1) / max(1, len(sources))))
    opened = [_rows(store, stream, after=after, down=down, first=first) for stream in sources]
    return merge(*opened, key=lambda row: row.sort, reverse=down)


def _rows(store: Store, stream: Stream, *, after: str, down: bool, first: int) -> Iterator[Listed]:
    """The rows of one partition, fetched as they are read, from beyond the sort key `after`."""
    low, high = stream.low, stream.high
    if after and down:
        high = min(after, high) if high is not None else after
    elif after:
        low = max(after, low or "")
    going_on: str | None = None
    limit = first
    while True:
        page = store.query(
            CASES, stream.index, stream.partition, limit=limit, after=going_on, low=low, high=high,
            newest_first=down,
        )  # fmt: skip
        yield from (row for row in page.rows if row.sort != after)
        going_on, limit = page.after, _CHUNK
        if going_on is None:
            return
