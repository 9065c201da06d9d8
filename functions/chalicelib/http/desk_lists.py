"""Lists of a desk: several departments' queues merged into one, by due date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice
from typing import Any

from ..domain.case import Actor
from ..ledger import RANKS
from ..store.port import CASES, Listed, Store

_CHUNK = 50
_SCAN_LIMIT = 2000
_COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows: one item, one state or lane, names containing a text, rows after a sort key."""

    item: str = ""
    state: str = ""
    search: str = ""
    after: str = ""

    @property
    def lane(self) -> str:
        """Whose turn it is: the office's, unless the filter says otherwise."""
        return {"correcting": "applicant", "closed": "closed"}.get(self.state, "office")

    def fits(self, head: Any) -> bool:
        """Whether a row belongs on the list."""
        state_fits = self.state in ("", "correcting", "closed", head["state"])
        return state_fits and self.item in ("", head["item_id"]) and self.search in head["applicant_name"]


def rows_of(store: Store, staff: Actor, wanted: Wanted, *, limit: int) -> tuple[list[Listed], str | None]:
    """(rows that are this person's work, sort key to go on after). Oldest due first; closed cases newest first."""
    newest = wanted.lane == "closed"
    streams = [_stream(store, f"{dept}:{wanted.lane}", wanted, newest=newest) for dept in sorted(staff.depts)]
    merged = merge(*streams, key=lambda row: row.sort, reverse=newest)
    fitting = (
        row for row in islice(merged, _SCAN_LIMIT) if wanted.fits(row.head) and is_work_of(staff, row.head)
    )
    rows = list(islice(fitting, limit + 1))
    return rows[:limit], rows[limit - 1].sort if len(rows) > limit else None


def is_work_of(staff: Actor, head: Any) -> bool:
    """Whether a listed case is this person's: their department, region and item."""
    return staff.reaches(dept=head["dept"], item=head["item_id"], region=head.get("region", ""))


def tally(store: Store, staff: Actor, today: date) -> dict[str, Any]:
    """How many cases wait for the desk, how many are late, how many are due today. Counting stops at 1,000 each."""
    if staff.regions or staff.items:
        return _tally_of_some(store, staff, today)
    lanes = [(f"{dept}:office", rank) for dept in staff.depts for rank in RANKS]
    day = today.isoformat()
    total = sum(_count(store, lane, rank, "~") for lane, rank in lanes)
    over = sum(_count(store, lane, f"{rank}", f"{rank}{day}") for lane, rank in lanes)
    soon = sum(_count(store, lane, f"{rank}{day}", f"{rank}{day}#~") for lane, rank in lanes)
    return {"total": total, "over": over, "soon": soon, "capped": total >= _COUNT_CAP}


def _tally_of_some(store: Store, staff: Actor, today: date) -> dict[str, Any]:
    """The same for a post with limits: an index knows departments only, so the rows are read."""
    rows, more = rows_of(store, staff, Wanted(), limit=_COUNT_CAP)
    days = [row.head["due"] for row in rows if row.head["due"]]
    day = today.isoformat()
    return {
        "total": len(rows),
        "over": sum(due < day for due in days),
        "soon": sum(due == day for due in days),
        "capped": more is not None,
    }


def _count(store: Store, lane: str, low: str, high: str) -> int:
    high = f"{low}~" if high == "~" else high
    return store.count(CASES, "queue", lane, low=low, high=high, cap=_COUNT_CAP)


def _stream(store: Store, partition: str, wanted: Wanted, *, newest: bool) -> Iterator[Listed]:
    """The rows of one department, fetched as they are read, from after the wanted key."""
    bound = {"high" if newest else "low": wanted.after} if wanted.after else {}
    after: str | None = None
    while True:
        page = store.query(CASES, "queue", partition, limit=_CHUNK, after=after, newest_first=newest, **bound)
        yield from (row for row in page.rows if row.sort != wanted.after)
        after = page.after
        if after is None:
            return
