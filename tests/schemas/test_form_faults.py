"""What a form finds wrong with answers, and how it says so."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from schemas.forms import Form
from schemas.messages import CODES, MESSAGES, WORDS

TODAY = date(2026, 11, 23)
Schema = dict[str, Any]


def said(schema: Schema, answers: Schema, *, lang: str = "zh", overlay: dict[str, str] | None = None) -> dict:
    faults = Form(schema, overlay, lang=lang).faults(answers, today=TODAY)
    return {fault.field: (fault.code, fault.message) for fault in faults}


def test_complete_answers_have_no_faults(small: Schema, answers: Schema) -> None:
    assert said(small, answers) == {}


def test_an_empty_form_asks_for_everything_required_in_form_order(small: Schema) -> None:
    faults = Form(small).faults({}, today=TODAY)
    assert [fault.field for fault in faults] == small["required"]
    assert {fault.code for fault in faults} == {"required"}


@pytest.mark.parametrize(
    ("name", "value", "code", "message"),
    [
        ("name", "林", "minLength", "姓名至少要有 2 个字"),
        ("name", "林" * 21, "maxLength", "姓名不能超过 20 个字"),
        ("name", 7, "type", "姓名填写有误，请重新填写"),
        ("name", None, "type", "姓名填写有误，请重新填写"),
        ("name", "林\ud800", "characters", "姓名含有无法识别的字符，请删除后重新输入"),
        ("idno", "990101199003070016", "cn-resident-id", "身份证号码不正确，应为 18 位，与证件上的一致"),
        ("phone", "138", "cn-mobile", "手机号码应为 11 位数字，以 1 开头"),
        ("born", "2026-02-30", "date", "出生日期不是有效的日期"),
        ("born", "1990--", "date-part", "出生日期还缺少月、日"),
        ("born", "-3-7", "date-part", "出生日期还缺少年"),
        ("born", "2026-11-24", "past", "出生日期不能晚于今天"),
        ("kind", "fly", "choice", "请从给出的选项中选择怎样领取"),
        ("kind", ["self"], "type", "请从给出的选项中选择怎样领取"),
        ("days", 0, "minimum", "天数不能小于 1"),
        ("days", 31, "maximum", "天数不能大于 30"),
        ("days", 1.5, "type", "天数应为整数"),
        ("days", "三", "type", "天数应为整数"),
        ("days", True, "type", "天数应为整数"),
        ("area", 0, "exclusiveMinimum", "面积（平方米）应大于 0"),
        ("area", "大", "type", "面积（平方米）应为数字"),
        ("area", float("nan"), "type", "面积（平方米）应为数字"),
        ("area", float("inf"), "type", "面积（平方米）应为数字"),
        ("area", 10**400, "type", "面积（平方米）应为数字"),
        ("tags", [], "minItems", "用途至少选择 1 项"),
        ("tags", ["a", "a"], "uniqueItems", "用途有重复的选项"),
        ("tags", ["z"], "choice", "请从给出的选项中选择用途"),
        ("tags", "a", "type", "请从给出的选项中选择用途"),
        ("tags", [["a"]], "type", "请从给出的选项中选择用途"),
        ("card", "6222", "pattern", "银行卡号的格式不正确"),
        ("note", "备" * 201, "maxLength", "备注不能超过 200 个字"),
        ("declare", False, "required", "请先阅读，再勾选“我保证内容真实”"),
        ("declare", 1, "required", "请先阅读，再勾选“我保证内容真实”"),
    ],
)
def test_one_wrong_answer_gets_one_sentence(
    small: Schema, answers: Schema, name: str, value: object, code: str, message: str
) -> None:
    assert said(small, {**answers, name: value}) == {name: (code, message)}


def test_a_birthday_to_come_makes_a_resident_id_wrong(small: Schema, answers: Schema) -> None:
    unborn = {**answers, "idno": "990101203003070014"}
    assert said(small, unborn)["idno"][0] == "cn-resident-id"


def test_a_text_without_a_limit_of_its_own_has_the_common_one(small: Schema, answers: Schema) -> None:
    long = {**answers, "kind": "post", "to": "林禾", "address": "路" * 2001}
    assert said(small, long) == {"address": ("maxLength", "收件地址不能超过 2000 个字")}


def test_a_branch_is_asked_only_when_chosen(small: Schema, answers: Schema) -> None:
    assert set(said(small, {**answers, "kind": "post"})) == {"to", "address"}
    assert set(said(small, {**answers, "kind": "agent"})) == {"to"}


def test_answers_of_a_branch_not_chosen_are_not_judged(small: Schema, answers: Schema) -> None:
    assert said(small, {**answers, "address": 5, "to": "", "hat": "x"}) == {}


def test_names_limit_the_faults_to_those_fields(small: Schema) -> None:
    form = Form(small)
    faults = form.faults({}, names=form.names(0), today=TODAY)
    assert [fault.field for fault in faults] == ["name", "idno", "phone", "born"]


def test_a_form_may_have_its_own_words(small: Schema, answers: Schema) -> None:
    small["properties"]["days"]["x-messages"] = {"maximum": "超过 30 天的，请到窗口办理 {t}"}
    assert said(small, {**answers, "days": 31})["days"][1] == "超过 30 天的，请到窗口办理 {t}"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("name", "", "Name must have at least 2 characters"),
        ("idno", "9", "ID number is not right: 18 characters, as on the card"),
        ("born", "1990--", "Date of birth must include a month and a day"),
        ("kind", "fly", "Choose one of the answers for “How do you want to collect it”"),
        ("declare", False, "Read and tick “What I entered is true”"),
    ],
)
def test_faults_are_told_in_english_too(
    small: Schema, small_en: dict[str, str], answers: Schema, name: str, value: object, message: str
) -> None:
    wrong = said(small, {**answers, name: value}, lang="en", overlay=small_en)
    assert wrong[name][1] == message


def test_english_labels_lose_their_capital_inside_a_sentence(small: Schema, small_en: dict[str, str]) -> None:
    wrong = said(small, {}, lang="en", overlay=small_en)
    assert wrong["phone"][1] == "Enter mobile number"
    assert wrong["idno"][1] == "Enter ID number"


def test_both_languages_have_the_same_messages() -> None:
    assert MESSAGES["zh"].keys() == MESSAGES["en"].keys()
    assert WORDS["zh"].keys() == WORDS["en"].keys()


@pytest.mark.parametrize("text", MESSAGES["zh"].values())
def test_chinese_messages_use_full_width_punctuation(text: str) -> None:
    assert not re.search(r"[\u4e00-\u9fff][,.:;?!]|[,.:;?!][\u4e00-\u9fff]", text)


def test_every_code_has_a_message() -> None:
    assert {key.partition(":")[0] for key in MESSAGES["en"]} == CODES | {"other"}
