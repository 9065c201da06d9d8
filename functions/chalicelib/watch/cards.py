"""Cards (预警、纠错): each written once, answered by the post it concerns, ruled on by a supervisor.

A card is a record of its own beside the case: nobody who is at work on the case is disturbed by it. Its lines are
chained by hashes like the history of a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.calendar import day_of

from ..domain.case import SYSTEM_ACTOR, Actor, Case, Event, first_broken, seal
from ..domain.lights import BY_ID, Card, Rule
from ..domain.refusal import Refusal
from ..store.every import every
from ..store.port import CARDS, Listed, Record, Store

OPEN, ANSWERED, UPHELD, EXCUSED = "open", "answered", "upheld", "excused"
NEW = "new"  # the list of cards that nobody was told of yet
_KEY = re.compile(r"([0-9A-Z]{12})\.([a-z_]{1,30})\.([0-9]{1,4})(?:\.[a-z0-9-]{1,40})?")


@dataclass(frozen=True, slots=True)
class Step:
    """What may be done with a card: from which states, to which, and whether it needs words."""

    action: str
    source: tuple[str, ...]
    target: str
    cn: str
    worded: bool = True


STEPS: tuple[Step, ...] = (
    Step("answer", (OPEN,), ANSWERED, "说明情况"),
    Step("uphold", (OPEN, ANSWERED), UPHELD, "认定成立", worded=False),
    Step("excuse", (OPEN, ANSWERED), EXCUSED, "认定免责"),
)
BY_ACTION = {step.action: step for step in STEPS}


def key_of(number: str, rule: str, seq: int, dept: str = "") -> str:
    """What a card is known by; it can stand in an address."""
    return f"{number}.{rule}.{seq}" + (f".{dept}" if dept else "")


def raise_card(store: Store, case: Case, card: Card, *, now: datetime) -> bool:
    """Writes a card that the rules found; False when it was written before."""
    by_rule = _event(
        "raise", SYSTEM_ACTOR, "", OPEN, now, {"rule": card.rule.id, "day": card.day.isoformat()}
    )
    return store.create(CARDS, _record(case, card, by_rule))


def by_hand(
    store: Store, case: Case, rule: str, why: str, *, actor: Actor, post: str, now: datetime
) -> Refusal | None:
    """A card that a supervisor writes: 督办, or a breach that no program sees. One of a kind for one case a day.

    Refusals: unknown_action (no such rule), reason_missing.
    """
    found = BY_ID.get(rule)
    if found is None or not found.by_hand:
        return Refusal("unknown_action")
    if not why.strip():
        return Refusal("reason_missing")
    today = day_of(now)
    data = {"rule": rule, "day": today.isoformat()}
    card = Card(found, len(case.events), today, post)
    store.create(CARDS, _record(case, card, _event("raise", actor, "", OPEN, now, data, why)))
    return None


def find(store: Store, key: str, *, now: datetime) -> Record | None:
    """A card by its key; what cannot be one is not asked for."""
    return store.find(CARDS, key, now=now) if _KEY.fullmatch(key) else None


def step(record: Record, action: str, why: str, *, actor: Actor, now: datetime) -> Record | Refusal:
    """The card one line later.

    Refusals: unknown_action, not_in_state, reason_missing.
    """
    rule = BY_ACTION.get(action)
    if rule is None:
        return Refusal("unknown_action")
    state = record.head["state"]
    if state not in rule.source:
        return Refusal("not_in_state", {"state": state})
    if rule.worded and not why.strip():
        return Refusal("reason_missing")
    return _after(record, _event(action, actor, state, rule.target, now, {}, why))


def save(store: Store, after: Record) -> bool:
    """Writes a card over the version it was read at. False: somebody was faster."""
    return store.update(CARDS, after, expected=after.version - 1, appended=after.events[-1:])


def open_cards(store: Store, dept: str, *, limit: int) -> tuple[Listed, ...]:
    """A department's cards that wait for a ruling, the newest first."""
    return store.query(CARDS, "dept", f"{dept}:open", limit=limit, newest_first=True).rows


def of_case(store: Store, number: str) -> tuple[Listed, ...]:
    """The cards of one case, by day."""
    return store.query(CARDS, "case", number, limit=100).rows


def of_month(store: Store, dept: str, month: str) -> Iterator[Mapping[str, Any]]:
    """The heads of all cards of a department in one month ("2026-11")."""
    return (row.head for row in every(store, CARDS, "month", f"{dept}:{month}"))


def history(record: Record) -> tuple[Event, ...]:
    """The lines of a card."""
    return tuple(_event_in(facts) for facts in record.events)


def whole(record: Record) -> bool:
    """Whether its chain of hashes holds."""
    return first_broken(history(record)) is None


def _record(case: Case, card: Card, first: Event) -> Record:
    rule: Rule = card.rule
    dept = card.dept or case.dept
    key = key_of(case.number, rule.id, card.seq, card.dept)
    head = {
        "key": key, "number": case.number, "rule": rule.id, "light": rule.light, "day": card.day.isoformat(),
        "post": card.post, "dept": dept, "region": case.region, "item_id": case.item_id, "item_name": case.item_name,
        "state": OPEN, "raised_at": first.at.isoformat(),
    }  # fmt: skip
    sealed = _event_out(seal(_chained(first, ())))
    return Record(key, head, events=(sealed,), index=_index(head) | {"outbox": (NEW, key)})


def _after(record: Record, line: Event) -> Record:
    head = {**record.head, "state": line.target}
    lines = (*record.events, _event_out(seal(_chained(line, history(record)))))
    kept = {name: place for name, place in record.index.items() if name == "outbox"}
    return Record(record.key, head, events=lines, index=_index(head) | kept, version=record.version + 1)


def _index(head: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    lane = "done" if head["state"] in (UPHELD, EXCUSED) else "open"
    order = f"{head['day']}#{head['key']}"
    return {
        "case": (head["number"], order),
        "dept": (f"{head['dept']}:{lane}", order),
        "month": (f"{head['dept']}:{head['day'][:7]}", order),
    }


def _event(
    action: str, actor: Actor, source: str, target: str, now: datetime, data: Mapping[str, Any], why: str = ""
) -> Event:
    role = next(iter(sorted(actor.roles)))
    return Event(
        0, now, action, source, target, role, actor.sub, actor.name, actor.post, why.strip(), data, ""
    )


def _chained(line: Event, before: tuple[Event, ...]) -> Event:
    return _event_in(
        _event_out(line) | {"seq": len(before) + 1, "previous": before[-1].digest if before else ""}
    )


def _event_out(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in Event.__slots__} | {"at": event.at.isoformat()}


def _event_in(facts: Mapping[str, Any]) -> Event:
    return Event(**{**facts, "at": datetime.fromisoformat(facts["at"])})
