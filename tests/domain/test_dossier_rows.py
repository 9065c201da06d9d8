"""Every row that the law and practice know is in the table, as it is described there; what differs says why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from chalicelib.domain import package
from chalicelib.domain.lifecycle import RULES, Rule
from chalicelib.http import words

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parts(text: str) -> set[str]:
    return set(text.split("|")) - {""}


ROWS, MODES = rows("lifecycle.csv"), rows("modes.csv")
CASES = [row for row in ROWS if row["action"]]


def rule_of(row: dict[str, str]) -> Rule:
    found = [
        rule
        for rule in RULES
        if rule.action == row["action"]
        and row["from"] in rule.source
        and rule.leads_to(row["from"]) == row["to"]
    ]
    assert len(found) == 1, f"{row['event']}: {len(found)} rows lead from {row['from']} to {row['to']}"
    return found[0]


@pytest.mark.parametrize("row", CASES, ids=lambda r: f"{r['from']}-{r['action']}")
def test_the_row_stands_in_the_table_with_its_people_and_guards(row: dict[str, str]) -> None:
    rule = rule_of(row)
    assert set(rule.by) == parts(row["actors"])
    assert parts(row["guards"]) <= set(rule.guards)
    assert row["article"] in rule.article


@pytest.mark.parametrize("row", CASES, ids=lambda r: f"{r['from']}-{r['action']}")
def test_the_row_moves_exactly_the_clocks_it_should(row: dict[str, str]) -> None:
    rule = rule_of(row)
    extra = {"owed", "step"}  # clocks of our own beside those of the law
    assert parts(row["starts"]) - set(rule.starts) == set() == set(rule.starts) - parts(row["starts"]) - extra
    assert parts(row["stops"]) - set(rule.stops) == set() == set(rule.stops) - parts(row["stops"]) - extra
    assert set(rule.pauses) - extra == parts(row["pauses"])
    assert set(rule.resumes) - extra == parts(row["resumes"])


@pytest.mark.parametrize("row", CASES, ids=lambda r: f"{r['from']}-{r['action']}")
def test_whoever_is_to_be_told_is_told(row: dict[str, str]) -> None:
    rule = rule_of(row)
    if row["told"] in ("", "event"):
        assert rule.document == ""
    else:
        assert rule.document == row["told"] and words.has("documents", rule.document)
    assert (row["told"] != "") == words.has("events_told", row["action"])


@pytest.mark.parametrize("row", MODES, ids=lambda r: f"{r['mode']}-{r['action']}")
def test_each_mode_rests_on_rows_of_the_table(row: dict[str, str]) -> None:
    rules = [rule for rule in RULES if rule.action == row["action"]]
    touched = {clock for rule in rules for clock in (*rule.starts, *rule.stops, *rule.pauses, *rule.resumes)}
    assert rules and parts(row["guards"]) <= {name for rule in rules for name in rule.guards}
    assert not touched & parts(row["never touches"])


def test_the_whole_of_a_package_shows_its_worst_item() -> None:
    """套餐: the one mode that is no row; see domain/package.py."""
    assert package.WORST_FIRST[0] == "correcting" and package.WORST_FIRST[-1] == "closed"


def test_no_legal_clock_pauses_but_for_a_special_procedure() -> None:
    assert {rule.action for rule in RULES if "legal" in rule.pauses} == {"special"}


def test_only_drafts_are_left_out_and_every_difference_is_explained() -> None:
    assert [row["event"] for row in ROWS if not row["action"]] == ["create"]
    assert all(row["deviation"] for row in ROWS if not row["action"])
