"""A crash at any write, before or after it, loses nothing and doubles nothing: a retry or the job completes the rest."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from chalicelib import packages as parcels
from chalicelib.actions import Desk
from chalicelib.applications import Application, Request, content_of
from chalicelib.domain.case import Actor, File, first_broken
from chalicelib.domain.package import Parcel
from chalicelib.jobs.deliver import deliver
from chalicelib.jobs.release import release
from chalicelib.ledger import find
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import StoreUnavailable

from schemas.packages import Bundle, Packages
from tests.comfort.citizen import MONDAY, Town, town
from tests.packages import life
from tests.reliability.faulty import AFTER, BEFORE, Faulty

NAME = "package-xinshenger"
CITIZEN = Actor("lin-he", "林禾", frozenset({"applicant"}))
FIRST = {"xinshenger-yixue-zhengming", "xinshenger-jiezhong-zheng"}
SECOND = {"chusheng-dengji", "xinshenger-shengyu-daiyu"}
SUBMIT_WRITES = 1 + len(FIRST) + 1  # the package, a case each, off the list


@pytest.fixture
def bundle(packages: Packages) -> Bundle:
    package = packages.current(NAME)
    assert package
    return life.bundle_of(package)


def application(bundle: Bundle) -> Application:
    return Application(
        bundle, life.answers(bundle), {"household_book": (File("a" * 64, "户口簿.jpg", 9, "jpg"),)}
    )  # type: ignore[arg-type]


def handed_in(bundle: Bundle, here: Town, store: object) -> Parcel:
    what = application(bundle)
    desk = Desk(store=store, catalogue=here.house.catalogue, calendar=here.house.calendar)  # type: ignore[arg-type]
    outcome = parcels.submit(
        bundle, what.pruned(), Request(CITIZEN, "draft 1", content_of(what)), desk=desk, now=MONDAY
    )
    assert isinstance(outcome, Parcel)
    return outcome


def check(here: Town, wanted: set[str]) -> None:
    """Exactly these cases, each whole, each with the package's number, each with its own documents."""
    rows = life.cases(here.house.store)
    assert set(rows) == wanted
    (parcel,) = life.listed(here.house.store)
    for row in rows.values():
        case, _ = find(here.house.store, row.key, now=here.clock.now)  # type: ignore[misc]
        assert case.package == parcel.key and first_broken(case.events) is None
        assert case.form and ("household_book" in case.materials) == (case.item_id == "chusheng-dengji")


def test_the_count_of_writes_is_known(bundle: Bundle, here: Town) -> None:
    store = Faulty(here.house.store)
    handed_in(bundle, here, store)
    assert store.done == SUBMIT_WRITES
    check(here, FIRST)


@pytest.mark.parametrize("by", ["retry", "job"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(SUBMIT_WRITES))
def test_a_crash_while_handing_in(at: int, after: bool, by: str, bundle: Bundle, here: Town) -> None:
    with pytest.raises(StoreUnavailable):
        handed_in(bundle, here, Faulty(here.house.store, at=at + 1, mode=AFTER if after else BEFORE))
    stored = at > 0 or after
    assert len(life.listed(here.house.store)) == stored
    if by == "retry":
        number = handed_in(bundle, here, here.house.store).number
        assert [row.key for row in life.listed(here.house.store)] == [number]
    else:
        release(here.house.desk, now=here.clock.now)
    if stored or by == "retry":
        check(here, FIRST)
    else:
        assert not life.cases(here.house.store)


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_write_of_the_jobs(after: bool, bundle: Bundle, site: Path, tmp_path: Path) -> None:
    at, crashed = 0, True
    while crashed:
        here = town(site, tmp_path / str(at))
        handed_in(bundle, here, here.house.store)
        for row in life.cases(here.house.store).values():
            life.granted(here, row.key)
        store = Faulty(here.house.store, at=at + 1, mode=AFTER if after else BEFORE)
        desk = Desk(store=store, catalogue=here.house.catalogue, calendar=here.house.calendar)  # type: ignore[arg-type]
        with suppress(StoreUnavailable):
            deliver(store, now=here.clock.now)  # type: ignore[arg-type]
        release(desk, now=here.clock.now)
        crashed = store.done > at
        for _ in range(2):
            life.jobs(here)
        check(here, FIRST | SECOND)
        at += 1
    assert at > 15, "deliver and release write at least that often"


def test_a_case_that_closes_while_the_job_looks_is_not_overlooked(bundle: Bundle, here: Town) -> None:
    parcel = handed_in(bundle, here, here.house.store)

    class Meanwhile(Faulty):
        """Closes every first case after the job has read them and before it takes the package off its list."""

        def _write(self, act: Any, *given: Any, **named: Any) -> Any:
            if act.__name__ == "unmark":
                for row in life.cases(here.house.store).values():
                    life.granted(here, row.key)
                deliver(here.house.store, now=here.clock.now)
            return act(*given, **named)

    parcels.touch(here.house.store, parcel.number, now=here.clock.now)
    desk = Desk(
        store=Meanwhile(here.house.store), catalogue=here.house.catalogue, calendar=here.house.calendar
    )  # type: ignore[arg-type]
    release(desk, now=here.clock.now)
    check(here, FIRST)
    release(here.house.desk, now=here.clock.now)
    check(here, FIRST | SECOND)


def test_what_waited_for_nothing_counts_as_received_with_the_package(bundle: Bundle, here: Town) -> None:
    with pytest.raises(StoreUnavailable):
        handed_in(bundle, here, Faulty(here.house.store, at=2))
    here.clock.move(days=3)
    release(here.house.desk, now=here.clock.now)
    for row in life.cases(here.house.store).values():
        assert row.head["received_at"] == MONDAY.isoformat()
        assert row.head["clocks"]["intake"][0] == "2026-11-23"


def test_the_embedded_engine_is_what_was_crashed(here: Town) -> None:
    assert isinstance(here.house.store, EmbeddedStore)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(4))
def test_a_crash_while_the_whole_is_taken_back(at: int, after: bool, bundle: Bundle, here: Town) -> None:
    parcel = handed_in(bundle, here, here.house.store)
    store = Faulty(here.house.store, at=at + 1, mode=AFTER if after else BEFORE)
    desk = Desk(store=store, catalogue=here.house.catalogue, calendar=here.house.calendar)  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        parcels.stop(desk, parcel.number, now=here.clock.now)
    release(here.house.desk, now=here.clock.now)
    stopped = at > 0 or after
    states = {row.head["state"] for row in life.cases(here.house.store).values()}
    assert states == ({"withdrawn"} if stopped else {"submitted"})
    check(here, FIRST)
