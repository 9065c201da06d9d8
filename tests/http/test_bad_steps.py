"""Steps that are late, forbidden or half done: explained, and the case stays as it was."""

from __future__ import annotations

import re

import pytest
from chalicelib.domain.numbers import check_sign

from tests.http.deeds import PAGES, Deeds, png
from tests.http.sayings import LANGUAGES, says
from tests.http.stand_in import MONDAY, Town


@pytest.mark.parametrize("version", ["", "0", "-1", "99", "9" * 40, "1.0", "one", "１"])
def test_a_decision_on_another_version_than_shown_changes_nothing(
    here: Town, deeds: Deeds, version: str
) -> None:
    number = deeds.handed_in()["number"]
    window = here.browser("shen-lan")
    answer = window.post(
        f"/review/{number}/", {"_csrf": window.token, "action": "accept", "_version": version}
    )
    assert answer.status == 409 and says(answer, "changed_meanwhile", "")
    assert here.house.desk.find(number, now=MONDAY).state == "submitted"  # type: ignore[union-attr]


@LANGUAGES
def test_a_withdrawal_from_an_old_page_changes_nothing(here: Town, deeds: Deeds, prefix: str) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    page = citizen.open(f"{prefix}/me/{number}/withdraw/")
    deeds.act("shen-lan", number, "accept", version=1)
    answer = citizen.fill(page, {}, has="_version")
    assert answer.status == 409 and says(answer, "changed_meanwhile", prefix)
    assert f'href="{prefix}/me/{number}' in answer.text


DESK: dict[str, tuple[str, dict[str, str], int, str]] = {
    "another department": ("lu-zhiyuan", {"action": "accept"}, 403, "not_yours"),
    "a role that may not": ("jiang-ying", {"action": "accept"}, 403, "not_allowed"),
    "a step that does not fit": (
        "shen-lan",
        {"action": "deliver", "deliver-method": "post", "deliver-proof": "单号 1"},
        409,
        "not_in_state",
    ),
    "an action there is not": ("shen-lan", {"action": "explode"}, 422, "unknown_action"),
    "an action of the law": ("shen-lan", {"action": "deem_accepted"}, 422, "unknown_action"),
}


@pytest.mark.parametrize("name", DESK)
def test_a_step_that_may_not_be_done_is_refused_with_its_reason(here: Town, deeds: Deeds, name: str) -> None:
    who, fields, status, code = DESK[name]
    number = deeds.handed_in()["number"]
    browser = here.browser(who)
    answer = browser.post(f"/review/{number}/", {"_csrf": browser.token, "_version": "1", **fields})
    assert answer.status == status and says(answer, code, ""), answer.text
    assert here.house.desk.find(number, now=MONDAY).version == 1  # type: ignore[union-attr]


def test_a_correction_without_points_or_reason_comes_back_with_the_form(here: Town, deeds: Deeds) -> None:
    number, window = deeds.handed_in()["number"], here.browser("shen-lan")
    assert deeds.decide(window, number, "correct", fields=[], reason="请补正").errors == [
        "请至少勾选一项需要补正的内容。"
    ]
    assert deeds.decide(window, number, "correct", fields=["address"], reason="").status == 422
    page = window.open(f"/review/{number}/")
    assert window.fill(page, {}, has="_version").errors == ["请选择一个审查结论"]


@LANGUAGES
def test_a_strangers_case_is_nobody_elses(here: Town, deeds: Deeds, prefix: str) -> None:
    number = deeds.handed_in()["number"]
    stranger = here.browser("zhou-man")
    for page in ("", "receipt/", "withdraw/", "supplement/", "papers/1/", f"files/{'0' * 64}"):
        answer = stranger.get(f"{prefix}/me/{number}/{page}")
        assert answer.status == 403 and says(answer, "not_yours", prefix)
    for page in ("withdraw/", "supplement/"):
        answer = stranger.post(f"{prefix}/me/{number}/{page}", {"_csrf": stranger.token, "_version": "1"})
        assert answer.status == 403 and says(answer, "not_yours", prefix)


@pytest.mark.parametrize("number", ["x", "AAAA-AAAA-AAAA", "%00", "../review", "ａ" * 12, "2" * 500])
def test_a_number_that_is_none_is_not_found(here: Town, number: str) -> None:
    assert here.browser("lin-he").get(f"/me/{number}/").status == 404
    assert here.browser("shen-lan").get(f"/review/{number}/").status == 404


@LANGUAGES
@pytest.mark.parametrize(
    "fields", [{}, {"number": "x", "code": "y"}, {"number": "2" * 4000, "code": "\u202e"}]
)
def test_a_status_query_that_fits_nothing_says_both_may_be_wrong(
    here: Town, fields: dict[str, str], prefix: str
) -> None:
    answer = here.browser().post(f"{prefix}/status/", fields)
    assert answer.status == 404 and says(answer, "wrong_code", prefix)


@LANGUAGES
def test_a_wrong_code_sounds_exactly_like_an_unknown_number(here: Town, deeds: Deeds, prefix: str) -> None:
    receipt = deeds.handed_in()
    unknown = "22222222222" + check_sign("22222222222")
    right = {"number": receipt["number"], "code": "WRONGCDE"}
    wrong = {"number": unknown, "code": "WRONGCDE"}
    one, two = (here.browser().post(f"{prefix}/status/", typed) for typed in (right, wrong))
    same = [re.sub(r'name="_csrf" value="[^"]*"', "", answer.text) for answer in (one, two)]
    assert same[0].replace(receipt["number"], unknown) == same[1]
    assert (one.status, one.fields[:-1]) == (two.status, two.fields[:-1])
    api = [
        here.program.read(f"/api/v1/applications/{number}?code=WRONGCDE")
        for number in (receipt["number"], unknown, "x")
    ]
    assert len({(answer.status, answer.fields, answer.body) for answer in api}) == 1


def test_a_supplement_sent_twice_arrives_once(here: Town, deeds: Deeds) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    deeds.corrected(number)
    page = citizen.choose_file(citizen.open(f"/me/{number}/supplement/"), "picture", "b.png", png(1))
    form = next(form for form in page.forms if "address" in form.offered)
    fields = {**form.values, "address": "听潮路 12 号一层", "_go": "submit"}
    assert [citizen.post(form.action, fields).status for _ in range(2)] == [303, 303]
    assert here.house.desk.find(number, now=MONDAY).version == 3  # type: ignore[union-attr]


@LANGUAGES
def test_a_supplement_without_the_listed_picture_keeps_what_was_typed(
    here: Town, deeds: Deeds, prefix: str
) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    deeds.corrected(number)
    page = citizen.open(f"{prefix}/me/{number}/supplement/")
    answer = citizen.fill(page, {"address": "听潮路 12 号一层"}, has="address", go="submit")
    assert answer.status == 422 and len(answer.errors) == 1
    assert "听潮路 12 号一层" in citizen.open(f"{prefix}/me/{number}/supplement/").text
    assert here.house.desk.find(number, now=MONDAY).version == 2  # type: ignore[union-attr]


def test_a_supplement_may_not_touch_what_was_not_listed(here: Town, deeds: Deeds) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    deeds.corrected(number)
    page = citizen.choose_file(citizen.open(f"/me/{number}/supplement/"), "picture", "b.png", png(1))
    form = next(form for form in page.forms if "address" in form.offered)
    citizen.post(
        form.action, {**form.values, "firm": "别家店", "address": "听潮路 12 号一层", "_go": "submit"}
    )
    assert here.house.desk.find(number, now=MONDAY).form["firm"] == PAGES[0]["firm"]  # type: ignore[union-attr]


def test_a_sixth_file_is_refused_in_a_supplement_too(here: Town, deeds: Deeds) -> None:
    citizen, number = here.browser("lin-he"), deeds.handed_in()["number"]
    deeds.corrected(number)
    page = citizen.open(f"/me/{number}/supplement/")
    for shade in range(1, 6):
        page = citizen.choose_file(page, "picture", f"{shade}.png", png(shade))
    assert citizen.choose_file(page, "picture", "6.png", png(6)).status == 422
