"""Forms as they are shown: controls, rows, texts."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.forms import Form

Schema = dict[str, Any]
KEYS = {
    *("name", "title", "hint", "required", "widget", "value", "raw", "error", "width", "maxlength", "rows"),
    *("autocomplete", "inputmode", "type", "options"),
}


def shown(schema: Schema, instance: Schema, **known: Any) -> dict[str, dict]:
    form = Form(schema)
    names = [*form.names(0), *form.names(1)]
    return {one["name"]: one for one in form.controls(names, instance=instance, **known)}


def options(control: dict) -> dict[str, dict]:
    return {option["value"]: option for option in control["options"]}


def reveals(control: dict) -> dict[str, list[str]]:
    return {value: [one["name"] for one in option["reveals"]] for value, option in options(control).items()}


def test_every_control_has_the_same_keys(small: Schema) -> None:
    assert all(control.keys() == KEYS for control in shown(small, {}).values())


@pytest.mark.parametrize(
    ("name", "widget", "inputmode", "type_"),
    [
        ("name", "text", "", "text"),
        ("phone", "tel", "tel", "tel"),
        ("born", "date", "", "text"),
        ("kind", "radios", "", "text"),
        ("days", "number", "numeric", "text"),
        ("area", "number", "decimal", "text"),
        ("tags", "checkboxes", "", "text"),
        ("note", "textarea", "", "text"),
        ("declare", "declare", "", "text"),
    ],
)
def test_a_question_gets_the_control_that_fits(
    small: Schema, name: str, widget: str, inputmode: str, type_: str
) -> None:
    control = shown(small, {})[name]
    assert (control["widget"], control["inputmode"], control["type"]) == (widget, inputmode, type_)


def test_seven_choices_are_a_list_and_six_are_radios(small: Schema) -> None:
    for count, widget in ((6, "radios"), (7, "select")):
        small["properties"]["kind"]["oneOf"] = [{"const": f"k{n}", "title": f"{n}"} for n in range(count)]
        del small["allOf"][:]
        assert shown(small, {})["kind"]["widget"] == widget


def test_fields_of_a_branch_hang_under_the_options_that_open_them(small: Schema) -> None:
    assert reveals(shown(small, {})["kind"]) == {"self": [], "agent": ["to"], "post": ["to--post", "address"]}


def test_a_field_keeps_its_own_name_under_the_chosen_option(small: Schema) -> None:
    names = reveals(shown(small, {"kind": "post"})["kind"])
    assert names == {"self": [], "agent": ["to--agent"], "post": ["to", "address"]}


def test_a_branch_field_stands_alone_when_its_opener_is_not_asked(small: Schema) -> None:
    controls = Form(small).controls(["address"], instance={"kind": "post"})
    assert [control["name"] for control in controls] == ["address"]


def test_what_was_typed_is_shown_again_before_what_is_known(small: Schema) -> None:
    controls = shown(
        small, {"days": 3, "area": 4.0, "name": "林禾"}, raw={"name": " 林"}, errors={"name": "错"}
    )
    assert [controls[name]["value"] for name in ("days", "area", "name")] == ["3", "4", " 林"]
    assert (controls["name"]["error"], controls["days"]["error"]) == ("错", None)


@pytest.mark.parametrize(
    ("born", "parts"),
    [
        ("1990-03-07", ("1990", "03", "07")),
        ("1990--7", ("1990", "", "7")),
        ("nonsense", ("", "", "")),
        (None, ("", "", "")),
    ],
)
def test_a_saved_date_comes_back_in_its_parts(
    small: Schema, born: str | None, parts: tuple[str, ...]
) -> None:
    raw = shown(small, {"born": born})["born"]["raw"]
    assert tuple(raw[part] for part in ("year", "month", "day")) == parts


def test_typed_date_parts_come_before_saved_ones(small: Schema) -> None:
    typed = {"year": "19", "month": "", "day": "x"}
    assert shown(small, {"born": "1990-03-07"}, raw={"born": typed})["born"]["raw"] == typed


def test_ticks_come_back(small: Schema) -> None:
    controls = shown(small, {"tags": ["b"], "declare": True})
    assert (controls["tags"]["value"], controls["declare"]["value"]) == (["b"], True)
    assert shown(small, {"declare": "true"})["declare"]["value"] is False


def test_only_free_text_limits_typing(small: Schema) -> None:
    controls = shown(small, {})
    limits = {name: control["maxlength"] for name, control in controls.items() if control["maxlength"]}
    assert limits == {"name": 20, "note": 200}


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("name", "林禾", "林禾", "林禾"),
        ("born", "1990-03-07", "1990年3月7日", "7 Mar 1990"),
        ("born", "1990--7", "1990--7", "1990--7"),
        ("kind", "post", "邮寄", "By post"),
        ("kind", "fly", "fly", "fly"),
        ("tags", ["a", "b"], "施工、堆物", "Building work, Storage"),
        ("days", 3, "3", "3"),
        ("area", 4.0, "4", "4"),
        ("area", 4.5, "4.5", "4.5"),
        ("declare", True, "已确认", "Confirmed"),
        ("declare", None, "", ""),
        ("hat", "x", "x", "x"),
    ],
)
def test_an_answer_is_shown_as_people_read_it(
    small: Schema, small_en: dict[str, str], name: str, value: Any, zh: str, en: str
) -> None:
    assert Form(small, small_en).display(name, value) == zh
    assert Form(small, small_en, lang="en").display(name, value) == en


def test_rows_hold_the_questions_that_were_asked(small: Schema, answers: Schema) -> None:
    rows = Form(small).rows({**answers, "kind": "agent", "to": "陈实", "address": "望澜区"})
    assert [page["title"] for page in rows] == ["申请人", "内容"]
    assert ("to", "收件人", "陈实") in rows[1]["rows"]
    assert ("note", "备注", "未填写") in rows[1]["rows"]
    assert "address" not in {name for page in rows for name, _, _ in page["rows"]}


def test_a_form_says_which_answers_are_personal(small: Schema) -> None:
    masks = {"name": "name", "idno": "id", "phone": "phone", "card": "bank", "to": "name"}
    assert Form(small).masks == masks


def test_a_form_knows_its_fields_pages_and_labels(small: Schema, small_en: dict[str, str]) -> None:
    form = Form(small, small_en, lang="en")
    assert (form.title, form.pages[0].title, form.pages[1].intro) == ("Sample form", "Applicant", "")
    assert form.names(1)[:4] == ("kind", "to", "address", "days")
    assert (form.has("address"), form.has("hat"), form.label("to")) == (True, False, "Recipient")


def test_a_missing_english_text_falls_back_to_chinese(small: Schema, small_en: dict[str, str]) -> None:
    del small_en["/properties/name/title"]
    assert Form(small, small_en, lang="en").label("name") == "姓名"


def test_english_leaves_the_chinese_form_as_it_was(small: Schema, small_en: dict[str, str]) -> None:
    Form(small, {**small_en, "/nowhere/at/all": "x", "/x-pages/9/title": "y"}, lang="en")
    assert Form(small).title == "样表"


def test_an_item_without_a_form_has_no_questions() -> None:
    form = Form({})
    assert (form.pages, form.prune({"a": 1}), form.rows({})) == ((), {}, [])
