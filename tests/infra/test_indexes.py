"""Tables that exist change one index at a time, by as many steps of the stack as that takes, in one command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from publishing.deploy import indexes, stacks
from publishing.deploy.journal import Journal
from publishing.deploy.run import Deployment, Wanted
from tests.infra.test_deploy import NOW, STAGE, Office, Town, small
from tests.infra.test_deploy import aws as aws
from tests.infra.test_deploy import server as server

Table = tuple[str, ...]


def template(
    cases: Table, drafts: Table = ("owner",), *, code: str = "one", kept: str = "head"
) -> dict[str, Any]:
    """Two tables with these indexes, and something that stands for the functions."""
    made = small("Cases", "Drafts")
    for name, held in (("CasesTable", cases), ("DraftsTable", drafts)):
        facts = dict(made["Resources"][name]["Properties"])
        parts = [f"{one}_{part}" for one in held for part in ("pk", "sk")]
        facts["AttributeDefinitions"] = [
            {"AttributeName": one, "AttributeType": "S"} for one in ("key", *parts)
        ]
        facts["GlobalSecondaryIndexes"] = [_index(one, kept if one == "queue" else "head") for one in held]
        made["Resources"][name] = {**made["Resources"][name], "Properties": facts}
    made["Resources"]["Topic"] = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": code}}
    return made


def _index(name: str, kept: str) -> dict[str, Any]:
    keys = [
        {"AttributeName": f"{name}_pk", "KeyType": "HASH"},
        {"AttributeName": f"{name}_sk", "KeyType": "RANGE"},
    ]
    projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": [kept]}
    return {"IndexName": name, "KeySchema": keys, "Projection": projection}


def held(one: dict[str, Any], table: str = "CasesTable") -> dict[str, Any]:
    return {
        index["IndexName"]: index for index in one["Resources"][table]["Properties"]["GlobalSecondaryIndexes"]
    }


def changes(one: dict[str, Any], other: dict[str, Any], table: str) -> int:
    """How many indexes of a table DynamoDB would have to drop or add between two templates."""
    was, now = held(one, table), held(other, table)
    return sum((name not in now) + (name not in was) for name in {*was, *now}) + 2 * sum(
        was[name] != now[name] for name in was.keys() & now.keys()
    )


OLD, NEW = ("queue", "owner"), ("queue", "owner", "who", "all")
WAYS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "nothing": (template(OLD), template(OLD, code="two"), []),
    "one more": (template(OLD), template((*OLD, "who"), code="two"), []),
    "two more": (template(OLD), template(NEW, code="two"), ["CasesTable +who", "CasesTable +all"]),
    "one less": (template(OLD), template(("queue",), code="two"), ["everything else", "CasesTable -owner"]),
    "one for another": (
        template(OLD), template(("queue", "who"), code="two"), ["CasesTable +who", "CasesTable -owner"]
    ),
    "made anew": (
        template(OLD), template(OLD, code="two", kept="body"), ["CasesTable -queue", "CasesTable +queue"]
    ),
    "two tables": (
        template(OLD), template(NEW, ("over", "owner"), code="two"),
        ["CasesTable +who; DraftsTable +over", "CasesTable +all"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_step_changes_more_than_one_index_of_a_table_and_the_last_is_what_is_wanted(way: Any) -> None:
    was, now, told = way
    found = indexes.steps(was, now)
    assert found[-1] == now and indexes.told(was, now) == told
    for one, other in pairwise([was, *found]):
        assert all(changes(one, other, table) <= 1 for table in ("CasesTable", "DraftsTable"))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_functions_find_what_they_read_before_and_after_the_switch(way: Any) -> None:
    was, now, _ = way
    anew = {name for name in held(was).keys() & held(now).keys() if held(was)[name] != held(now)[name]}
    for step in indexes.steps(was, now):
        switched = step["Resources"]["Topic"]["Properties"]["DisplayName"] == "two"
        assert set(held(now if switched else was)) - anew <= set(held(step))


def test_every_step_defines_just_the_attributes_of_its_keys() -> None:
    for step in indexes.steps(template(OLD), template(("queue", "who"), code="two")):
        table = step["Resources"]["CasesTable"]["Properties"]
        keys = [table["KeySchema"], *(index["KeySchema"] for index in table["GlobalSecondaryIndexes"])]
        used = {part["AttributeName"] for schema in keys for part in schema}
        assert used == {one["AttributeName"] for one in table["AttributeDefinitions"]}


def test_a_first_deployment_has_one_step() -> None:
    assert indexes.steps({}, template(NEW)) == [template(NEW)]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    deployment = made.deployment(Town())
    deployment.carry_out(wanted(made, template(OLD)), now=NOW)
    yield made


def wanted(office: Office, to: dict[str, Any], *, code: bytes = b"one") -> Wanted:
    made = office.wanted(office.deployment(Town()).live(), code=code)
    return replace(made, template=to)


class Cut(Exception):
    """The line to AWS broke."""


def test_a_stage_gets_all_its_indexes_by_one_command_also_after_a_break(stage: Office) -> None:
    now = template(NEW, code="two")
    deployment = stage.deployment(Town())
    asked = wanted(stage, now, code=b"two")
    assert deployment.plan(asked).as_json()["steps"] == ["CasesTable +who", "CasesTable +all"]

    def tell(step: str, done: int, of: int) -> None:
        if (step, done) == ("stack", 1):
            raise Cut

    deployment = Deployment(STAGE, Town(), Journal(stage.folder / "journal.jsonl"), tell=tell)
    with pytest.raises(Cut):
        deployment.carry_out(asked, now=NOW)
    assert set(held(stacks.template(Town(), STAGE.stack))) == {*OLD, "who"}
    stage.deployment(Town()).carry_out(wanted(stage, now, code=b"two"), now=NOW)
    assert stacks.template(Town(), STAGE.stack) == now
