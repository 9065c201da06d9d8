"""Running tallies are what the raw events say, in whatever order and however often the events arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from chalicelib.domain import figures
from chalicelib.domain.act import World, act, settle
from chalicelib.domain.case import Case
from chalicelib.domain.guards import Move
from chalicelib.domain.lifecycle import open_to
from chalicelib.store.port import Store, StoreUnavailable
from chalicelib.watch import tallies
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.calendar import day_of
from tests.domain.world import (
    CALENDAR,
    CHIEF,
    CITIZEN,
    HEAD,
    SYSTEM,
    WINDOW,
    at,
    done,
    handed_in,
    item,
    supply,
)
from tests.watch.memory import MemoryStore

NOW = at("2026-12-31")
FULL: dict[str, Any] = {
    "reason": "缺少签名", "right_body": "区民政局", "proof": "林禾签收", "fields": ["name"], "materials": ["photo"],
    "override_reason": "确有必要", "proposed": "terminate", "days": 5, "score": "2", "method": "window",
    "max_days": 5,
}  # fmt: skip
ITEM = item()


def lines(case: Case) -> tuple[tallies.Line, ...]:
    return tallies.lines_of(case, CALENDAR)


def closed(
    day: str, *, number: str = "23456789ABCX", method: str = "electronic", accepted: str = "2026-11-02"
) -> Case:
    case = replace(handed_in("2026-11-02"), number=number)
    for action, actor, on in (("accept", WINDOW, accepted), ("grant", CHIEF, day), ("prepare", WINDOW, day)):
        case = done(case, action, actor, on)
    return done(case, "deliver", WINDOW, day, method=method, proof="林禾签收")


def counts(case: Case) -> dict[date, dict[str, int]]:
    found: dict[date, dict[str, int]] = {}
    for part in figures.parts(case, CALENDAR):
        tallies.add(found.setdefault(part.day, {}), part.counts)
    return found


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-03", {"used:1", "days:1", "on_time", "lawful", "early"}),
        ("2026-11-11", {"used:7", "days:9", "on_time", "lawful", "early"}),
        ("2026-11-12", {"used:8", "days:10", "on_time", "lawful"}),
        ("2026-11-13", {"used:9", "days:11", "late", "lawful"}),
        ("2026-12-01", {"used:21", "days:29", "late", "unlawful"}),
    ],
)
def test_a_closed_case_says_how_long_it_took_and_whether_that_was_in_time(
    day: str, expected: set[str]
) -> None:
    found = counts(closed(day))[date.fromisoformat(day)]
    assert set(found) == {"granted", "closed", "visits:0", *expected}


def test_collecting_at_the_window_is_a_visit() -> None:
    assert "visits:1" in counts(closed("2026-11-03", method="window"))[date(2026, 11, 3)]


def test_a_rating_and_its_mending_count_with_the_case_they_speak_of() -> None:
    case = done(closed("2026-11-30"), "rate", CITIZEN, "2026-12-02", score="2")
    mended = done(case, "mend_rating", WINDOW, "2026-12-04", reason="已经改正")
    found = counts(mended)
    assert date(2026, 12, 2) not in found and date(2026, 12, 4) not in found
    assert {"rated", "score:2", "bad", "mended", "mended_in_time"} <= set(found[date(2026, 11, 30)])


def test_every_event_counts_on_its_own_day_however_late_it_is_heard_of(store: Store) -> None:
    case = closed("2026-11-12")
    tallies.count(store, lines(case)[-1:], now=NOW)
    tallies.count(store, lines(case)[:1], now=NOW)
    by_day = tallies.by_day(store, "2026-11")
    assert {day.day: sorted(c)[:1] for day, c in by_day.items()} == {2: ["received"], 12: ["closed"]}


def test_twice_is_once_and_half_is_made_whole(store: Store) -> None:
    one, two = closed("2026-11-12"), closed("2026-11-12", number="3456789ABCDX")
    assert tallies.count(store, lines(one), now=NOW) == len(lines(one))
    assert tallies.count(store, lines(one) + lines(two), now=NOW) == len(lines(two))
    assert tallies.count(store, lines(two) * 2, now=NOW) == 0
    assert tallies.month_of(store, "2026-11", "csgl")["closed"] == 2
    assert tallies.by_dept_and_item(store, ["2026-10", "2026-11"])["csgl"]["xiao-jian"]["received"] == 2


def test_who_loses_the_race_for_a_tally_counts_after_the_other(store: Store) -> None:
    one, two = closed("2026-11-12"), closed("2026-11-12", number="3456789ABCDX")

    class Racing:
        def __init__(self) -> None:
            self.raced = False

        def __getattr__(self, name: str) -> Any:
            if name in ("create", "update") and not self.raced:
                self.raced = True
                tallies.count(store, lines(two), now=NOW)
            return getattr(store, name)

    tallies.count(Racing(), lines(one), now=NOW)
    assert tallies.month_of(store, "2026-11", "csgl")["received"] == 2


@pytest.mark.parametrize(
    ("day", "n", "months"),
    [
        ("2026-01-31", 3, ["2025-11", "2025-12", "2026-01"]),
        ("2026-12-01", 1, ["2026-12"]),
    ],
)
def test_the_last_months_cross_the_year(day: str, n: int, months: list[str]) -> None:
    assert tallies.months_to(date.fromisoformat(day), n) == months


# --- any history ----------------------------------------------------------------------------------

PEOPLE = (CITIZEN, WINDOW, CHIEF, HEAD, SYSTEM)


@st.composite
def histories(draw: st.DrawFn) -> list[Case]:
    """Every version of one case that somebody may have looked at."""
    number = draw(st.sampled_from(["23456789ABCX", "3456789ABCDX", "456789ABCDEX", "56789ABCDEFX"]))
    case = replace(handed_in("2026-10-29"), number=number)
    seen, now = [case], at("2026-10-29", 12)
    for _ in range(draw(st.integers(0, 12))):
        now = min(
            now + timedelta(hours=draw(st.sampled_from([0, 1, 20, 30, 70, 200, 500]))), at("2027-01-20")
        )
        world = World(ITEM, CALENDAR, now)
        case = settle(case, world)
        actor = draw(st.sampled_from(PEOPLE))
        possible = [rule.action for rule in open_to(case.state, actor.roles)]
        if possible:
            action = draw(st.sampled_from(possible))
            brought = supply(name="林小禾") if action in ("supplement", "fix", "add_owed") else None
            score = draw(st.sampled_from(["1", "3", "5"]))
            after = act(case, Move(action, actor, {**FULL, "score": score}, brought), world)
            case = after if isinstance(after, Case) else case
        seen.append(case)
    return seen


def stubborn(store: MemoryStore, case: Case) -> None:
    """As the job does: again until the store has answered."""
    while True:
        try:
            tallies.count(store, lines(case), now=NOW)
        except StoreUnavailable:
            continue
        return


def by_hand(cases: list[Case]) -> dict[str, dict[str, int]]:
    """The same sums without any of the machinery: event by event."""
    sums: dict[str, dict[str, int]] = {}
    for case in cases:
        for part in figures.parts(case, CALENDAR):
            for name, n in part.counts.items():
                sums.setdefault(part.day.isoformat(), {}).setdefault(name, 0)
                sums[part.day.isoformat()][name] += n
    return sums


@settings(max_examples=150, deadline=None)
@given(
    st.lists(histories(), min_size=1, max_size=3, unique_by=lambda seen: seen[0].number),
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(["", "", "before", "after"]), max_size=25),
)
def test_running_tallies_equal_a_recount_for_any_history_order_and_crash(
    worlds: list[list[Case]], random: Any, troubles: list[str]
) -> None:
    store = MemoryStore(troubles)
    looks = [case for seen in worlds for case in (*random.choices(seen, k=4), seen[-1])]
    random.shuffle(looks)
    for case in looks:
        stubborn(store, case)
    held: dict[str, dict[str, int]] = {}
    for month in ("2026-10", "2026-11", "2026-12", "2027-01"):
        held |= {day.isoformat(): sums for day, sums in tallies.by_day(store, month).items()}  # type: ignore[arg-type]
    assert held == by_hand([seen[-1] for seen in worlds])


@settings(max_examples=60, deadline=None)
@given(histories())
def test_what_an_event_counts_never_changes_afterwards(seen: list[Case]) -> None:
    parts: dict[int, figures.Part] = {}
    for case in seen:
        for part in figures.parts(case, CALENDAR):
            assert parts.setdefault(part.seq, part) == part
            assert part.day <= day_of(case.events[-1].at)
