"""What reviewers say of review points: praise is counted, the rest waits for the keeper of the department's points."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from .domain.refusal import Refusal
from .store.port import WORDS, Listed, Record, Store

GOOD = "useful"
RATINGS = (GOOD, "unclear", "outdated", "wrong")
_MOST = 100


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reviewer's word on the points of one material."""

    item: str
    item_name: str
    material: str
    material_name: str
    dept: str
    rating: str
    text: str
    name: str
    at: datetime


def keep(store: Store, said: Feedback, *, by: str) -> None:
    """Keeps it; the same words of the same person on the same day are one."""
    own = hashlib.sha256(f"{by}|{said.rating}|{said.text}|{said.at:%Y-%m-%d}".encode()).hexdigest()[:20]
    key = f"point:{said.item}:{said.material}:{own}"
    head = {**asdict(said), "at": said.at.isoformat()}
    list_ = "good" if said.rating == GOOD else "open"
    place = (f"{said.dept}:{list_}", f"{said.at.isoformat()}#{key}")
    store.create(WORDS, Record(key=key, head=head, index={"dept": place}))


def waiting(store: Store, depts: Iterable[str]) -> list[Listed]:
    """What these departments' keepers have to look at, the oldest first."""
    rows = [
        row for dept in sorted(depts) for row in store.query(WORDS, "dept", f"{dept}:open", limit=_MOST).rows
    ]
    return sorted(rows, key=lambda row: row.sort)[:_MOST]


def liked(store: Store, depts: Iterable[str]) -> int:
    """How often points were called useful; counting stops at 1,000 for each department."""
    return sum(store.count(WORDS, "dept", f"{dept}:good") for dept in depts)


def settle(store: Store, key: str, *, version: int, depts: Iterable[str], now: datetime) -> Refusal | None:
    """Takes it off the list. Refusals: not_found (or another department's), changed_meanwhile."""
    record = store.find(WORDS, key, now=now)
    if record is None or record.head.get("dept", "") not in set(depts):
        return Refusal("not_found")
    settled = replace(record, head={**record.head, "settled": now.isoformat()}, index={})
    done = store.update(WORDS, settled, expected=version)
    return None if done else Refusal("changed_meanwhile")
