"""Licences handled jointly (并联): one limit for all of them, derived; one correction of a shared document for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from chalicelib.domain import clocks
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.package import Planned, Standing, joint_clock
from chalicelib.domain.policy import DEFAULT
from chalicelib.ledger import find

from schemas.items import Limit
from schemas.packages import Packages
from tests.comfort.citizen import Town
from tests.domain.world import CALENDAR, handed_in
from tests.packages import life

NUMBERS = count()


def licence(accepted: str = "", *, stopped: str = "", extra: int = 0, state: str = "reviewing") -> Standing:
    """One licence of a package, accepted on a day and perhaps decided."""
    key = f"licence-{next(NUMBERS)}"
    planned = Planned(key, "x", "v", "许可", "Licence", ())
    case: Case = replace(handed_in("2026-09-14"), state=state if accepted else "submitted")
    if accepted:
        legal = clocks.start(
            "legal", date.fromisoformat(accepted), limit=Limit(20, "workday"), calendar=CALENDAR
        )
        legal = replace(legal, extra=extra, stopped=date.fromisoformat(stopped) if stopped else None)
        case = replace(case, clocks={**case.clocks, "legal": legal})
    return Standing(planned, case.state, case)


def joint(*children: Standing) -> Clock | None:
    return joint_clock(children, {one.planned.key for one in children}, policy=DEFAULT, calendar=CALENDAR)


def test_it_counts_forty_five_working_days_from_the_first_acceptance() -> None:
    clock = joint(licence("2026-09-21"), licence("2026-09-18"), licence())
    assert clock and clock.day0 == date(2026, 9, 18)
    assert CALENDAR.count(clock.day0, clock.due).n == 45 and clock.running


@pytest.mark.parametrize(("extra", "added"), [(10, 10), (15, 15), (40, 15)])
def test_an_extension_of_one_moves_it_by_fifteen_days_at_most(extra: int, added: int) -> None:
    plain, longer = (
        joint(licence("2026-09-18"), licence()),
        joint(licence("2026-09-18", extra=extra), licence()),
    )
    assert plain and longer and CALENDAR.count(plain.due, longer.due).n == added


def test_it_stops_with_the_last_decision_and_not_before() -> None:
    first = licence("2026-09-18", stopped="2026-09-30", state="granted")
    assert (open_ := joint(first, licence("2026-09-21"))) and open_.running
    both = joint(first, licence("2026-09-21", stopped="2026-10-12", state="denied"))
    assert both and both.stopped == date(2026, 10, 12)


def test_there_is_none_for_a_single_licence_or_before_any_was_accepted() -> None:
    assert joint(licence("2026-09-18")) is None and joint(licence(), licence()) is None


def test_the_pages_show_it_with_what_is_asked_of_other_departments(here: Town, packages: Packages) -> None:
    package = packages.current("package-kai-canyindian")
    assert package
    who = here.citizen("lin-he")
    who.press(life.at_check(who, life.bundle_of(package)), {"_go": "submit"})
    number = life.listed(here.house.store)[0].key
    assert "联合办理期限" not in who.get(f"/me/package/{number}/").text, "nothing was accepted yet"
    life.granted(here, life.cases(here.house.store)["kai-canyindian-zhizhao"].key)
    life.jobs(here)
    life.do(here, life.cases(here.house.store)["shipin-jingying"].key, "accept")
    text = who.get(f"/me/package/{number}/").text
    assert "联合办理期限" in text and "45 个工作日" in text
    assert "联合办理期限" in here.citizen("shen-lan").get(f"/review/package/{number}/").text


# --- one correction for all -------------------------------------------------------------------------


def test_a_shared_document_corrected_once_stands_ready_in_the_other_case(
    here: Town, packages: Packages
) -> None:
    package = packages.current("package-shenhou-shi")
    assert package
    who, store = here.citizen("lin-he"), here.house.store
    who.press(life.at_check(who, life.bundle_of(package)), {"_go": "submit"})
    for first in ("shenhou-shi-siwang-zhengming", "shenhou-shi-hukou-zhuxiao"):
        life.granted(here, life.cases(store)[first].key)
        life.jobs(here)
    sharing = shared_by_two(here)
    one, other = sharing
    for item, material in sharing:
        life.do(
            here, life.cases(store)[item].key, "correct", materials=[material], reason="看不清", fields=[]
        )
    here.clock.now += timedelta(minutes=1)
    send(who, life.cases(store)[one[0]].key, one[1], b"\x89PNG\r\n\x1a\nclear")
    number = life.cases(store)[other[0]].key
    page = who.get(f"/me/{number}/supplement/")
    assert "clear.png" in page.text, "the new document is there already"
    done = who.press(
        page, {"_version": page.hidden("_version"), "_go": "submit"}, path=f"/me/{number}/supplement/"
    )
    assert done.status == 200, done.text
    cases = [find(store, life.cases(store)[item].key, now=here.clock.now) for item, _ in sharing]
    hashes = {
        case[0].materials[material][0].sha256
        for case, (_, material) in zip(cases, sharing, strict=True)
        if case
    }
    assert len(hashes) == 1 and all(case and case[0].state == "submitted" for case in cases)


def shared_by_two(here: Town) -> list[tuple[str, str]]:
    """Two cases under way whose item takes the same document of the package, with their own names for it."""
    package = here.house.packages.current("package-shenhou-shi")
    assert package
    made = life.cases(here.house.store)
    children = [child for child in package.children if child.item.id in made]
    slots = {slot for child in children for slot in child.materials.values()}
    for slot in sorted(slots):
        found = [(c.item.id, name) for c in children for name, own in c.materials.items() if own == slot]
        if len(found) > 1:
            return found[:2]
    raise AssertionError("no two items of the package share a document")


def send(who: object, number: str, slot: str, data: bytes) -> None:
    page = who.get(f"/me/{number}/supplement/")  # type: ignore[attr-defined]
    page = who.attach(page, slot, "clear.png", data)  # type: ignore[attr-defined]
    done = who.press(  # type: ignore[attr-defined]
        page, {"_version": page.hidden("_version"), "_go": "submit"}, path=f"/me/{number}/supplement/"
    )
    assert done.status == 200, done.text
