"""What we already know is filled in, marked, and never put over what somebody typed."""

from __future__ import annotations

import re

import pytest
from chalicelib.http.visitor import Visitor, facts_of, known, seal
from chalicelib.keys import Keys

from schemas.forms import lint
from tests.comfort.citizen import Town
from tests.comfort.filling import example, handed_in, typed
from tests.schemas.small_form import SMALL

LIN = {"name": "林禾", "id_no": "990101199003070015", "phone": "13800001234"}
ROAD = "zhanyong-daolu"


def test_the_first_page_is_filled_in_for_the_signed_in(here: Town) -> None:
    page = here.citizen("lin-he", **LIN).get("/me/apply/gongzufang-zige/")
    assert [page.value(name) for name in ("applicant", "applicant_id", "phone")] == list(LIN.values())
    assert page.text.count("已按登录信息填好，请核对。") == 3
    assert 'action="/apply/gongzufang-zige/"' in page.text


def test_the_published_first_page_leads_there_and_strangers_sign_in_first(here: Town) -> None:
    who = here.citizen()
    assert 'href="/me/apply/gongzufang-zige/"' in who.get("/apply/gongzufang-zige/").text
    assert who.get("/me/apply/gongzufang-zige/", follow=False).to.startswith(
        "/signin?next=/me/apply/gongzufang-zige/"
    )


def test_fields_under_an_answer_are_filled_in_too(here: Town) -> None:
    page = here.citizen("lin-he", **LIN).get(f"/me/apply/{ROAD}/")
    assert (page.value("name"), page.value("id_no"), page.value("phone")) == tuple(LIN.values())
    assert page.value("firm") == ""


def test_answers_of_the_last_case_come_back_whatever_the_item(here: Town) -> None:
    who = here.citizen("lin-he")
    handed_in(who, ROAD, example(ROAD))  # a firm
    page = who.get("/me/apply/huwai-zhaopai/")
    assert (page.value("firm"), page.value("uscc")) == ("栖宁南埠建筑工程有限公司", "91990101MA00000022")
    assert "已按您 2026年11月23日的申请填好，请核对。" in page.text
    assert "Filled in from your application of 23 Nov 2026" in who.get("/en/me/apply/huwai-zhaopai/").text


def test_the_sign_in_is_believed_before_an_old_case(here: Town) -> None:
    handed_in(here.citizen("lin-he"), ROAD, example(ROAD) | {"phone": "13999999999"})
    assert here.citizen("lin-he", **LIN).get("/me/apply/huwai-zhaopai/").value("phone") == "13800001234"
    assert here.citizen("lin-he").get("/me/apply/huwai-zhaopai/").value("phone") == "13999999999"


def test_nobody_sees_another_persons_answers(here: Town) -> None:
    handed_in(here.citizen("lin-he"), ROAD, example(ROAD))
    assert here.citizen("zhou-man").get("/me/apply/huwai-zhaopai/").value("firm") == ""


def test_what_was_typed_stays(here: Town) -> None:
    who = here.citizen("lin-he", **LIN)
    page = who.post("/apply/huwai-zhaopai/", {"firm": "听潮小面馆", "contact": "周听澜", "_go": "next"})
    assert page.status == 422
    assert (page.value("contact"), page.value("phone")) == ("周听澜", "")
    saved = who.post("/apply/huwai-zhaopai/", {"firm": "听潮小面馆", "_go": "later"})
    url = re.search(r"/apply/huwai-zhaopai/[0-9a-f]{32}/1", saved.text)
    assert url and who.get(url[0]).value("contact") == ""


def test_a_later_page_is_filled_in_once(here: Town) -> None:
    who = here.citizen("lin-he")
    card = "shebaoka-buling"
    handed_in(who, card, example(card))
    answers = {k: v for k, v in example(card).items() if k not in ("delivery", "post_address")}
    page = who.post(f"/apply/{card}/", typed(answers))
    while not page.path.endswith("/3"):
        page = who.press(page, {**typed(answers), "_go": "next"})
    assert "望澜区澜湾街道听潮路 26 号" in page.text
    page = who.press(page, {"receipt": "sms", "_go": "later"})
    assert "听潮路 26 号" not in who.get(page.path).text


@pytest.mark.parametrize(
    ("claims", "facts"),
    [
        ({"name": "林禾", "id_number": "99010119900307001５", "phone_number": "+86 138-0000-1234"}, LIN),
        ({"name": "林禾", "id_number": "990101199003070016", "phone_number": "+1 202"}, {"name": "林禾"}),
        ({"name": "林", "id_number": 5, "phone_number": ["1"]}, {}),
        ({}, {}),
    ],
)
def test_only_sound_claims_are_kept(claims: dict, facts: dict) -> None:
    assert facts_of(claims) == facts


def test_the_cookie_does_not_show_them() -> None:
    keys = Keys("s" * 40)
    visitor = Visitor(sealed=seal(LIN, keys))
    assert "138" not in visitor.sealed and known(visitor, keys) == LIN
    assert known(visitor, Keys("t" * 40)) == {} == known(Visitor(sealed="x.y"), keys)


def test_the_lint_knows_the_keyword() -> None:
    spec = SMALL["properties"]["name"]
    good = {**SMALL, "properties": {**SMALL["properties"], "name": {**spec, "x-prefill": "name"}}}
    assert lint(good) == ()
    assert lint({**SMALL, "properties": {**SMALL["properties"], "name": {**spec, "x-prefill": "salary"}}})
