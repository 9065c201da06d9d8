"""Repeating groups: family members and the like, entry by entry."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.forms import Form, lint
from tests.schemas.small_form import SMALL, SMALL_EN

TODAY = date(2026, 11, 23)
GROUP: dict[str, Any] = {
    "type": "array",
    "title": "家庭成员",
    "x-item": "成员",
    "minItems": 1,
    "maxItems": 3,
    "items": {
        "type": "object",
        "x-fields": ["name", "born", "sex", "share"],
        "properties": {
            "name": {"type": "string", "title": "姓名", "minLength": 2, "maxLength": 20, "x-mask": "name"},
            "born": {"type": "string", "title": "出生日期", "format": "date", "x-past": True},
            "sex": {
                "type": "string",
                "title": "性别",
                "oneOf": [{"const": "f", "title": "女"}, {"const": "m", "title": "男"}],
            },
            "share": {"type": "number", "title": "份额", "minimum": 0},
        },
        "required": ["name", "sex"],
        "additionalProperties": False,
    },
}
GROUP_EN = {
    "/properties/family/title": "Family members",
    "/properties/family/x-item": "Member",
    "/properties/family/items/properties/name/title": "Name",
    "/properties/family/items/properties/born/title": "Date of birth",
    "/properties/family/items/properties/sex/title": "Sex",
    "/properties/family/items/properties/sex/oneOf/0/title": "Female",
    "/properties/family/items/properties/sex/oneOf/1/title": "Male",
    "/properties/family/items/properties/share/title": "Share",
}
TWO = [{"name": "林小舟", "sex": "m", "born": "2018-03-15", "share": 0.5}, {"name": "林小满", "sex": "f"}]


def entries(spec: dict[str, Any]) -> dict[str, Any]:
    """A group whose entries have this one field."""
    return {
        "items": {
            "type": "object",
            "x-fields": ["one"],
            "properties": {"one": spec},
            "additionalProperties": False,
        }
    }


def schema(**changed: Any) -> dict[str, Any]:
    made = copy.deepcopy(SMALL)
    made["x-pages"][1]["fields"].insert(0, "family")
    made["properties"]["family"] = copy.deepcopy(GROUP) | changed
    return made


def form(lang: str = "zh", **changed: Any) -> Form:
    return Form(schema(**changed), SMALL_EN | GROUP_EN, lang=lang)


def wrong(answer: Any, lang: str = "zh", **changed: Any) -> list[tuple[str, str, str]]:
    found = form(lang, **changed).faults({"family": answer}, names=["family"], today=TODAY)
    return [(one.field, one.code, one.message) for one in found]


def test_entries_are_read_from_numbered_names_and_blank_ones_are_no_answers() -> None:
    posted = {
        "family[0].name": [" 林小舟 "], "family[0].sex": ["m"], "family[0].born-year": ["２０１８"],
        "family[0].born-month": ["3"], "family[0].born-day": ["15"], "family[0].share": ["０.５"],
        "family[1].name": [""], "family[7].name": ["林小满"], "family[7].sex": ["f"], "family[7].what": ["x"],
    }  # fmt: skip
    answers, raw = form().parse(posted, names=["family"])
    assert answers == {"family": TWO}
    assert raw["family"][1] == {"name": "林小满", "sex": "f"}
    assert form().parse(posted, names=["family"], keep_blanks=True)[0]["family"][1] == {}
    assert form().parse({}, names=["family"]) == ({}, {})


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (TWO, []),
        ([], [("family", "minItems", "家庭成员至少填写 1 项")]),
        (TWO * 2, [("family", "maxItems", "家庭成员最多填写 3 项")]),
        ("林小舟", [("family", "type", "家庭成员填写有误，请重新填写")]),
        (["林小舟"], [("family", "type", "家庭成员填写有误，请重新填写")]),
        (
            [{"name": "林", "share": "很多"}],
            [
                ("family[0].name", "minLength", "成员 1：姓名至少要有 2 个字"),
                ("family[0].sex", "required", "成员 1：请选择性别"),
                ("family[0].share", "type", "成员 1：份额应为数字"),
            ],
        ),
        (
            [TWO[1], {"name": "林小舟", "sex": "m", "born": "2027-01-01"}],
            [("family[1].born", "past", "成员 2：出生日期不能晚于今天")],
        ),
    ],
)
def test_each_entry_is_checked_and_named(answer: Any, found: list) -> None:
    assert wrong(answer) == found


def test_messages_exist_in_english() -> None:
    assert wrong([{"name": "林小舟"}], "en") == [
        ("family[0].sex", "required", "Member 1: Choose an answer for “Sex”")
    ]
    assert wrong([], "en")[0][2] == "Family members: give at least 1"


def test_a_group_may_be_left_out_unless_it_is_required() -> None:
    assert form().faults({}, names=["family"], today=TODAY) == ()
    made = schema()
    made["required"].append("family")
    (one,) = Form(made).faults({}, names=["family"], today=TODAY)
    assert one.message == "请填写家庭成员"


def test_entries_keep_their_order_in_the_catalogue() -> None:
    """The catalogue sorts the keys of every object."""
    again = Form(json.loads(json.dumps(schema(), sort_keys=True)))
    (group,) = again.controls(["family"], instance={})
    assert [one["name"] for one in group["rows"][0]["controls"]] == [
        f"family[0].{name}" for name in ("name", "born", "sex", "share")
    ]


def test_unknown_answers_inside_an_entry_are_dropped() -> None:
    assert form().prune({"family": [{"name": "林小舟", "x": 1}]}) == {"family": [{"name": "林小舟"}]}


def test_entries_are_shown_one_a_row() -> None:
    rows = form().rows({"family": TWO})[1]["rows"]
    assert rows[0] == ("family", "成员 1", "姓名：林小舟；出生日期：2018年3月15日；性别：男；份额：0.5")
    assert rows[1] == ("family", "成员 2", "姓名：林小满；性别：女")
    assert form().rows({})[1]["rows"][0] == ("family", "家庭成员", "未填写")
    assert form("en").display("family", TWO[1:]) == "Name: 林小满; Sex: Female"


def test_personal_data_inside_entries_is_known() -> None:
    assert form().masks["family[].name"] == "name"


def test_controls_have_names_and_ids_of_their_own_and_buttons() -> None:
    (group,) = form().controls(["family"], instance={"family": TWO}, errors={"family[1].name": "错"})
    assert [row["drop"] for row in group["rows"]] == ["drop:family:0", "drop:family:1"]
    assert [one["name"] for one in group["rows"][1]["controls"]][:2] == ["family[1].name", "family[1].born"]
    assert group["rows"][1]["controls"][0]["error"] == "错"
    assert group["rows"][0]["controls"][0]["error"] is None
    assert (group["add"], group["rows"][0]["title"]) == ("add:family", "成员 1")
    (full,) = form().controls(["family"], instance={"family": TWO + TWO[:1]})
    assert full["add"] is None


def test_a_group_that_wants_entries_starts_with_blank_ones() -> None:
    assert len(form().controls(["family"], instance={})[0]["rows"]) == 1
    assert form(minItems=0).controls(["family"], instance={})[0]["rows"] == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"maxItems": 11}, "最多 10 项"),
        ({"minItems": 4}, "minItems 大于 maxItems"),
        ({"x-item": None}, "请写明 x-item"),
        ({"uniqueItems": True}, "不能写 uniqueItems"),
        ({"items": {**GROUP["items"], "required": ["age"]}}, "里的字段 age 没有定义"),
        ({"items": {**GROUP["items"], "x-fields": ["name", "sex"]}}, "没有写进 x-fields"),
        (entries({"const": True, "title": "好"}), "只能是文字"),
        (entries({"type": "string", "title": "证", "format": "cn-resident-id"}), "请写 x-mask: id"),
    ],
)
def test_the_lint_knows_groups(changed: dict, said: str) -> None:
    made = schema(**changed)
    made["properties"]["family"] = {k: v for k, v in made["properties"]["family"].items() if v is not None}
    found = [one.message for one in lint(made)]
    assert (found == []) if not said else any(said in message for message in found), found


def test_the_lint_asks_for_every_english_text() -> None:
    assert lint(schema(), SMALL_EN | GROUP_EN) == ()
    assert {one.pointer for one in lint(schema(), SMALL_EN)} == set(GROUP_EN)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "born", "sex", "share", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_whatever_is_sent_for_a_group_is_answered(value: Any) -> None:
    for lang in ("zh", "en"):
        one = form(lang)
        pruned = one.prune({"family": value})
        one.faults(pruned, names=["family"], today=TODAY)
        one.rows(pruned)
        one.controls(["family"], instance=pruned, raw=pruned)
