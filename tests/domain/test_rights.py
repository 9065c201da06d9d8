"""Who may do what: every role, every action, every place, tried one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from chalicelib.domain.act import act
from chalicelib.domain.case import Actor, Case, within
from chalicelib.domain.guards import Move
from chalicelib.domain.lifecycle import ACTIONS, APPLICANT, LINK, ROLE_NAMES, RULES, STAFF_ROLES, SYSTEM
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.rights import ACT, CASE, RIGHTS, TABLE, action_right, may, mixed, rights_of

from tests.domain.world import handed_in, world

DECISIONS = {
    "grant", "deny", "decide_now", "decline", "special", "hold", "terminate", "refer_up", "fast_track", "revoke",
}  # fmt: skip
DEPTS = ("csgl", "mzj", "")
REGIONS = ("", "990102001", "990102001002", "990102100", "990103")
ITEMS = ("", "xiao-jian", "da-jian")
CASE_REGION = "990102001002"


def somebody(role: str, dept: str, region: str = "", item: str = "") -> Actor:
    some = {True: frozenset[str]()}
    return Actor(
        "somebody", "某人", frozenset({role}), "某岗", frozenset({dept} if dept else ()),
        some.get(not region, frozenset({region})), some.get(not item, frozenset({item})),
    )  # fmt: skip


def a_case() -> Case:
    return replace(handed_in("2026-09-18"), region=CASE_REGION)


def verdict(case: Case, actor: Actor, action: str) -> str:
    """not_allowed and not_yours say no to the person; anything else is about the case."""
    outcome = act(case, Move(action, actor, {}), world("2026-09-21"))
    code = outcome.code if isinstance(outcome, Refusal) else ""
    return code if code in ("not_allowed", "not_yours") else ""


def declared(role: str, dept: str, region: str, item: str, action: str) -> str:
    """What the tables promise: first whose case it is, then whose action it is."""
    here = region in ("", "990102001", "990102001002")
    theirs = dept == "csgl" and here and item in ("", "xiao-jian")
    if not theirs:
        return "not_yours"
    return "" if action_right(action) in TABLE[role] else "not_allowed"


EVERY = list(product(STAFF_ROLES, DEPTS, REGIONS, ITEMS, ACTIONS))


def test_every_role_does_exactly_its_own_actions_in_exactly_its_own_place() -> None:
    """Each role x action x department x region x item."""
    case, wrong = a_case(), []
    for role, dept, region, item, action in EVERY:
        said = verdict(case, somebody(role, dept, region, item), action)
        if said != declared(role, dept, region, item, action) and not _only_in_another_state(
            case, role, action
        ):
            wrong.append((role, dept, region, item, action, said))
    assert len(EVERY) == 7 * 3 * 5 * 3 * len(ACTIONS) and wrong == []


def _only_in_another_state(case: Case, role: str, action: str) -> bool:
    """A role that may do an action in some states only is told so in the others."""
    rows = [rule for rule in RULES if rule.action == action and case.state in rule.source]
    return any(role not in rule.by for rule in rows) and action_right(action) in TABLE[role]


def test_only_the_chief_representative_decides() -> None:
    for rule in RULES:
        if rule.action in DECISIONS:
            assert set(rule.by) == {"chief"}, rule.action
    decides = {role for role in STAFF_ROLES if TABLE[role] & {action_right(action) for action in DECISIONS}}
    assert decides == {"chief"}


@pytest.mark.parametrize("role", ["supervisor", "admin", "editor"])
def test_who_supervises_administers_or_edits_does_nothing_to_a_case(role: str) -> None:
    assert not any(right.startswith("act:") for right in TABLE[role]) and ACT not in TABLE[role]


@pytest.mark.parametrize("role", ["admin", "editor"])
def test_the_administrator_and_the_editor_see_no_case(role: str) -> None:
    assert CASE not in TABLE[role]


def test_every_right_that_a_role_holds_is_a_known_one_and_every_known_one_is_held() -> None:
    known = set(RIGHTS) | {action_right(action) for action in ACTIONS}
    held = set().union(*TABLE.values())
    only_others = {rule.action for rule in RULES if not set(rule.by) & set(STAFF_ROLES)}
    assert held <= known
    assert known - held == {
        action_right(action)
        for action in only_others
        if not any(rule.action == action and set(rule.by) & set(STAFF_ROLES) for rule in RULES)
    }


def test_every_action_names_who_may_do_it_and_every_role_has_a_name() -> None:
    roles = {APPLICANT, SYSTEM, LINK, *STAFF_ROLES}
    assert all(rule.by and set(rule.by) <= roles for rule in RULES)
    assert set(ROLE_NAMES) == roles and set(TABLE) == set(STAFF_ROLES)


def test_the_right_to_act_goes_with_having_something_to_do() -> None:
    assert {role for role in STAFF_ROLES if ACT in TABLE[role]} == {
        role for role in STAFF_ROLES if any(role in rule.by for rule in RULES)
    }


def test_several_roles_add_up_and_no_role_gives_nothing() -> None:
    assert rights_of(["window", "chief"]) == TABLE["window"] | TABLE["chief"]
    assert rights_of([]) == frozenset() == rights_of(["applicant"])
    assert not may(None, CASE)


@pytest.mark.parametrize(
    ("roles", "pair"),
    [
        (["admin", "window"], ("admin", "window")),
        (["admin", "supervisor"], ("admin", "supervisor")),
        (["supervisor", "chief"], ("supervisor", "chief")),
        (["window", "reviewer"], None),
        (["supervisor", "editor"], None),
    ],
)
def test_roles_that_check_each_other_are_not_one_persons(
    roles: list[str], pair: tuple[str, str] | None
) -> None:
    assert mixed(roles) == pair


@pytest.mark.parametrize(
    ("region", "above", "inside"),
    [
        ("990102001", "990102", True),
        ("990102001002", "990102001", True),
        ("990102", "990100", True),
        ("990102", "990000", True),
        ("990102", "990102", True),
        ("990102", "990102001", False),
        ("990103", "990102", False),
        ("980102", "990000", False),
        ("", "990102", False),
    ],
)
def test_a_place_is_within_those_above_it(region: str, above: str, inside: bool) -> None:
    assert within(region, above) is inside
