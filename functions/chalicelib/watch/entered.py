"""Points that people entered (人工评定): what was judged of a department's month, by whom and why; only added to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..domain import score
from ..domain.case import Actor
from ..domain.refusal import Refusal
from ..store.port import WORDS, Record, Store


@dataclass(frozen=True, slots=True)
class Entered:
    """One department's month: `points` in tenths by part, the newest of each; `lines` is everything ever entered."""

    points: Mapping[str, int]
    lines: tuple[Mapping[str, Any], ...] = ()
    version: int = 0


def of(store: Store, dept: str, month: str, *, now: datetime) -> Entered:
    """What was entered for that month ("2026-11")."""
    record = store.find(WORDS, _key(dept, month), now=now)
    return Entered(record.head["points"], record.events, record.version) if record else Entered({})


def enter(
    store: Store, dept: str, month: str, said: Mapping[str, Any], *, version: int, actor: Actor, now: datetime
) -> Refusal | None:
    """One line more. `said` has part, points (in points) and why; `version` is what the writer had before them.

    Refusals: points_beyond (more than the part has, or no part judged by hand), changed_meanwhile.
    """
    part = next((one for one in score.ITEMS if one.by_hand and one.id == said["part"]), None)
    tenths = round(10 * said["points"])
    if part is None or not 0 <= tenths <= 10 * part.weight:
        return Refusal("points_beyond", {"points": str(part.weight if part else 0)})
    record = store.find(WORDS, _key(dept, month), now=now)
    if version != (record.version if record else 0):
        return Refusal("changed_meanwhile")
    line = {
        "at": now.isoformat(), "by": actor.sub, "name": actor.name, "post": actor.post, "part": part.id,
        "tenths": tenths, "why": said["why"].strip(),
    }  # fmt: skip
    return None if _written(store, record, _key(dept, month), line) else Refusal("changed_meanwhile")


def _written(store: Store, record: Record | None, key: str, line: Mapping[str, Any]) -> bool:
    points = {**(record.head["points"] if record else {}), line["part"]: line["tenths"]}
    if record is None:
        return store.create(WORDS, Record(key=key, head={"points": points}, events=(line,)))
    after = replace(
        record, head={"points": points}, events=(*record.events, line), version=record.version + 1
    )
    return store.update(WORDS, after, expected=record.version, appended=(line,))


def _key(dept: str, month: str) -> str:
    return f"score:{dept}:{month}"
