"""Which item waits for which, and where the whole stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from chalicelib.domain.lifecycle import STATES
from chalicelib.domain.package import WORST_FIRST, Parcel, Planned, Standing, ready, standings, state_of
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.packages import Packages
from tests.packages import life

GRAPH = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c"), "e": ()}
ENDINGS = (
    "closed",
    "denied",
    "not_required",
    "withdrawn",
    "refused",
    "lapsed",
    "terminated",
    "revoked",
    "referred_up",
)


def parcel(graph: dict[str, tuple[str, ...]]) -> Parcel:
    planned = tuple(Planned(key, key, "0" * 16, key, key, after) for key, after in graph.items())
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Parcel("N", "p", "0" * 16, "p", "p", "zwfw", "s", "n", now, "C", "k", "f", planned)


def case(state: str) -> Any:
    """As much of a case as the order looks at; closed after a refusal has no grant in its history."""
    granted = state == "closed"
    shown = "closed" if state == "denied" else state
    return SimpleNamespace(
        state=shown, last=lambda action: object() if granted and action == "grant" else None
    )


def states(cases: dict[str, str]) -> dict[str, str]:
    made: dict[str, Any] = {key: case(state) for key, state in cases.items()}
    return {one.planned.key: one.state for one in standings(parcel(GRAPH), made)}


@pytest.mark.parametrize(
    ("cases", "b", "d"),
    [
        ({}, "waiting", "waiting"),
        ({"a": "reviewing"}, "waiting", "waiting"),
        ({"a": "granted"}, "waiting", "waiting"),
        ({"a": "closed"}, "starting", "waiting"),
        ({"a": "not_required"}, "starting", "waiting"),
        ({"a": "closed", "b": "closed"}, "closed", "waiting"),
        ({"a": "closed", "b": "closed", "c": "closed"}, "closed", "starting"),
        ({"a": "denied"}, "blocked", "blocked"),
        ({"a": "withdrawn"}, "blocked", "blocked"),
        ({"a": "closed", "b": "refused"}, "refused", "blocked"),
        ({"a": "revoked", "b": "reviewing"}, "reviewing", "blocked"),  # d needs c, which never began
    ],
)
def test_an_item_starts_once_the_results_it_needs_are_there(cases: dict[str, str], b: str, d: str) -> None:
    found = states(cases)
    assert (found["b"], found["d"]) == (b, d)


def test_what_waits_for_nothing_starts_at_once() -> None:
    assert [one.key for one in ready(parcel(GRAPH), {})] == ["a", "e"]


@pytest.mark.parametrize(
    ("children", "whole"),
    [
        (["closed", "closed"], "closed"),
        (["closed", "reviewing"], "reviewing"),
        (["correcting", "submitted", "closed"], "correcting"),
        (["denied", "reviewing"], "reviewing"),
        (["denied", "closed"], "denied"),
        (["waiting", "closed"], "waiting"),
        (["granted", "waiting"], "granted"),
        (["blocked", "denied"], "denied"),
        (["withdrawn", "closed"], "withdrawn"),
        (["not_required", "closed"], "not_required"),
    ],
)
def test_the_whole_shows_its_worst_item_and_is_over_only_when_all_are(
    children: list[str], whole: str
) -> None:
    planned = parcel(GRAPH).planned[0]
    assert state_of(tuple(Standing(planned, state, None) for state in children)) == whole


def test_every_state_has_a_place_in_the_order() -> None:
    assert len(set(WORST_FIRST)) == len(WORST_FIRST)
    assert set(STATES) <= set(WORST_FIRST)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Up to eight items, each needing some of those before it."""
    size = draw(st.integers(1, 8))
    keys = [f"i{n}" for n in range(size)]
    return {
        key: tuple(draw(st.lists(st.sampled_from(keys[:n]), unique=True)) if n else ())
        for n, key in enumerate(keys)
    }


@settings(max_examples=200, deadline=None)
@given(graphs(), st.data())
def test_in_any_order_of_endings_every_item_ends_and_none_starts_too_soon(
    graph: dict[str, tuple[str, ...]], data: Any
) -> None:
    endings = {key: data.draw(st.sampled_from(ENDINGS)) for key in graph}

    def run(pick: Any) -> dict[str, str]:
        whole, ended, open_now = parcel(graph), dict[str, Any](), set[str]()
        while True:
            known = ended | {key: case("reviewing") for key in open_now}
            for one in ready(whole, known):
                assert all(endings[key] in ("closed", "not_required") and key in ended for key in one.after)
                open_now.add(one.key)
            if not open_now:
                return {one.planned.key: one.state for one in standings(whole, ended)}
            key = pick(sorted(open_now))
            open_now.remove(key)
            ended[key] = case(endings[key])

    last = run(lambda keys: data.draw(st.sampled_from(keys)))
    assert not {"waiting", "starting"} & set(last.values())
    assert all(state == endings[key] or state == "blocked" for key, state in last.items())
    assert last == run(lambda keys: keys[0]) == run(lambda keys: keys[-1])


def test_an_item_left_out_hands_on_what_it_waits_for(packages: Packages) -> None:
    package = packages.current("package-xinshenger")
    assert package
    children = tuple(
        replace(one, optional=True) if one.key == "chusheng_dengji" else one for one in package.children
    )
    looser = replace(package, children=children)
    assert life.bundle_of(looser, ["chusheng_dengji"]).before("yibao") == ("chusheng_dengji",)
    assert life.bundle_of(looser, ()).before("yibao") == ("yixue_zhengming",)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(life.SAMPLES), data=st.data())
def test_any_choice_of_optional_items_keeps_the_order(packages: Packages, name: str, data: Any) -> None:
    package = packages.current(f"package-{name}")
    assert package
    bundle = life.bundle_of(package, data.draw(st.sets(st.sampled_from(life.everything(package)))))
    keys = [child.key for child in bundle.children]
    for place, key in enumerate(keys):
        assert set(bundle.before(key)) <= set(keys[:place])
