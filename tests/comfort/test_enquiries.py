"""Questions, complaints and suggestions: a number, a day, an answer, and what the public may read of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalicelib import enquiries
from chalicelib.domain.refusal import Refusal
from chalicelib.staff import Directory
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.models import Endpoint
from chalicelib.store.port import Store
from moto import mock_aws

from tests.comfort.citizen import MONDAY, ROOT, Citizen, Page, Town, town
from tests.comfort.filling import example, handed_in
from tests.store.cloud import BUCKET, REGION, aws, emptied

SAID = {"kind": "consult", "text": "店招要不要写明尺寸？", "contact": "13800001234"}
ANSWER = {"answer": "要写明宽和高，单位是米。", "publish": "no"}


@pytest.fixture(params=["embedded", "dynamo"])
def either(request: pytest.FixtureRequest, site: Path, tmp_path: Path) -> Iterator[Town]:
    """A house over each engine."""
    if request.param == "embedded":
        yield town(site, tmp_path, store=EmbeddedStore(tmp_path))
        return
    with mock_aws():
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield town(
            site, tmp_path, store=emptied(DynamoStore(Endpoint(REGION, prefix="test-"), bucket=BUCKET))
        )


def asked(who: Citizen, page: str = "/ask/", **changed: str) -> Page:
    form = who.get(page)
    hidden = {name: form.hidden(name) for name in ("_key", "_item")}
    return who.press(form, {**hidden, **SAID, **changed}, path="/ask/")


def answered(desk: Citizen, number: str, **changed: str) -> Page:
    page = desk.get(f"/review/enquiries/{number.replace('-', '')}/")
    return desk.press(page, {"_version": page.hidden("_version"), **ANSWER, **changed})


def test_a_question_gets_a_number_a_code_and_a_day_and_then_an_answer(either: Town) -> None:
    who = either.citizen()
    page = asked(who, "/ask/?kind=consult&item=huwai-zhaopai")
    number, code = page.codes
    assert page.path == f"/ask/{number.replace('-', '')}/"
    assert "我们会在2026年11月30日前答复" in page.text and "户外招牌" in page.text
    desk = either.citizen("shen-lan")
    assert number in desk.get("/review/enquiries/").text
    assert "要写明宽和高" in answered(desk, number).text
    assert "要写明宽和高" in who.get(page.path).text
    guest = either.citizen().post("/status/", {"number": number, "code": code})
    assert guest.status == 200 and "要写明宽和高" in guest.text


def test_only_the_number_with_its_code_opens_it(here: Town) -> None:
    number, _ = asked(here.citizen()).codes
    assert here.citizen().get(f"/ask/{number}/").status == 404
    assert here.citizen("zhou-man").get(f"/ask/{number}/").status == 404
    assert here.citizen().post("/status/", {"number": number, "code": "A" * 8}).status == 404


def test_sent_twice_is_one_and_other_words_are_another(here: Town) -> None:
    who = here.citizen()
    form = who.get("/ask/")
    fields = {"_key": form.hidden("_key"), "_item": "", **SAID}
    one, two = (who.press(form, fields) for _ in range(2))
    assert one.codes == two.codes
    assert who.press(form, {**fields, "text": "还有一个问题要问。"}).codes != one.codes


@pytest.mark.parametrize(
    ("query", "kind", "desk"),
    [
        ("?item=gaoling-jintie", "consult", "lu-zhiyuan"),
        ("?item=gaoling-jintie", "complain", "shen-lan"),  # never to those complained about
        ("?item=nothing", "suggest", "shen-lan"),
        ("", "consult", "shen-lan"),
    ],
)
def test_it_goes_to_the_right_desk(here: Town, query: str, kind: str, desk: str) -> None:
    number, _ = asked(here.citizen(), f"/ask/{query}", kind=kind).codes
    for sub in ("shen-lan", "lu-zhiyuan"):
        assert (number in here.citizen(sub).get("/review/enquiries/").text) == (sub == desk)
        assert here.citizen(sub).get(f"/review/enquiries/{number}/").status == (200 if sub == desk else 403)


def test_about_an_own_case_it_goes_to_the_desk_of_the_case(here: Town) -> None:
    who = here.citizen("lin-he")
    number, _ = handed_in(who, "gaoling-jintie", example("gaoling-jintie")).codes
    page = asked(who, f"/ask/?case={number}", number=number)
    assert "高龄" in page.text and page.codes[0] in here.citizen("lu-zhiyuan").get("/review/enquiries/").text
    other = asked(here.citizen("zhou-man"), number=number)
    assert "高龄" not in other.text  # nobody learns whose case it is


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": ""}, "请选择您要"),
        ({"text": "？"}, "内容至少要有 5 个字"),
        ({"number": "1234"}, "受理编号不正确"),
        ({"contact": ""}, "请输入怎样联系您"),
        ({"text": "长" * 2001}, "内容不能超过 2000 个字"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(here: Town, changed: dict, message: str) -> None:
    page = asked(here.citizen(), **changed)
    assert page.status == 422 and message in page.text
    assert changed.get("text", SAID["text"]) in page.text


def test_the_signed_in_need_no_contact_and_see_theirs_on_their_page(here: Town) -> None:
    who = here.citizen("lin-he")
    page = asked(who, "/ask/?item=huwai-zhaopai", contact="")
    assert page.status == 200
    home = who.get("/me/").text
    assert page.codes[0] in home and "等待答复" in home
    answered(here.citizen("shen-lan"), page.codes[0])
    assert "已答复" in who.get("/me/").text


def test_an_unanswered_one_says_that_it_is_late(here: Town) -> None:
    who = here.citizen()
    page = asked(who)
    here.clock.move(days=8)
    assert "已超过答复期限" in here.citizen("shen-lan").get("/review/enquiries/").text
    guest = here.citizen().post("/status/", {"number": page.codes[0], "code": page.codes[1]})
    assert "已超过答复期限" in guest.text


def test_the_public_reads_what_staff_wrote_and_nothing_else(here: Town) -> None:
    one, two = (asked(here.citizen(), text=f"我叫林禾，电话 13800001234，想问第 {n} 件") for n in range(2))
    desk = here.citizen("shen-lan")
    answered(desk, one.codes[0], publish="yes", summary="店招申请要写哪些尺寸？")
    answered(desk, two.codes[0], answer="这一件不公开。")
    text = here.citizen().get("/ask/answers/").text
    assert "店招申请要写哪些尺寸？" in text and "要写明宽和高" in text
    assert "林禾" not in text and "13800001234" not in text and "不公开" not in text
    assert one.codes[0] not in text


def test_publishing_needs_a_summary(here: Town) -> None:
    number, _ = asked(here.citizen()).codes
    page = answered(here.citizen("shen-lan"), number, publish="yes")
    assert page.status == 422 and "请输入公开的问题概要" in page.text


def test_it_is_answered_once(here: Town) -> None:
    number, _ = asked(here.citizen()).codes
    desk = here.citizen("shen-lan")
    page = desk.get(f"/review/enquiries/{number}/")
    fields = {"_version": page.hidden("_version"), **ANSWER}
    assert desk.press(page, fields).status == 200
    assert desk.press(page, fields).status == 200  # the same answer again
    assert desk.press(page, {**fields, "answer": "换一个说法。"}).status == 409


def test_a_stale_answer_loses(here: Town) -> None:
    number, _ = asked(here.citizen()).codes
    actor = Directory.in_file(ROOT / "infra" / "sample" / "staff.json").find("shen-lan")
    assert actor
    store: Store = here.house.store
    plain = number.replace("-", "")
    said = enquiries.answer(store, plain, actor, version=7, text="好的，可以。", summary="", now=MONDAY)
    assert said == Refusal("changed_meanwhile")


@pytest.mark.parametrize("path", ["/review/enquiries/", "/review/enquiries/222222222222/"])
def test_citizens_do_not_see_the_desk(here: Town, path: str) -> None:
    assert here.citizen("lin-he").get(path).status == 403
    assert here.citizen().get(path, follow=False).to.startswith("/signin")


def test_hostile_words_stay_words(here: Town) -> None:
    evil = '<script>alert("1")</script> {{7*7}}'
    page = asked(here.citizen(), text=evil)
    desk = here.citizen("shen-lan").get(f"/review/enquiries/{page.codes[0]}/")
    for one in (page, desk):
        assert "<script>alert" not in one.body.decode() and "{{7*7}}" in one.text


def test_it_speaks_english(here: Town) -> None:
    who = here.citizen()
    form = who.get("/en/ask/?item=huwai-zhaopai")
    assert "Questions, complaints and suggestions" in form.text and re.search(
        "within 5 working days", form.text
    )
    page = who.press(form, {"_key": form.hidden("_key"), "_item": form.hidden("_item"), **SAID})
    assert page.path.startswith("/en/ask/") and "You will have an answer by 30 Nov 2026" in page.text
