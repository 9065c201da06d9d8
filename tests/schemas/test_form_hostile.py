"""Whatever is sent, a form answers: it never raises, names no field it lacks, lets no junk through."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas.formats import format_checker, unreadable
from schemas.forms import Form
from tests.schemas.small_form import SMALL, SMALL_EN

TODAY = date(2026, 11, 23)
FORMS = {lang: Form(SMALL, SMALL_EN, lang=lang) for lang in ("zh", "en")}
FORM = FORMS["zh"]
NAMES = [*FORM.names(0), *FORM.names(1)]
WHOLE = Draft202012Validator(SMALL, format_checker=format_checker())

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers().map(lambda n: n * 10**350),
    st.floats(),
    st.text(max_size=30),
    st.characters(categories=["Cs"]),
    st.sampled_from(["self", "agent", "post", "a", "1990-03-07", "13800001234", "990101199003070015"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
plausible = {
    "name": st.sampled_from(["林禾", "林"]),
    "idno": st.sampled_from(["990101199003070015", "9"]),
    "phone": st.just("13800001234"),
    "born": st.sampled_from(["1990-03-07", "1990-3-7"]),
    "kind": st.sampled_from(["self", "agent", "post", "fly"]),
    "days": st.sampled_from([1, 30, 31, 2.0, 2.5]),
    "area": st.sampled_from([1, 0.5, 0, 500.5]),
    "tags": st.sampled_from([["a"], ["a", "b"], [], ["a", "a"]]),
    "card": st.sampled_from(["6222000011112222", "6222"]),
    "note": st.just("备注"),
    "declare": st.sampled_from([True, False]),
    "to": st.just("林禾"),
    "address": st.just("望澜区"),
}
instances = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, values)) | st.dictionaries(
    st.text(max_size=8), values, max_size=4
)
keys = st.sampled_from([*NAMES, "born-year", "born-month", "born-day", "to--post", "_csrf"]) | st.text(
    max_size=8
)
texts = (
    st.text(max_size=40) | st.characters(categories=["Cs"]) | st.sampled_from(["post", "agent", "3", "９"])
)
posts = st.dictionaries(keys, st.lists(texts, max_size=3), max_size=12)


@given(instances)
def test_any_instance_is_judged_pruned_and_shown(instance: dict[str, Any]) -> None:
    for form in FORMS.values():
        faults = form.faults(instance, today=TODAY)
        assert all(form.has(fault.field) and fault.message for fault in faults)
        assert len({fault.field for fault in faults}) == len(faults)
        assert form.prune(instance).keys() <= set(NAMES)
        form.rows(instance)
        form.controls(NAMES, instance=instance, raw=instance)


@given(st.one_of(st.sampled_from(NAMES), st.text(max_size=5)), values)
def test_any_value_can_be_shown(name: str, value: Any) -> None:
    assert isinstance(FORM.display(name, value), str)


def test_values_nested_beyond_recursion_are_wrong_and_nothing_worse() -> None:
    deep: Any = "a"
    for _ in range(100_000):
        deep = [deep]
    instance = {name: [deep, deep] for name in NAMES}
    assert {fault.field for fault in FORM.faults(instance, today=TODAY)} >= {"name", "tags", "kind", "days"}
    assert FORM.display("name", deep) == ""


@given(posts)
def test_any_post_can_be_read(posted: dict[str, list[str]]) -> None:
    instance, raw = FORM.parse(posted, names=NAMES)
    assert instance.keys() == raw.keys()
    assert instance.keys() <= set(NAMES)
    assert not any(unreadable(value) for value in instance.values() if isinstance(value, str))
    json.dumps([instance, raw], ensure_ascii=False).encode()
    FORM.faults(instance, today=TODAY)


@given(posts)
def test_what_was_read_reads_the_same_when_posted_again(posted: dict[str, list[str]]) -> None:
    instance, raw = FORM.parse(posted, names=NAMES)
    again: dict[str, list[str]] = {}
    for name, typed in raw.items():
        parts = typed.items() if isinstance(typed, dict) else ()
        again |= {f"{name}-{part}": [text] for part, text in parts}
        again |= {} if parts else {name: typed if isinstance(typed, list) else [typed]}
    assert FORM.parse(again, names=NAMES) == (instance, raw)


@given(st.fixed_dictionaries({}, optional=plausible))
def test_the_form_agrees_with_its_schema(instance: dict[str, Any]) -> None:
    pruned = FORM.prune(instance)
    assert (FORM.faults(pruned, today=TODAY) == ()) == WHOLE.is_valid(pruned)


@given(instances)
def test_what_passes_fits_the_schema_and_can_be_stored(instance: dict[str, Any]) -> None:
    pruned = FORM.prune(instance)
    wrong = {fault.field for fault in FORM.faults(instance, today=TODAY)}
    right = {name: value for name, value in pruned.items() if name not in wrong}
    json.dumps(right, ensure_ascii=False, allow_nan=False).encode()


@given(instances)
def test_pruning_twice_changes_nothing(instance: dict[str, Any]) -> None:
    once = FORM.prune(instance)
    assert FORM.prune(once) == once or any(value != value for value in once.values())
