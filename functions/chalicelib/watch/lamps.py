"""The lamp of each open case: its lights as a record that boards list, and the day to look at it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ..domain.case import Case
from ..domain.lights import DONE, Lights, lights_of, post_on
from ..domain.world import World
from ..listing import pressing
from ..store.port import LAMPS, Listed, Record, Store

ALL = "all"
CAP = 1000  # boards count no further
_TRIES = 4


def light(store: Store, case: Case, world: World) -> bool:
    """Writes down the lights of a case as they are today. False: they stood so already, or a newer case did.

    Losing a race is met by looking again; nothing here is the truth, which is in the case.
    """
    for _ in range(_TRIES):
        record = store.find(LAMPS, case.number, now=world.now)
        wanted = _record(case, world, record)
        if record and _stands(record, wanted, case):
            return False
        if _written(store, record, wanted):
            return wanted is not None or record is not None
    raise TimeoutError(f"lamp {case.number} kept changing")


def stands(store: Store, case: Case, world: World) -> bool:
    """Whether the lamp is as the case is today."""
    record = store.find(LAMPS, case.number, now=world.now)
    wanted = _record(case, world, record)
    return wanted is None if record is None else _stands(record, wanted, case)


def due(store: Store, today: date, *, limit: int) -> Iterator[Listed]:
    """Cases whose lights change today or should have before."""
    after, left = None, limit
    while left > 0:
        page = store.query(
            LAMPS, "next", ALL, high=f"{today.isoformat()}#~", limit=min(left, 100), after=after
        )
        yield from page.rows
        after, left = page.after, left - len(page.rows)
        if after is None:
            return


def tally(store: Store, dept: str, lamp: str) -> int:
    """How many of a department's cases show this light; counting stops at CAP."""
    return store.count(LAMPS, "board", f"{dept}:{lamp}", cap=CAP)


def listed(store: Store, dept: str, lamp: str, *, limit: int) -> tuple[Listed, ...]:
    """A department's cases with this light, the soonest due first."""
    return store.query(LAMPS, "board", f"{dept}:{lamp}", limit=limit).rows


def _stands(record: Record, wanted: Record | None, case: Case) -> bool:
    newer: bool = record.head["version"] > case.version
    return newer or (wanted is not None and (wanted.head, wanted.index) == (record.head, dict(record.index)))


def _written(store: Store, record: Record | None, wanted: Record | None) -> bool:
    if wanted is None:
        return record is None or store.delete(LAMPS, record.key, expected=record.version)
    if record is None:
        return store.create(LAMPS, wanted)
    return store.update(LAMPS, wanted, expected=record.version)


def _record(case: Case, world: World, before: Record | None) -> Record | None:
    """The lamp; None when the case has ended and nothing of it is watched any more."""
    shown = lights_of(case, world)
    if shown.case == DONE and shown.next_change is None:
        return None
    clock, step = pressing(case), case.clocks.get("step")
    head: dict[str, Any] = {
        "number": case.number, "version": case.version, "dept": case.dept, "region": case.region,
        "item_id": case.item_id, "item_name": case.item_name, "state": case.state, "light": shown.case,
        "step_light": shown.step, "post": post_on(case, world.item, world.today),
        "due": clock.due.isoformat() if clock else None,
        "step_due": step.due.isoformat() if step and step.running else None,
        "received_at": case.received_at.isoformat(),
    }  # fmt: skip
    return Record(
        case.number, head, index=_index(case, shown, head), version=before.version + 1 if before else 1
    )


def _index(case: Case, shown: Lights, head: dict[str, Any]) -> dict[str, tuple[str, str]]:
    index = {}
    if shown.case != DONE:
        index["board"] = (f"{case.dept}:{shown.case}", f"{head['due'] or '9999'}#{case.number}")
    if shown.next_change:
        index["next"] = (ALL, f"{shown.next_change.isoformat()}#{case.number}")
    return index
