"""The work nobody waits for, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalicelib.jobs.deliver import deliver
from chalicelib.jobs.loop import once
from chalicelib.jobs.sweep import sweep
from chalicelib.store.port import CASES, DRAFTS, NOTICES, Store

from tests.http.deeds import ITEM, PAGES, Deeds
from tests.http.stand_in import Town


class Meanwhile:
    """A store where something happens just before one of its methods, once."""

    def __init__(self, store: Store, method: str, then: Callable[[], object]) -> None:
        self._store, self._method = store, method
        self._then: Callable[[], object] | None = then

    def __getattr__(self, name: str) -> Any:
        if name == self._method and self._then:
            then, self._then = self._then, None
            then()
        return getattr(self._store, name)


@pytest.fixture
def deeds(either: Town) -> Deeds:
    return Deeds(either)


def told(here: Town, sub: str = "lin-he") -> list[str]:
    """What the person's inbox says, oldest first."""
    return [row.head["action"] for row in here.store.query(NOTICES, "owner", sub, limit=100).rows]


def waiting(here: Town) -> int:
    return sum(here.store.count(CASES, "outbox", shard) for shard in "0123")


def test_every_step_is_told_once_however_often_the_job_runs(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    deeds.act("shen-lan", number, "accept", version=1)
    assert waiting(either) == 1
    for _ in range(3):
        deliver(either.store, now=either.clock())
    deeds.act("jiang-ying", number, "grant", version=2)
    for _ in range(2):
        deliver(either.store, now=either.clock())
    assert told(either) == ["submit", "accept", "grant"] and waiting(either) == 0


def test_each_person_is_told_of_their_own_cases(either: Town, deeds: Deeds) -> None:
    for sub in ("lin-he", "zhou-man", "lin-he"):
        deeds.handed_in(sub)
    deliver(either.store, now=either.clock())
    assert (told(either), told(either, "zhou-man")) == (["submit", "submit"], ["submit"])


def test_a_step_between_reading_and_clearing_the_mark_is_not_lost(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    busy = Meanwhile(either.store, "unmark", lambda: deeds.act("shen-lan", number, "accept", version=1))
    deliver(busy, now=either.clock())  # type: ignore[arg-type]
    assert told(either) == ["submit"] and waiting(either) == 1
    deliver(either.store, now=either.clock())
    assert told(either) == ["submit", "accept"] and waiting(either) == 0


def test_a_run_cut_short_after_the_notice_tells_nothing_twice(either: Town, deeds: Deeds) -> None:
    def cut() -> None:
        raise ConnectionError

    deeds.handed_in()
    with pytest.raises(ConnectionError):
        deliver(Meanwhile(either.store, "unmark", cut), now=either.clock())  # type: ignore[arg-type]
    assert told(either) == ["submit"]
    deliver(either.store, now=either.clock())
    assert told(either) == ["submit"] and waiting(either) == 0


def test_two_jobs_at_once_tell_once(either: Town, deeds: Deeds) -> None:
    deeds.handed_in()
    second = Meanwhile(either.store, "unmark", lambda: deliver(either.store, now=either.clock()))
    deliver(second, now=either.clock())  # type: ignore[arg-type]
    assert told(either) == ["submit"] and waiting(either) == 0


def test_more_cases_than_one_batch_are_all_told(here: Town) -> None:
    deeds = Deeds(here)
    body = deeds.application()
    numbers = {deeds.apply(body=body).json["number"] for _ in range(120)}
    deliver(here.store, now=here.clock())
    assert len(numbers) == 120 == here.store.count(NOTICES, "owner", "lin-he") and waiting(here) == 0


def states(here: Town, *numbers: str) -> list[str]:
    found = [here.store.find(CASES, number, now=here.clock()) for number in numbers]
    return [record.head["state"] for record in found if record]


def test_silence_accepts_and_an_answer_that_never_came_ends_the_case(either: Town, deeds: Deeds) -> None:
    silent, asked = deeds.handed_in()["number"], deeds.handed_in()["number"]
    deeds.corrected(asked)
    either.clock.move(days=7)
    assert sweep(either.house.desk, now=either.clock()) == 0, "the fifth working day has not passed"
    fresh = deeds_at(either, deeds)
    either.clock.move(days=1)
    assert sweep(either.house.desk, now=either.clock()) == 1
    assert states(either, silent, asked, fresh) == ["reviewing", "correcting", "submitted"]
    either.clock.move(days=30)
    assert sweep(either.house.desk, now=either.clock()) == 2
    assert states(either, silent, asked, fresh) == ["reviewing", "lapsed", "reviewing"]
    assert sweep(either.house.desk, now=either.clock()) == 0
    deliver(either.store, now=either.clock())
    assert sorted(told(either)) == [
        "correct",
        "deem_accepted",
        "deem_accepted",
        "lapse",
        "submit",
        "submit",
        "submit",
    ]


def deeds_at(here: Town, deeds: Deeds) -> str:
    """A case handed in when the tokens of the first day are over: by a signed-in browser."""
    browser = here.browser("lin-he")
    check = deeds.to_check(browser)
    sent = browser.post(check.forms[-1].action, {**check.forms[-1].values, "_go": "submit"})
    return sent.header("Location").split("/")[2]


def test_a_step_of_the_desk_in_the_same_moment_is_not_undone(either: Town, deeds: Deeds) -> None:
    """The sweep finds a list that is out of date."""
    number = deeds.handed_in()["number"]
    sweep(either.house.desk, now=either.clock() + timedelta(days=9))
    sweep(either.house.desk, now=either.clock() + timedelta(days=9))
    record = either.store.find(CASES, number, now=either.clock())
    assert record is not None and [event["action"] for event in record.events] == [
        "submit",
        "deem_accepted",
        "assign",
    ]


def test_old_drafts_go_away(here: Town) -> None:
    browser = here.browser("lin-he")
    browser.post(f"/apply/{ITEM}/", PAGES[0])
    here.clock.move(days=31)
    assert here.store.count(DRAFTS, "owner", "lin-he") == 1
    once(here.house)
    assert here.store.count(DRAFTS, "owner", "lin-he") == 0


def test_one_job_that_fails_does_not_keep_the_other_from_its_work(here: Town) -> None:
    deeds = Deeds(here)
    deeds.handed_in()

    def broken() -> None:
        raise OSError("the catalogue is away")

    desk = type(here.house.desk)(
        store=Meanwhile(here.store, "query", broken),
        catalogue=here.house.catalogue,
        calendar=here.house.calendar,  # type: ignore[arg-type]
    )
    once(replace(here.house, desk=desk))
    assert told(here) == ["submit"]
