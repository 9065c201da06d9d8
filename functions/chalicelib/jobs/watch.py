"""E-supervision by the clock: lights that change with the day, and reminders to those whom a card concerns."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from schemas.calendar import day_of

from .. import sheets
from ..actions import Desk
from ..domain.case import Actor
from ..domain.lifecycle import CHIEF, REVIEWER, SUPERVISOR, WINDOW
from ..domain.lights import BY_ID
from ..domain.sheet import Sheet
from ..staff import Directory
from ..store.every import every
from ..store.port import CARDS, CASES, LAMPS, NOTICES, Listed, Record, Store
from ..watch import cards, lamps
from ..watch.observe import observe

_AT_ONCE = 2000  # cases looked at in one round; the rest wait for the next
_AT_THE_WINDOW = ("intake", "delivery", "mend")
_log = logging.getLogger("banshi.jobs")


def sweep_lights(desk: Desk, *, now: datetime, at_once: int = _AT_ONCE) -> int:
    """Looks again at every case whose lights change by today; how many. The others are not read at all."""
    return sum(_looked(desk, row, now) for row in list(lamps.due(desk.store, day_of(now), limit=at_once)))


def watched(desk: Desk, record: Record, *, now: datetime) -> bool:
    """Looks at a case after an event; a case that cannot be judged is logged and met again. False: not done."""
    try:
        observe(desk, record, now=now)
    except Exception:
        _log.exception("supervision cannot judge case %s", record.key)
        return False
    return True


def remind(store: Store, staff: Directory, *, now: datetime) -> int:
    """Puts every new card before its handlers, their chief and the supervisor, once each; how many cards."""
    return sum(_told(store, staff, row, now) for row in list(_new(store)))


def concerned(head: Mapping[str, Any], staff: Directory, sheet: Sheet, now: datetime) -> list[Actor]:
    """Whom a card concerns: who handles the case at that point, the chief, the supervisor.

    Whoever has claimed the case, or was given it, handles it; while nobody has, the whole post does.
    """
    at_window = BY_ID[head["rule"]].clock in _AT_THE_WINDOW
    post, hold = WINDOW if at_window else REVIEWER, sheet.hold(now)
    theirs = [
        person
        for person in staff.everybody()
        if person.reaches(dept=head["dept"], item=head["item_id"], region=head["region"])
    ]
    handling = hold.actor if hold else sheet.assigned[0] if sheet.assigned else ""
    hands = [person for person in theirs if post in person.roles and person.sub == handling]
    hands = hands or [person for person in theirs if post in person.roles and person.sub not in sheet.recused]
    above = [person for person in theirs if person.roles.intersection((CHIEF, SUPERVISOR))]
    return list(dict.fromkeys([*hands, *above]))


def _looked(desk: Desk, row: Listed, now: datetime) -> bool:
    record = desk.store.find(CASES, row.key, now=now)
    if record is None:
        return desk.store.delete(LAMPS, row.key, expected=row.version)
    return watched(desk, record, now=now)


def _new(store: Store) -> Iterator[Listed]:
    return every(store, CARDS, "outbox", cards.NEW)


def _told(store: Store, staff: Directory, row: Listed, now: datetime) -> int:
    """One card. The mark goes last: a run cut short is repeated, and a notice that is there is not written again."""
    sheet = sheets.find(store, row.head["number"], dept=row.head["dept"], now=now)
    for person in concerned(row.head, staff, sheet, now):
        store.create(NOTICES, _notice(row.head, person.sub, now))
    store.unmark(CARDS, row.key, index="outbox", sort=row.sort, version=row.version)
    return 1


def _notice(head: Any, sub: str, now: datetime) -> Record:
    facts = {
        name: head[name] for name in ("key", "number", "rule", "light", "day", "post", "dept", "item_name")
    }
    return Record(
        key=f"{head['key']}@{sub}",
        head={**facts, "at": now.isoformat()},
        index={"owner": (inbox(sub), f"{now.isoformat()}#{head['day']}#{head['key']}")},
    )


def inbox(sub: str) -> str:
    """The list of a member of staff's reminders; no applicant's list can have this name."""
    return f"staff:{sub}"
