"""How long a case is kept (档案保管期限): its item says 10 or 30 years or for ever; then it is destroyed.

Destroying an archive needs somebody's approval, so nothing here happens by itself: the command lists what is due,
and destroys it only with the approval's number. Of a destroyed case a line without personal data stays for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from schemas.calendar import day_of
from schemas.items import Catalogue

from . import ledger
from .domain.case import Case, Event, seal
from .domain.lifecycle import FINAL
from .store.port import ACCESS, CASES, Record, Store
from .store.walk import every

YEARS = {"10年": 10, "30年": 30}  # 永久 is for ever
DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Due:
    """A case whose time is over: since when, and under which term."""

    case: Case
    since: date
    term: str


def due(store: Store, catalogue: Catalogue, *, now: datetime) -> Iterator[Due]:
    """Every closed case whose term has passed; the term counts from the first day of the year after closing."""
    today = day_of(now)
    for record in every(store, CASES):
        if record.head["state"] not in FINAL:
            continue
        found = _over(ledger.from_record(record), catalogue)
        if found and found.since <= today:
            yield found


def destroy(store: Store, one: Due, *, approval: str, by: str, now: datetime) -> bool:
    """Writes the line that stays, then deletes the case; False when somebody changed it meanwhile.

    Repeating it after a failure between the two is harmless: the line is written once.
    """
    record = store.find(CASES, one.case.number, now=now)
    if record is None or record.version != one.case.version:
        return False
    store.create(ACCESS, _proof(one, approval=approval, by=by, now=now))
    return store.delete(CASES, one.case.number, expected=record.version)


def proof_key(number: str) -> str:
    """Where the line about a destroyed case stands."""
    return f"{DESTROYED}#{number}"


def _over(case: Case, catalogue: Catalogue) -> Due | None:
    item = catalogue.version(case.item_id, case.item_version)
    term = str(item.guide.get("retention", "永久")) if item else "永久"
    if term not in YEARS:
        return None
    closed = day_of(case.events[-1].at)
    return Due(case, date(closed.year + 1 + YEARS[term], 1, 1), term)


def _proof(one: Due, *, approval: str, by: str, now: datetime) -> Record:
    """Number, item, days and the digest of the whole history: enough to show what was destroyed, and nobody's data."""
    case = one.case
    event = seal(
        Event(
            seq=1, at=now, action=DESTROYED, source=case.state, target="", role="archive", actor=by, actor_name=by,
            post="", note=approval, previous="",
            data={"history": case.events[-1].digest, "term": one.term, "received": case.received_at.isoformat()},
        )
    )  # fmt: skip
    day = day_of(now).isoformat()
    key = proof_key(case.number)
    return Record(
        key=key,
        head={"number": case.number, "dept": case.dept, "item_name": case.item_name, "day": day},
        events=(ledger.event_out(event),),
        index={"day": (day, key)},
    )
