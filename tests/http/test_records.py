"""Cases as they are kept, on both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from chalicelib import ledger, listing
from chalicelib.domain.act import act
from chalicelib.domain.case import Case, File, first_broken
from chalicelib.domain.guards import Move, Supply
from chalicelib.domain.timeline import explains
from chalicelib.domain.turns import TURNS
from chalicelib.store.port import CASES, Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain import world as small
from tests.http.stand_in import MONDAY

FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
TODAY = small.world("2026-09-02")
NUMBERS: Iterator[str] = (f"{n:012d}" for n in count())


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
files = st.builds(
    File,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    name=text,
    size=st.integers(1, 2**40),
    kind=st.sampled_from(["pdf", "jpg", "png"]),
)
STEPS: tuple[tuple[Any, str, dict[str, Any]], ...] = (
    (small.WINDOW, "accept", {"note": "好"}), (small.WINDOW, "correct", {"fields": ["place"], "materials": ["photo"], "reason": "请改"}),
    (small.CITIZEN, "supplement", {}), (small.CHIEF, "grant", {}), (small.CHIEF, "deny", {"reason": "不符合"}),
    (small.WINDOW, "prepare", {}), (small.WINDOW, "deliver", {"method": "post", "proof": "单号"}), (small.CITIZEN, "withdraw", {"note": "不办了"}),
    (small.WINDOW, "refuse", {"reason": "不归我们", "right_body": "别处"}), (small.WINDOW, "not_required", {"reason": "不用"}),
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case after some steps, with any answers and files that JSON can hold."""
    case = replace(
        small.handed_in("2026-09-01"), number=next(NUMBERS), form=draw(st.dictionaries(text, values, max_size=4)),
        materials={name: tuple(kept) for name, kept in draw(st.dictionaries(text, st.lists(files, max_size=2), max_size=2)).items()},
        applicant_name=draw(text), item_name=draw(text),
    )  # fmt: skip
    for actor, action, data in draw(st.lists(st.sampled_from(STEPS), max_size=5)):
        case = step(case, actor, action, data) or case
    return case


def step(case: Case, actor: Any, action: str, data: dict[str, Any]) -> Case | None:
    """The case after a step, if the step may be done."""
    shade = File(f"{len(case.events):064x}", "新.jpg", 1, "jpg")
    supply = (
        Supply({**case.form, "place": "新址"}, {**case.materials, "photo": (shade,)})
        if action == "supplement"
        else None
    )
    outcome = act(case, Move(action, actor, data, supply), small.world("2026-09-02"))
    return outcome if isinstance(outcome, Case) else None


@given(cases())
@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
def test_a_case_read_back_is_the_case_that_was_written(case: Case) -> None:
    record = ledger.to_record(case, TODAY)
    kept = replace(
        record, head=json.loads(json.dumps(record.head)), body=json.loads(json.dumps(record.body)),
        events=tuple(json.loads(json.dumps(record.events))),
    )  # fmt: skip
    back = ledger.from_record(kept)
    assert back == case and explains(back) and first_broken(back.events) is None


@given(case=cases())
@settings(max_examples=15, deadline=None, suppress_health_check=FIXTURES)
def test_either_engine_gives_back_what_it_was_given(store: Store, case: Case) -> None:
    assert store.create(CASES, ledger.to_record(case, TODAY))
    found = ledger.find(store, case.number, now=MONDAY)
    assert found is not None and found[0] == case


def test_a_case_grows_step_by_step_in_either_engine(store: Store) -> None:
    case = replace(small.handed_in("2026-09-01"), number=next(NUMBERS))
    assert store.create(CASES, ledger.to_record(case, TODAY))
    for actor, action, data in (STEPS[1], STEPS[2], STEPS[0], STEPS[3], STEPS[5], STEPS[6]):
        found = ledger.find(store, case.number, now=MONDAY)
        assert found is not None and found[0] == case
        after = step(case, actor, action, data)
        assert after is not None
        assert ledger.save(store, after, read=found[1], world=TODAY)
        assert not ledger.save(store, after, read=found[1], world=TODAY), "written over an old reading"
        case = after
    final = ledger.find(store, case.number, now=MONDAY)
    assert final is not None and final[0] == case and len(case.events) == 8


@pytest.mark.parametrize(
    ("steps", "turn", "swept"),
    [
        ((), "window", True),
        ((1,), "applicant", True),
        ((0,), "chief+reviewer", False),
        ((0, 3), "window", False),
        ((7,), "closed", False),
    ],
)
def test_a_case_stands_in_the_list_of_whoever_must_act(
    store: Store, steps: tuple[int, ...], turn: str, swept: bool
) -> None:
    case = replace(small.handed_in("2026-09-01"), number=next(NUMBERS))
    for n in steps:
        case = step(case, *STEPS[n]) or case
    store.create(CASES, ledger.to_record(case, TODAY))
    listed = [store.count(CASES, "queue", f"csgl:{name}") for name in TURNS]
    assert (
        listed == [store.count(CASES, "all", name) for name in TURNS] == [int(name == turn) for name in TURNS]
    )
    assert store.count(CASES, "sweep", listing.SWEEP) == int(swept)
