"""The lists of the desk: green channel, then red, yellow, green, each by its due date, in a few questions to the store."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from chalicelib import ledger, listing
from chalicelib.domain.case import Actor, Case
from chalicelib.domain.history import is_green
from chalicelib.domain.lifecycle import STATES
from chalicelib.domain.lights import shown
from chalicelib.domain.numbers import derive
from chalicelib.domain.policy import Policy
from chalicelib.domain.turns import OFFICE, TURN_OF, states_of
from chalicelib.http.desk_lists import Wanted, neighbours, place_of, rows_of, tally
from chalicelib.jobs.loop import deliver_all
from chalicelib.jobs.watch import sweep_lights
from chalicelib.staff import Directory
from chalicelib.store.port import CASES, Store

from benchmarks.desk.fill import fill
from tests.domain import world as small
from tests.http.deeds import Deeds
from tests.http.stand_in import Town, town

EARLY = Policy(yellow_share=0.5)  # half of a limit is near its end, so that yellow may be due after green
TODAY = small.world("2026-11-23", policy=EARLY)
DAYS = ["2026-11-10", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-23"]
ORDER = {"red": 0, "today": 1, "yellow": 1, "green": 2}
MANY = frozenset({"csgl", "mzj", *(f"dept{n}" for n in range(38))})


def someone(*depts: str, role: str = "window", **more: Any) -> Actor:
    return Actor("shen-lan", "沈岚", frozenset({role}), "综合窗口", frozenset(depts), **more)


def cases(count: int = 40) -> list[Case]:
    """Cases of two departments, handed in on several days: some new, some granted, some in the green channel."""
    chance, made = random.Random(3), []
    for n in range(count):
        day = chance.choice(DAYS)
        case = replace(
            small.handed_in(day), number=derive(f"list {n}", attempt=0), dept=chance.choice(("csgl", "mzj"))
        )
        chief, window = (replace(one, depts=frozenset({case.dept})) for one in (small.CHIEF, small.WINDOW))
        if n % 7 == 0:
            case = small.done(case, "fast_track", chief, day, reason="军属")
        if n % 3 == 0:
            case = small.done(case, "accept", window, day)
            case = small.done(case, "grant", chief, day)
        made.append(case)
    return made


def rank(case: Case) -> tuple[object, ...]:
    """How the desk should stand, from what its page says of a case."""
    clock = listing.pressing(case)
    assert clock
    light, _ = shown(clock, TODAY.today, calendar=TODAY.calendar, policy=EARLY)
    return not is_green(case), ORDER[light], clock.due, case.number


def filled(store: Store) -> list[Case]:
    made = cases()
    for case in made:
        assert store.create(CASES, ledger.to_record(case, TODAY))
    return sorted(made, key=rank)


def read_on(store: Store, staff: Actor, wanted: Wanted) -> list[str]:
    """The whole list, page by page."""
    rows, after = rows_of(store, staff, wanted, limit=7, today=TODAY.today)
    numbers = [row.key for row in rows]
    return numbers + (read_on(store, staff, replace(wanted, after=after)) if after else [])


def test_a_list_stands_by_green_channel_light_due_date_and_number(store: Store) -> None:
    stood = filled(store)
    dues = [str(listing.pressing(case).due) for case in stood if not is_green(case)]  # type: ignore[union-attr]
    assert dues != sorted(dues), "some yellow case is due after a green one: the example shows the difference"
    wanted = Wanted(post=states_of({"window"}))
    for depts in (("csgl", "mzj"), MANY, ("mzj", *(f"dept{n}" for n in range(9))), ("csgl",)):
        theirs = [case.number for case in stood if case.dept in depts]
        assert read_on(store, someone(*depts), wanted) == theirs
        counts_hold(store, someone(*depts), wanted, [case for case in stood if case.dept in depts])
    for at in (0, 1, 17, len(stood) - 1):
        before, after = neighbours(store, someone(*MANY), wanted, place_of(stood[at], wanted, TODAY))
        assert (before and before.key) == (stood[at - 1].number if at else None)
        assert (after and after.key) == (stood[at + 1].number if at + 1 < len(stood) else None)


def counts_hold(store: Store, staff: Actor, wanted: Wanted, theirs: list[Case]) -> None:
    """The counts, and the lists that they lead to, hold what there is."""
    due = [clock.due for case in theirs if (clock := listing.pressing(case))]
    counted = tally(store, staff, TODAY.today, post=wanted.post)
    assert counted == {
        "total": len(theirs), "over": sum(day < TODAY.today for day in due),
        "soon": sum(day == TODAY.today for day in due), "capped": False,
    }  # fmt: skip
    for light, name in (("over", "over"), ("today", "soon")):
        assert len(read_on(store, staff, replace(wanted, light=light))) == counted[name] > 0


def test_every_state_is_somebodys_turn_and_a_turn_is_whole() -> None:
    assert set(TURN_OF) == set(STATES)
    for role in ("window", "reviewer", "chief"):
        turns = {TURN_OF[state] for state in states_of({role})}
        assert {state for state in OFFICE if TURN_OF[state] in turns} - {"accepted"} == {
            *states_of({role})
        } - {"accepted"}


def test_a_light_that_changes_overnight_moves_the_row_and_not_the_case(either: Town, deeds: Deeds) -> None:
    number: str = deeds.handed_in()["number"]
    deliver_all(either.house)
    lights, versions = [], set()
    for _ in range(12):
        record = either.store.find(CASES, number, now=either.clock())
        assert record
        lights.append(listing.read_place(record.index["queue"][1]).lit)
        versions.add(record.version)
        if record.head["state"] != "submitted":
            break
        either.clock.move(days=1)
        sweep_lights(either.house.desk, now=either.clock())
    assert lights[:8] == [*[listing.EASY] * 4, *[listing.NEAR] * 4] and versions == {1}


def test_what_became_late_this_night_is_late_before_its_row_is_moved(store: Store) -> None:
    case = small.handed_in("2026-11-16")
    assert store.create(CASES, ledger.to_record(case, small.world("2026-11-23")))
    today, staff = date(2026, 11, 24), someone("csgl")
    assert tally(store, staff, today)["over"] == 1
    rows, _ = rows_of(store, staff, Wanted(light="over"), limit=5, today=today)
    assert [row.key for row in rows] == [case.number]


class Counted:
    """A store that counts what it is asked."""

    def __init__(self, store: Store) -> None:
        self.store, self.asked = store, Counter[str]()

    def __getattr__(self, name: str) -> Any:
        act = getattr(self.store, name)

        def counting(*given: Any, **named: Any) -> Any:
            self.asked[name] += 1
            return act(*given, **named)

        return counting if callable(act) else act


PAGES = (
    "/review/", "/review/?view=all", "/review/?view=mine", "/review/?view=asked", "/review/?view=all&light=over",
    "/review/?state=submitted", "/review/?state=correcting", "/review/?state=closed", "/review/?item=huwai-zhaopai",
    "/review/?search=%E6%9E%97&view=all",
)  # fmt: skip
MOST = 16  # questions and writes that one page of the desk may cost


def desk_of(site: Path, folder: Path, depts: list[str], count: int) -> tuple[Town, Counted]:
    """A full desk, and somebody who is window, reviewer and everything for these departments."""
    folder.mkdir()
    made = town(site, folder)
    fill(made.house, count)
    entry = {
        "sub": "shen-lan",
        "name": "沈岚",
        "post": "综合窗口",
        "roles": ["window", "reviewer"],
        "depts": depts,
    }
    counted = Counted(made.store)
    return town(site, folder, store=counted, staff=Directory([entry])), counted  # type: ignore[arg-type]


def test_no_page_of_the_desk_asks_more_of_the_store_for_more_departments_or_cases(
    site: Path, tmp_path: Path
) -> None:
    sizes = {"few": (["csgl", "mzj"], 60), "many": ([*sorted(MANY), "scjg", "gafj", "rlsb", "zjj"], 600)}
    for name, (depts, count) in sizes.items():
        here, counted = desk_of(site, tmp_path / name, depts, count)
        browser = here.browser("shen-lan")
        case = browser.open("/review/?view=all").text.split('<a class="num" href="')[1].split('"')[0]
        for path in (*PAGES, case.replace("&amp;", "&"), "/review/next/?view=all"):
            counted.asked.clear()
            if path.startswith("/review/next/"):
                assert browser.post(path, {"_csrf": browser.token}).status == 303
            else:
                assert browser.get(path).status == 200
            assert sum(counted.asked.values()) <= MOST, (name, path, counted.asked)
