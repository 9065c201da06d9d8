"""Lists of a desk: green channel, red, yellow, green, each by its due date.

A list is read from the index that needs the fewest questions (`listing`): by item, by department, or, for posts of
many departments, from that of them all. So a list is a few questions, however many departments there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from ..domain.case import Actor, Case
from ..domain.lifecycle import FINAL, WAITS_FOR_APPLICANT
from ..domain.turns import APPLICANT_TURN, CLOSED, OFFICE, TURN_OF
from ..domain.world import World
from ..listing import NEAR, OFFICE_LANE, RANKS, RED, listed, read_place
from ..store.port import CASES, Listed, Store

COUNT_CAP = 1000
MOST_STREAMS = 4  # a list that would need more partitions is read from an index with fewer
_CHUNK, _SMALLEST = 100, 4
_SCAN_LIMIT = 2000
_LAST_SIGN = chr(0x10FFFF)
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
        return {"correcting": APPLICANT_TURN, "closed": CLOSED}.get(self.state, OFFICE_LANE)

    @property
    def states(self) -> tuple[str, ...]:
        """The states on the list."""
        if self.state in _LANES:
            return _LANES[self.state]
        return (self.state,) if self.state else self.post or OFFICE

    @property
    def turns(self) -> tuple[str, ...]:
        """Whose turn it is in those states."""
        return tuple(dict.fromkeys(TURN_OF[state] for state in self.states if state in TURN_OF))

    @property
    def plain(self) -> bool:
        """Whether nothing but the post chooses the rows, so that the list is all of a post's work."""
        return not (self.item or self.state or self.search or self.after or self.light)

    @property
    def newest(self) -> bool:
        """Closed cases are listed from the last one closed."""
        return self.lane == CLOSED and not self.search

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


def place_of(case: Case, wanted: Wanted, world: World) -> str:
    """Where the case stands on such a list: its sort key."""
    return listed(case, world)["who" if wanted.search else "queue"][1]


def is_work_of(staff: Actor, head: Any) -> bool:
    """Whether a listed case is this person's: their department, region and item."""
    return staff.reaches(dept=head["dept"], item=head["item_id"], region=head.get("region", ""))


def streams(staff: Actor, wanted: Wanted, *, today: date | None = None) -> list[Stream]:
    """The partitions that make up a list: as few as its filters allow."""
    if wanted.search:
        return [Stream("who", wanted.lane, wanted.search, wanted.search + _LAST_SIGN)]
    parts = _partitions(staff, wanted)
    if wanted.light in LIGHTS and today:
        return _lit(parts, wanted.light, today)
    return [Stream(*part) for part in parts]


def _partitions(staff: Actor, wanted: Wanted) -> list[tuple[str, str]]:
    """(index, partition): of the items asked for if they are few, else of the departments, else of everybody."""
    items = [wanted.item] if wanted.item else sorted(staff.items)
    for index, names in (("item", items), ("queue", sorted(staff.depts))):
        if names and len(names) * len(wanted.turns) <= MOST_STREAMS:
            return [(index, f"{name}:{turn}") for name in names for turn in wanted.turns]
    return [("all", turn) for turn in wanted.turns]


def tally(
    store: Store, staff: Actor, today: date, *, post: tuple[str, ...] = (), rows: list[Listed] | None = None
) -> dict[str, Any]:
    """How many cases wait, how many of them are late, how many are due today; counting stops at 1,000.

    `rows` are given where a page already has them all. No index knows regions, nor each of many items: there the
    rows are read; else sort keys are enough.
    """
    wanted, capped = Wanted(post=post), False
    if rows is None and _exact(staff, wanted):
        found = [store.sorts(CASES, *part, cap=COUNT_CAP) for part in _partitions(staff, wanted)]
        sorts, capped = (
            [sort for some in found for sort in some],
            any(len(some) == COUNT_CAP for some in found),
        )
    elif rows is None:
        read, more = rows_of(store, staff, wanted, limit=COUNT_CAP)
        sorts, capped = [row.sort for row in read], more is not None
    else:
        sorts = [row.sort for row in rows]
    places = [place for place in map(read_place, sorts) if place.dept in staff.depts]
    return {
        "total": len(places),
        "over": sum(place.late(today) for place in places),
        "soon": sum(place.last_day(today) for place in places),
        "capped": capped,
    }


def _exact(staff: Actor, wanted: Wanted) -> bool:
    """Whether the partitions of a list hold nothing but this person's work."""
    return not staff.regions and (not staff.items or _partitions(staff, wanted)[0][0] == "item")


def _theirs(staff: Actor, wanted: Wanted, row: Listed) -> bool:
    return wanted.fits(row.head) and is_work_of(staff, row.head)


def _lit(parts: list[tuple[str, str]], light: str, today: date) -> list[Stream]:
    """Of each partition what is late, or due today, in both ranks: light and due date are in the sort key.

    A case that became late this night stands first among the yellow until its row is moved: it belongs to the late.
    """
    day = f"{NEAR}{today.isoformat()}"
    low, high = {"over": (RED, day), "today": (day, f"{day}#{_LAST_SIGN}")}[light]
    return [Stream(*part, rank + low, rank + high) for part in parts for rank in RANKS]


def _merged(store: Store, sources: list[Stream], *, limit: int, after: str, down: bool) -> Iterator[Listed]:
    first = max(_SMALLEST, limit + 1)  # one question each, where nothing is left out
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
