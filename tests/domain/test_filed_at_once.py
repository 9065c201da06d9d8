"""A filing (备案) that needs nobody: in and closed with the press that hands it in, checked afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from chalicelib.domain.act import act
from chalicelib.domain.case import Case, first_broken
from chalicelib.domain.figures import parts
from chalicelib.domain.guards import Move
from chalicelib.domain.lights import cards
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.timeline import explains

from schemas.items import Item
from tests.domain.world import (
    CALENDAR,
    CHIEF,
    CITIZEN,
    LATE_SLOT,
    PHOTO_SLOT,
    SYSTEM,
    WINDOW,
    done,
    handed_in,
    item,
    supply,
    world,
)  # fmt: skip

SUNDAY = "2026-09-20"
PAPER_SLOT = {**PHOTO_SLOT, "id": "plan", "name": "图纸", "medium": "1"}


def filing(when: dict[str, Any] | None = None, **more: object) -> Item:
    process = {"filed_at_once_when": when or {"place": "听潮路"}}
    return item(legal=5, promise=0, unit="immediate", process=process, **more)


def actions(case: Case) -> list[str]:
    return [event.action for event in case.events]


def test_a_complete_filing_is_closed_in_its_first_version_even_on_a_sunday_night():
    case = handed_in(SUNDAY, of=filing(), hour=3)
    assert (case.state, case.version) == ("closed", 1)
    assert actions(case) == ["submit", "take_filing", "file"]
    assert {event.at for event in case.events} == {case.received_at}
    assert not [clock for clock in case.clocks.values() if clock.running]
    assert explains(case) and first_broken(case.events) is None


@pytest.mark.parametrize(
    "of",
    [
        item(promise=0, unit="immediate"),
        filing({"place": "别处"}),
        filing({"place": "听潮路", "lit": "no"}),
        filing(materials=[PHOTO_SLOT, LATE_SLOT]),
        filing(materials=[PHOTO_SLOT, PAPER_SLOT]),
    ],
    ids=["no setting", "another answer", "one answer of two", "a material still owed", "a material on paper"],
)
def test_whatever_needs_a_person_waits_for_one(of: Item):
    assert handed_in("2026-09-18", of=of).state == "submitted"


def test_what_a_person_has_sent_back_is_not_filed_behind_their_back():
    of = filing({"place": "海门路"})
    case = done(
        handed_in("2026-09-18", of=of),
        "correct",
        WINDOW,
        "2026-09-18",
        of=of,
        fields=["place"],
        reason="地点",
    )
    back = done(case, "supplement", CITIZEN, "2026-09-21", of=of, given=supply(place="海门路"))
    no = act(back, Move("take_filing", SYSTEM), world("2026-09-21", of=of))
    assert isinstance(no, Refusal) and no.code == "needs_a_person"


def test_nobody_may_press_what_the_system_does():
    waiting = handed_in("2026-09-18")
    no = act(waiting, Move("take_filing", CHIEF), world("2026-09-18"))
    assert isinstance(no, Refusal) and no.code == "not_allowed"


def test_a_filing_is_checked_afterwards_and_an_untrue_one_is_cancelled():
    of = filing()
    case = done(
        handed_in("2026-09-18", of=of), "check_after", WINDOW, "2026-09-21", of=of, kept="no", reason="不实"
    )
    assert done(case, "revoke", CHIEF, "2026-09-22", of=of, reason="材料不真实").state == "revoked"


def test_a_filing_counts_as_accepted_and_closed_in_time_and_lights_nothing():
    of = filing()
    case = handed_in("2026-09-18", of=of)
    counted = {name for part in parts(case, CALENDAR) for name in part.counts}
    assert {"received", "accepted", "closed", "on_time", "lawful", "used:0"} <= counted
    assert not tuple(cards(case, world("2026-09-18", of=of)))
