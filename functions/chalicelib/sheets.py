"""Sheets in the store: one record a case, changed by one conditional write; of those who race, one wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from .domain.refusal import Refusal
from .domain.sheet import Entry, Hold, Sheet
from .store.port import SHEETS, Record, Store

_TRIES = 8
_MOST_CLAIMS = 500
_CLAIMED = "now"  # the claims of all departments stand in one list, by when they end
_MOST_ENTRIES = 160  # of at most 500 signs each: well under what one item of DynamoDB holds


def find(store: Store, number: str, *, dept: str, now: datetime) -> Sheet:
    """The sheet on a case; an empty one where nobody has written yet."""
    record = store.find(SHEETS, number, now=now)
    return _sheet(record) if record else Sheet(number, dept)


def change(
    store: Store,
    number: str,
    decide: Callable[[Sheet], Sheet | Refusal],
    *,
    dept: str,
    now: datetime,
    read: Sheet | None = None,
) -> Sheet | Refusal:
    """The sheet as `decide` makes it, stored. Whoever loses a race decides again on what the winner wrote; `read` is
    the sheet for the first try, where somebody has just read it.

    Refusals: those of `decide`, sheet_full, and changed_meanwhile when others are faster again and again.
    """
    for _ in range(_TRIES):
        before, read = read or find(store, number, dept=dept, now=now), None
        after = decide(before)
        if isinstance(after, Refusal) or after is before:
            return after
        if len(after.entries) > _MOST_ENTRIES:
            return Refusal("sheet_full")
        if _write(store, before, after, now):
            return replace(after, version=before.version + 1)
    return Refusal("changed_meanwhile")


def claims(store: Store, *, now: datetime) -> dict[str, Hold]:
    """The claims that stand now, by case number: as many as people are at work."""
    rows = store.query(
        SHEETS, "claims", _CLAIMED, low=_stamp(now), limit=_MOST_CLAIMS, newest_first=True
    ).rows
    held = [row.head for row in rows if row.head.get("until")]
    return {
        head["number"]: Hold(head["holder"], head["holder_name"], datetime.fromisoformat(head["until"]))
        for head in held
        if datetime.fromisoformat(head["until"]) > now
    }


def given_to(store: Store, sub: str, *, limit: int) -> list[str]:
    """The cases somebody was given; what they have claimed stands among the claims."""
    return [row.key for row in store.query(SHEETS, "mine", sub, limit=limit).rows]


def asked_of(store: Store, sub: str, *, limit: int) -> list[str]:
    """The cases on which somebody is asked for a second opinion, the oldest request first."""
    return [row.key for row in store.query(SHEETS, "second", sub, limit=limit).rows]


def _write(store: Store, before: Sheet, after: Sheet, now: datetime) -> bool:
    record = _record(after, now)
    if before.version == 0:
        return store.create(SHEETS, record)
    fresh = record.events[len(before.entries) :]
    return store.update(SHEETS, record, expected=before.version, appended=fresh)


def _record(sheet: Sheet, now: datetime) -> Record:
    hold, given, asked = sheet.hold(now), sheet.assigned, sheet.asked
    head: dict[str, Any] = {"number": sheet.number, "dept": sheet.dept}
    index: dict[str, tuple[str, str]] = {}
    if hold:
        head |= {"holder": hold.actor, "holder_name": hold.name, "until": hold.until.isoformat()}
        index["claims"] = (_CLAIMED, f"{_stamp(hold.until)}#{sheet.number}")
    if given:
        index["mine"] = (given[0], sheet.number)
    if asked:
        index["second"] = (asked.to, f"{_stamp(asked.at)}#{sheet.number}")
    events = tuple(_out(entry) for entry in sheet.entries)
    return Record(key=sheet.number, head=head, events=events, index=index, version=max(1, sheet.version))


def _stamp(moment: datetime) -> str:
    """Seconds since 1970 in a fixed width, so that sort keys stand in the order of time."""
    return f"{int(moment.timestamp()):012d}"


def _sheet(record: Record) -> Sheet:
    entries = tuple(_in(facts) for facts in record.events)
    return Sheet(record.head["number"], record.head["dept"], entries, record.version)


def _out(entry: Entry) -> dict[str, Any]:
    facts = {name: value for name, value in asdict(entry).items() if value}
    return facts | {name: facts[name].isoformat() for name in ("at", "until") if name in facts}


def _in(facts: Mapping[str, Any]) -> Entry:
    moments = {name: datetime.fromisoformat(facts[name]) for name in ("at", "until") if name in facts}
    blank = {"actor": "", "name": "", "post": ""}
    return Entry(**{**blank, **facts, **moments})
