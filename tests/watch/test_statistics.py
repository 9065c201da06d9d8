"""What is published: whole days, nothing small, nothing rounded up, nothing that gives a hidden number away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from importlib import resources
from typing import Any

import pytest
from chalicelib.jobs.loop import publish_statistics
from chalicelib.store.port import Store
from chalicelib.watch import rates, tallies
from chalicelib.watch.rankings import rankings
from chalicelib.watch.statistics import figures, statistics, table
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas.disclosure import SMALLEST, hidden
from tests.domain.world import CALENDAR, CITIZEN, done
from tests.http.stand_in import Town
from tests.watch.test_tallies import NOW, closed

SCHEMA = json.loads(resources.files("schemas").joinpath("statistics.schema.json").read_text("utf-8"))
TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (5209, 5210, 99.9),
        (5210, 5210, 100.0),
        (1, 3, 33.3),
        (2, 3, 66.6),
        (0, 7, 0.0),
        (0, 0, None),
        (999, 1000, 99.9),
    ],
)
def test_a_rate_is_cut_off_and_never_rounded_up(part: int, whole: int, shown: float | None) -> None:
    assert rates.percent(part, whole) == shown


@pytest.mark.parametrize(
    ("values", "middle", "average"),
    [
        ({}, None, None),
        ({3: 1}, 3, 3.0),
        ({1: 1, 4: 1}, 2.5, 2.5),
        ({0: 3, 10: 2}, 0, 4.0),
        ({1: 2, 2: 1}, 1, 1.3),
    ],
)
def test_the_middle_and_the_average_of_days_used(
    values: dict, middle: float | None, average: float | None
) -> None:
    assert rates.median(values) == middle and rates.mean(values) == average


@pytest.mark.parametrize(
    ("counts", "rows", "total"),
    [
        ([10, 20, 30], set(), False),
        ([0, 20, 30], set(), False),
        ([4, 20, 30], {0, 1}, False),  # one hidden cell would follow from the total
        ([2, 1, 30], {0, 1, 2}, False),  # two that are four together would, too
        ([2, 4, 30], {0, 1}, False),
        ([3], {0}, True),
        ([3, 0, 0], {0}, True),
        ([1, 1], {0, 1}, True),
        ([], set(), False),
    ],
)
def test_small_cells_are_hidden_and_so_is_what_would_tell_them(
    counts: list[int], rows: set[int], total: bool
) -> None:
    found = hidden(counts)
    assert (set(found.rows), found.total) == (rows, total)


@given(st.lists(st.integers(0, 60), max_size=8))
def test_nobody_can_work_out_a_small_cell_from_the_rest(counts: list[int]) -> None:
    found = hidden(counts)
    assert all(at in found for at, n in enumerate(counts) if 0 < n < SMALLEST)
    if found.rows and not found.total:
        rest = sum(counts) - sum(n for at, n in enumerate(counts) if at not in found)
        assert rest >= SMALLEST and len(found.rows) >= 2


def test_figures_of_a_table_are_hidden_by_the_count_they_stand_on() -> None:
    many = {"received": 9, "closed": 8, "on_time": 8, "rated": 2, "satisfied": 2, "used:3": 8}
    shown, total = table([many, {"received": 7, "closed": 6}], {"received": 16, "closed": 14, "rated": 2})
    assert shown[0]["on_time"] == 100.0 and shown[0]["median_used"] == 3
    assert shown[0]["rated"] is None and shown[0]["satisfied"] is None and shown[0]["rated_rate"] is None
    assert total["closed"] == 14 and total["rated"] is None


def test_the_survey_counts_only_those_who_answered() -> None:
    found = figures({"closed": 9, "rated": 9, "use_said": 8, "use": 6, "trust_said": 0})
    assert (found["use_said"], found["use"], found["trust"]) == (8, 75.0, None)


OFFICES: dict[str, dict[str, dict[str, int]]] = {
    "csgl": {
        "signs": {"received": 40, "closed": 30, "visits:0": 30, "denied": 4},
        "roads": {"received": 20, "closed": 20, "visits:0": 5, "visits:1": 10, "visits:2": 5, "refused": 9},
        "stalls": {"received": 4, "closed": 4, "visits:0": 4},
    },
    "mzj": {"aid": {"received": 30, "closed": 10, "visits:1": 10, "withdrawn": 3, "lapsed": 3}},
    "tiny": {"rare": {"received": 3, "closed": 3, "visits:0": 3}},
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hot", [("signs", 40)]),  # roads is hidden with stalls, and mzj with tiny
        ("hard", []),  # four refusals are too few to tell
        ("online", [("signs", 100.0)]),
        ("once", [("signs", 100.0)]),
    ],
)
def test_the_four_lists_tell_no_small_count(name: str, expected: list[tuple[str, float]]) -> None:
    assert [(row["item"], row["figure"]) for row in rankings(OFFICES)[name]] == expected


def test_the_four_lists_stand_by_their_figures() -> None:
    large = {
        dept: {item: {key: n * 9 for key, n in counts.items()} for item, counts in items.items()}
        for dept, items in OFFICES.items()
    }
    found = {name: [row["item"] for row in rows] for name, rows in rankings(large).items()}
    assert found == {
        "hot": ["signs", "aid", "roads", "stalls", "rare"],
        "hard": ["roads", "aid", "signs"],
        "online": ["signs", "stalls", "rare", "roads"],
        "once": ["signs", "aid", "stalls", "rare", "roads"],
    }


def test_whoever_did_not_rate_is_not_counted_as_satisfied() -> None:
    found = figures({"closed": 100, "rated": 10, "satisfied": 9, "bad": 1, "mended_in_time": 1})
    assert (found["satisfied"], found["rated_rate"], found["mended"]) == (90.0, 10.0, 100.0)


def filled(store: Store, n: int, day: str, dept: str = "csgl") -> None:
    for at in range(n):
        case = replace(closed(day, number=f"2345678{at:05d}"), dept=dept)
        rated = done(replace(case, dept="csgl"), "rate", CITIZEN, day, score="5", use="yes")
        tallies.count(store, tallies.lines_of(replace(rated, dept=dept), CALENDAR), now=NOW)


def test_the_document_holds_to_its_schema_and_leaves_today_out(store: Store) -> None:
    filled(store, 6, "2026-11-12")
    filled(store, 7, "2026-11-30", dept="mzj")
    made = statistics(store, ["csgl", "mzj", "xfjy"], today=date(2026, 11, 30))
    assert list(Draft202012Validator(SCHEMA).iter_errors(made)) == []
    assert made["through"] == "2026-11-29" and made["total"]["closed"] == 6
    made = statistics(store, ["csgl", "mzj", "xfjy"], today=TODAY)
    assert [row["closed"] for row in made["departments"]] == [6, 7, 0]
    assert (
        made["total"] | {"closed": 13, "on_time": 46.1, "satisfied": 100.0, "use": 100.0, "trust": None}
        == made["total"]
    )
    assert made["rankings"]["hot"] == [{"item": "xiao-jian", "figure": 13}]
    assert made["by_month"][-1]["month"] == "2026-11" and made["by_month"][-1]["closed"] == 13
    assert len(made["by_month"]) == 12 and made["by_month"][0]["closed"] == 0


def test_a_department_with_few_cases_stays_hidden_with_its_neighbour(store: Store) -> None:
    filled(store, 3, "2026-11-12")
    filled(store, 7, "2026-11-12", dept="mzj")
    filled(store, 9, "2026-11-12", dept="gafj")
    made = statistics(store, ["csgl", "gafj", "mzj"], today=TODAY)
    assert [row["closed"] for row in made["departments"]] == [None, 9, None]
    assert made["total"]["closed"] == 19


def test_the_jobs_put_the_document_beside_the_site_once_a_day(here: Town) -> None:
    target = here.house.settings.data_dir / "statistics.json"
    assert publish_statistics(here.house) and not publish_statistics(here.house)
    assert json.loads(target.read_text("utf-8"))["through"] == "2026-11-22"
    here.clock.move(days=1)
    assert publish_statistics(here.house)
    target.write_text("half a fi")
    assert publish_statistics(here.house)


def test_anybody_may_read_the_document(here: Town) -> None:
    answer: Any = here.program.get("/api/v1/statistics")
    assert answer.status == 200 and answer.json["through"] == "2026-11-22"
