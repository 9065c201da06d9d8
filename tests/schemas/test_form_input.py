"""From what a browser posts to what is meant, and what stays of it."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.forms import Form

Schema = dict[str, Any]


def parsed(schema: Schema, posted: dict[str, list[str]]) -> tuple[Schema, Schema]:
    form = Form(schema)
    return form.parse(posted, names=[*form.names(0), *form.names(1)])


@pytest.mark.parametrize(
    ("posted", "instance"),
    [
        ({"name": ["  林禾　"]}, {"name": "林禾"}),
        ({"name": ["   "]}, {}),
        ({"name": []}, {}),
        ({"name": ["林\n禾"]}, {"name": "林 禾"}),
        ({"note": ["一\r\n二"]}, {"note": "一\n二"}),
        ({"idno": ["９９０１０１ １９９００３０７ ００１５"]}, {"idno": "990101199003070015"}),
        ({"phone": ["+86 138 0000 1234"]}, {"phone": "13800001234"}),
        ({"card": ["6222 0000 1111 2222"]}, {"card": "6222000011112222"}),
        ({"card": ["６２２２００００１１１１２２２２"]}, {"card": "6222000011112222"}),
        ({"card": ["6222 x"]}, {"card": "6222 x"}),
        ({"days": ["３"]}, {"days": 3}),
        ({"days": ["三"]}, {"days": "三"}),
        ({"area": ["1,200.5"]}, {"area": 1200.5}),
        ({"kind": ["self"]}, {"kind": "self"}),
        ({"tags": ["a", "", "b", "a"]}, {"tags": ["a", "b"]}),
        ({"tags": [""]}, {}),
        ({"declare": ["true"]}, {"declare": True}),
        ({"born-year": ["1990"], "born-month": ["3"], "born-day": ["7"]}, {"born": "1990-03-07"}),
        ({"born-year": ["１９９０年"], "born-month": ["３月"], "born-day": ["07"]}, {"born": "1990-03-07"}),
        ({"born-year": ["1990"], "born-month": [""], "born-day": ["7"]}, {"born": "1990--7"}),
        ({"born-year": ["1990"], "born-month": ["2"], "born-day": ["30"]}, {"born": "1990-2-30"}),
        ({"born-year": [""], "born-month": [""], "born-day": [" "]}, {}),
        ({"hat": ["x"], "_csrf": ["y"]}, {}),
    ],
)
def test_posted_text_becomes_what_is_meant(small: Schema, posted: dict, instance: Schema) -> None:
    assert parsed(small, posted)[0] == instance


def test_what_was_typed_is_kept_for_showing_it_again(small: Schema) -> None:
    posted = {"phone": ["138 0000"], "days": ["三"], "born-year": ["1990"]}
    assert parsed(small, posted)[1] == {
        "phone": "138 0000",
        "days": "三",
        "born": {"year": "1990", "month": "", "day": ""},
    }


def test_only_the_named_fields_are_read(small: Schema) -> None:
    assert Form(small).parse({"name": ["林禾"], "note": ["x"]}, names=["note"])[0] == {"note": "x"}


@pytest.mark.parametrize(
    ("posted", "to"),
    [
        ({"kind": ["agent"], "to": ["林禾"], "to--post": ["陈实"]}, "林禾"),
        ({"kind": ["post"], "to": ["林禾"], "to--post": ["陈实"]}, "陈实"),
        ({"kind": ["post"], "to": ["林禾"]}, "林禾"),
        ({"kind": ["post"], "to": ["林禾"], "to--agent": ["陈实"]}, "林禾"),
    ],
)
def test_a_field_under_two_options_is_read_under_the_chosen_one(small: Schema, posted: dict, to: str) -> None:
    assert parsed(small, posted)[0]["to"] == to


def test_an_emptied_field_under_the_chosen_option_is_empty(small: Schema) -> None:
    assert "to" not in parsed(small, {"kind": ["post"], "to": ["林禾"], "to--post": [""]})[0]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("self", set()), ("agent", {"to"}), ("post", {"to", "address"}), (["post"], set()), (None, set())],
)
def test_pruning_drops_branches_not_chosen_and_unknown_fields(
    small: Schema, kind: Any, kept: set[str]
) -> None:
    instance = {"kind": kind, "to": "林禾", "address": "望澜区", "hat": "x"}
    assert Form(small).prune(instance).keys() - {"kind"} == kept
