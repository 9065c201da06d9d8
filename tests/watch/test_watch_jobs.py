"""Supervision at work, on both engines: lamps, cards and reminders, each once, and nobody at work is disturbed."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chalicelib import ledger, sheets
from chalicelib.domain.sheet import claim
from chalicelib.jobs.loop import deliver_all
from chalicelib.jobs.watch import inbox, remind, sweep_lights
from chalicelib.staff import Directory
from chalicelib.store.port import CARDS, CASES, LAMPS, NOTICES, TALLIES, Store, StoreUnavailable
from chalicelib.store.walk import every
from chalicelib.watch import cards, lamps
from chalicelib.watch.observe import observe
from chalicelib.watch.recount import compare, mend
from recount import main as recount

from tests.http.deeds import Deeds
from tests.http.stand_in import STAFF, Town, town


@pytest.fixture
def deeds(either: Town) -> Deeds:
    return Deeds(either)


def rounds(here: Town) -> int:
    """One round of the jobs as far as they matter here; how many cases were looked at by the clock."""
    deliver_all(here.house)
    looked = sweep_lights(here.house.desk, now=here.clock())
    remind(here.store, here.house.staff, now=here.clock())
    return looked


def reviewed(here: Town, deeds: Deeds) -> str:
    """A case under review: promised at once, so that tomorrow is too late."""
    number: str = deeds.handed_in()["number"]
    assert deeds.act("shen-lan", number, "accept", version=1).status == 200
    return number


def written(here: Town) -> list[str]:
    return sorted(card.key.split(".", 1)[1] for card in every(here.store, CARDS))


def reminders(here: Town, sub: str) -> list[str]:
    return [row.head["rule"] for row in here.store.query(NOTICES, "owner", inbox(sub), limit=100).rows]


def lamp(here: Town, number: str) -> tuple[str, str] | None:
    record = here.store.find(LAMPS, number, now=here.clock())
    return (record.head["light"], record.head["step_light"]) if record else None


def test_a_seeded_overdue_case_is_red_within_one_run(either: Town, deeds: Deeds) -> None:
    number = reviewed(either, deeds)
    rounds(either)
    before = lamp(either, number)
    either.clock.move(days=1)
    assert rounds(either) == 1
    assert before and before[0] == "yellow" and lamp(either, number) == ("red", "breach")
    assert "promise_over.2" in written(either)


def test_a_card_is_written_once_however_often_the_jobs_run(either: Town, deeds: Deeds) -> None:
    reviewed(either, deeds)
    for days in (0, 0, 1, 0, 0, 1, 0):
        either.clock.move(days=days)
        rounds(either)
    once = written(either)
    assert len(once) == len(set(once)) and "promise_over.2" in once
    rounds(either)
    assert written(either) == once


def test_a_run_reads_only_what_changes_that_day(either: Town, deeds: Deeds) -> None:
    for _ in range(3):
        deeds.handed_in()
    overdue = reviewed(either, deeds)
    rounds(either)
    assert rounds(either) == 0
    either.clock.move(days=1)
    asked: list[str] = []
    watching = Watching(either.store, asked)
    desk = type(either.house.desk)(
        store=watching, catalogue=either.house.catalogue, calendar=either.house.calendar
    )
    assert sweep_lights(desk, now=either.clock()) == 1
    assert asked == [overdue]


class Watching:
    """A store that notes which cases are read."""

    def __init__(self, store: Store, asked: list[str]) -> None:
        self._store, self._asked = store, asked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def find(self, table: Any, key: str, *, now: Any) -> Any:
        if table == CASES:
            self._asked.append(key)
        return self._store.find(table, key, now=now)


def test_handler_chief_and_supervisor_are_reminded_once_each(either: Town, deeds: Deeds) -> None:
    reviewed(either, deeds)
    rounds(either)
    either.clock.move(days=1)
    for _ in range(3):
        rounds(either)
    told = {sub: reminders(either, sub) for sub in ("shen-lan", "jiang-ying", "gu-mingzhu")}
    assert len({tuple(rules) for rules in told.values()}) == 1 and told["shen-lan"].count("promise_over") == 1
    for stranger in ("lu-zhiyuan", "bai-heng", "qiao-songnian", "wen-qinghe", "lin-he"):
        assert reminders(either, stranger) == []


TWO_MORE = [
    {"sub": sub, "name": name, "post": "审查岗", "roles": ["window", "reviewer"], "depts": ["csgl"]}
    for sub, name in (("no-card", "丁若谷"), ("zhou-man", "周满"))
]


@pytest.mark.parametrize(
    ("claims", "reminded"), [(None, {"no-card", "shen-lan", "zhou-man"}), ("zhou-man", {"zhou-man"})]
)
def test_who_has_claimed_a_case_is_reminded_and_the_whole_post_while_nobody_has(
    store: Store, site: Path, tmp_path: Path, claims: str | None, reminded: set[str]
) -> None:
    staff = Directory([*json.loads(STAFF.read_text("utf-8")), *TWO_MORE], top="990102")
    here = town(site, tmp_path, store=store, staff=staff)
    number = Deeds(here).handed_in()["number"]
    here.clock.move(days=7)
    if claims:
        holder = staff.find(claims)
        assert holder
        sheets.change(
            store, number, lambda sheet: claim(sheet, holder, now=here.clock(), minutes=30), dept="csgl",
            now=here.clock(),
        )  # fmt: skip
    rounds(here)
    told = {
        sub for sub in ("no-card", "shen-lan", "zhou-man", "jiang-ying", "gu-mingzhu") if reminders(here, sub)
    }
    assert told == {*reminded, "jiang-ying", "gu-mingzhu"}


def test_the_applicant_is_told_nothing_and_nobody_loses_their_place_in_the_case(
    either: Town, deeds: Deeds
) -> None:
    number = reviewed(either, deeds)
    rounds(either)
    before = either.store.find(CASES, number, now=either.clock())
    told = either.store.count(NOTICES, "owner", "lin-he")
    either.clock.move(days=1)
    rounds(either)
    after = either.store.find(CASES, number, now=either.clock())
    assert (before.version, before.events) == (after.version, after.events)
    assert either.store.count(NOTICES, "owner", "lin-he") == told
    assert deeds.act("jiang-ying", number, "grant", version=2).status in (200, 401)


def test_a_lamp_goes_out_with_the_end_of_the_case(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    rounds(either)
    assert lamp(either, number) == ("green", "done")
    deeds.act("lin-he", number, "withdraw", version=1)
    rounds(either)
    assert lamp(either, number) is None


def test_an_older_look_does_not_overwrite_a_newer_one(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    old = either.store.find(CASES, number, now=either.clock())
    deeds.act("shen-lan", number, "accept", version=1)
    rounds(either)
    shown = lamp(either, number)
    observe(either.house.desk, old, now=either.clock())
    assert lamp(either, number) == shown != ("green", "done")


class Failing:
    """A store that fails at one write, before it or after it."""

    def __init__(self, store: Store, at: int, after: bool) -> None:
        self._store, self.at, self.after, self.done = store, at, after, 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        return self._write(method) if name in ("create", "update", "delete", "unmark") else method

    def _write(self, method: Any) -> Any:
        def write(*given: Any, **named: Any) -> Any:
            mine, self.done = self.done == self.at, self.done + 1
            if mine and not self.after:
                raise StoreUnavailable("before")
            outcome = method(*given, **named)
            if mine:
                raise StoreUnavailable("after")
            return outcome

        return write


def tried(here: Town, store: Any) -> None:
    """The jobs over a store that fails: today's events, then what tomorrow brings."""
    desk = type(here.house.desk)(store=store, catalogue=here.house.catalogue, calendar=here.house.calendar)
    house, tomorrow = replace(here.house, store=store, desk=desk), here.clock() + timedelta(days=1)
    for job in (
        lambda: deliver_all(house),
        lambda: sweep_lights(desk, now=tomorrow),
        lambda: remind(store, house.staff, now=tomorrow),
    ):
        with suppress(StoreUnavailable):
            job()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_fault_at_any_write_leaves_nothing_out_and_nothing_double(here: Town, after: bool) -> None:
    deeds, at, tomorrow = Deeds(here), 0, here.clock() + timedelta(days=1)
    while True:
        number = reviewed(here, deeds)
        store = Failing(here.store, at, after)
        for attempt in (store, here.store, here.store):
            tried(here, attempt)
        found = compare(here.house.desk, now=tomorrow)
        assert found.faults == [], (at, found.faults)
        assert lamp(here, number) == ("red", "breach")
        rules = [row.head["rule"] for row in cards.of_case(here.store, number)]
        assert sorted(rules) == ["promise_over", "step_over"]
        if store.done <= at:
            break
        at += 1
    assert at > 12
    assert reminders(here, "gu-mingzhu").count("promise_over") == at + 1


def test_a_recount_finds_what_was_spoilt_and_mends_it(either: Town, deeds: Deeds) -> None:
    numbers = [reviewed(either, deeds) for _ in range(2)]
    rounds(either)
    assert recount([], house=either.house) == 0
    for table in (LAMPS, CARDS):
        for record in list(every(either.store, table)):
            either.store.delete(table, record.key, expected=record.version)
    either.clock.move(days=1)
    spoil(either)
    found = compare(either.house.desk, now=either.clock())
    kinds = {fault.split()[0] for fault in found.faults}
    assert kinds == {"tally", "card", "lamp"} and found.cases == len(numbers)
    assert recount([], house=either.house) == 1
    assert recount(["--mend"], house=either.house) == 0
    assert compare(either.house.desk, now=either.clock()).faults == []
    assert mend(either.house.desk, found, now=either.clock()) == 2


def spoil(here: Town) -> None:
    """One tally says one more than the events do."""
    record = next(every(here.store, TALLIES))
    sums = {item: {**counts, "received": 99} for item, counts in record.head["sums"].items()}
    changed = replace(record, head={**record.head, "sums": sums}, version=record.version + 1)
    assert here.store.update(TALLIES, changed, expected=record.version)


# --- what people do with a card -------------------------------------------------------------------


def a_card(here: Town, deeds: Deeds) -> Any:
    number = reviewed(here, deeds)
    rounds(here)
    here.clock.move(days=1)
    rounds(here)
    return cards.find(here.store, cards.key_of(number, "promise_over", 2), now=here.clock())


def test_a_card_keeps_answer_and_ruling_in_a_chain(either: Town, deeds: Deeds) -> None:
    card = a_card(either, deeds)
    staff = either.house.staff
    answered = cards.step(
        card, "answer", "系统故障，已补办", actor=staff.find("shen-lan"), now=either.clock()
    )
    assert cards.save(either.store, answered) and not cards.save(either.store, answered)
    kept = cards.find(either.store, card.key, now=either.clock())
    ruled = cards.step(kept, "excuse", "系统故障属实", actor=staff.find("gu-mingzhu"), now=either.clock())
    assert cards.save(either.store, ruled)
    kept = cards.find(either.store, card.key, now=either.clock())
    assert [line.action for line in cards.history(kept)] == ["raise", "answer", "excuse"]
    assert cards.whole(kept) and kept.head["state"] == "excused"
    assert cards.key_of(kept.head["number"], "promise_over", 2) not in {
        row.key for row in cards.open_cards(either.store, "csgl", limit=50)
    }


@pytest.mark.parametrize(
    ("action", "why", "code"),
    [("answer", " ", "reason_missing"), ("excuse", "", "reason_missing"), ("eat", "x", "unknown_action")],
)
def test_a_card_needs_words_and_known_steps(here: Town, action: str, why: str, code: str) -> None:
    card = a_card(here, Deeds(here))
    outcome = cards.step(card, action, why, actor=here.house.staff.find("gu-mingzhu"), now=here.clock())
    assert outcome.code == code


def test_what_was_ruled_is_not_ruled_again(here: Town) -> None:
    card, supervisor = a_card(here, Deeds(here)), here.house.staff.find("gu-mingzhu")
    ruled = cards.step(card, "uphold", "", actor=supervisor, now=here.clock())
    assert cards.step(ruled, "excuse", "x", actor=supervisor, now=here.clock()).code == "not_in_state"


def test_a_supervisor_writes_a_card_by_hand_once_a_day(either: Town, deeds: Deeds) -> None:
    number = reviewed(either, deeds)
    found = ledger.find(either.store, number, now=either.clock())
    assert found
    case = found[0]
    by = {"actor": either.house.staff.find("gu-mingzhu"), "post": "首席代表", "now": either.clock()}
    for _ in range(2):
        assert cards.by_hand(either.store, case, "urged", "请在今天办结", **by) is None
    assert written(either).count("urged.3") == 1
    assert cards.by_hand(either.store, case, "promise_over", "x", **by).code == "unknown_action"
    assert cards.by_hand(either.store, case, "urged", " ", **by).code == "reason_missing"


@pytest.mark.parametrize(
    "key", ["", "x", "../..", "23456789ABCX.promise_over", "23456789ABCX.promise_over.2.<b>"]
)
def test_what_cannot_be_a_card_is_not_asked_for(here: Town, key: str) -> None:
    assert cards.find(here.store, key, now=here.clock()) is None


def test_the_board_counts_and_lists_by_department_and_light(either: Town, deeds: Deeds) -> None:
    numbers = {reviewed(either, deeds), reviewed(either, deeds)}
    deeds.handed_in()
    rounds(either)
    assert [lamps.tally(either.store, "csgl", lit) for lit in ("green", "yellow", "red")] == [1, 2, 0]
    assert {row.key for row in lamps.listed(either.store, "csgl", "yellow", limit=10)} == numbers
    assert lamps.tally(either.store, "mzj", "green") == 0
