"""Cases that an earlier release listed elsewhere come to stand where this one looks for them, beside requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chalicelib.domain.turns import TURNS
from chalicelib.store.port import CASES, TALLIES, Record, Store
from chalicelib.watch import tallies
from keeper.__main__ import main
from keeper.reindex import Order, reindex, told
from keeper.verify import verify

from tests.http.conftest import store as store
from tests.http.deeds import Deeds
from tests.http.stand_in import Town, town
from tests.keeper.conftest import three_cases


@pytest.fixture
def either(store: Store, site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path, store=store)


def order(here: Town) -> Order:
    return Order(here.house.calendar, here.house.desk.policy, here.clock())


def listed_as_before(here: Town, number: str) -> Record:
    """The case as an earlier release listed it, its outbox left alone."""
    record = here.store.find(CASES, number, now=here.clock())
    assert record
    old = {
        "queue": ("csgl:office", f"12026-11-30#{number}"),
        "who": ("csgl:office", f"林禾#{number}"),
        "all": None,
    }
    assert here.store.relist(CASES, number, old, version=record.version)
    return record


def test_every_case_comes_back_into_its_lists_and_nothing_else_changes(either: Town) -> None:
    before = [listed_as_before(either, number) for number in three_cases(either)]
    assert len(verify(either.store).faults) >= 3
    assert sorted(reindex(either.store, order(either))) == sorted((record.key, True) for record in before)
    for record in before:
        assert either.store.find(CASES, record.key, now=either.clock()) == record
    assert not verify(either.store).faults
    assert sum(either.store.count(CASES, "all", turn) for turn in TURNS) == 3


def test_what_was_broken_off_goes_on_after_the_last_case_and_may_be_repeated(either: Town) -> None:
    for number in three_cases(either):
        listed_as_before(either, number)
    first, _ = next(reindex(either.store, order(either)))
    rest = list(reindex(either.store, order(either), after=first))
    assert [moved for _, moved in rest] == [True, True]
    assert [moved for _, moved in reindex(either.store, order(either))] == [False, False, False]


def test_tallies_that_an_earlier_release_listed_by_day_are_listed_by_department(either: Town) -> None:
    line = tallies.Line("2026-11-23.csgl.1", "case", 1, "huwai-zhaopai", {"received": 1})
    record = tallies.bucket_record(line.bucket, [line])
    either.store.create(TALLIES, replace(record, index={"all": ("2026-11", "2026-11-23#csgl#1")}))
    assert tallies.month_of(either.store, "2026-11", "csgl") == {}
    assert list(told(either.store, order(either), after=None)) == ["0 cases, 0 moved", "1 tallies moved"]
    assert tallies.month_of(either.store, "2026-11", "csgl") == {"received": 1}
    assert list(told(either.store, order(either), after=None)) == ["0 cases, 0 moved"]


class Interrupted:
    """A store in which somebody writes each case just before its lists are moved."""

    def __init__(self, here: Town) -> None:
        self.here, self.met = here, set[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.here.store, name)

    def relist(self, table: Any, key: str, index: Mapping[str, Any], *, version: int) -> bool:
        if key not in self.met:
            self.met.add(key)
            Deeds(self.here).act("lin-he", key, "withdraw", version=version)
        return self.here.store.relist(table, key, index, version=version)


def test_a_case_that_is_written_meanwhile_stands_where_the_newer_one_belongs(either: Town) -> None:
    numbers = three_cases(either)
    for number in numbers:
        listed_as_before(either, number)
    list(reindex(Interrupted(either), order(either)))  # type: ignore[arg-type]
    assert not verify(either.store).faults
    assert either.store.count(CASES, "all", "closed") == 3


def test_the_command_says_how_many_cases_moved(
    here: Town, numbers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    listed_as_before(here, numbers[0])
    settings = here.house.settings
    environ = {"DATA_DIR": str(settings.data_dir), "SITE_DIR": str(settings.site_dir)}
    assert main(["reindex"], environ) == 0
    assert capsys.readouterr().out == "3 cases, 1 moved\n"
    assert main(["reindex", "--after", max(numbers)], environ) == 0
    assert capsys.readouterr().out == "0 cases, 0 moved\n"
