"""Giving accepted cases to reviewers by lot, and ending the sheets of cases that are over."""

from __future__ import annotations

from ..domain import sheet as rules
from ..domain.case import SYSTEM_ACTOR
from ..domain.lifecycle import FINAL
from ..domain.sheet import Sheet
from ..drawing import drawn
from ..house import House
from ..sheets import change
from ..store.port import Record


def allot(house: House, record: Record) -> None:
    """After something happened to a case: a reviewer for one that is under review, an end to the sheet of one
    that is over. Twice is once."""
    head, now = record.head, house.clock()
    where = {"dept": head["dept"], "item": head["item_id"], "region": head.get("region", "")}

    def decided(sheet: Sheet) -> Sheet:
        if head["state"] in FINAL:
            return rules.done(sheet, SYSTEM_ACTOR, source="", target=head["state"], now=now)
        among = [actor for actor in house.staff.everybody() if actor.reaches(**where)]
        return drawn(sheet, head["state"], among=among, draw=house.draw, now=now)

    if house.desk.policy.draw_reviewers or head["state"] in FINAL:
        change(house.store, head["number"], decided, dept=head["dept"], now=now)
