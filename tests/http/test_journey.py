"""One application from the first page to the closed case, by HTML forms alone."""

from __future__ import annotations

import re

import pytest
from chalicelib.jobs.deliver import deliver

from tests.http.deeds import ITEM, PAGES, Deeds, png
from tests.http.front_door import Answer, Browser
from tests.http.stand_in import Town

SECRETS = (
    "13800001234",
    "91990101MA0000001Y",
    "听潮路 12 号",
    "门头 效果图",
    "请写到门牌号",
    "lin-he",
    "林禾",
)


def hand_in(here: Town, deeds: Deeds, *, en: bool = False) -> tuple[Browser, str, str]:
    """A citizen with a case: the browser, the number, the code."""
    citizen = here.browser()
    check = deeds.to_check(citizen, en=en)
    prefix = "/en" if en else ""
    away = citizen.post(check.forms[-1].action, {**check.forms[-1].values, "_go": "submit"})
    assert away.header("Location").startswith(f"/signin?next={prefix}/apply/{ITEM}/")
    check = citizen.back_from_provider(citizen.get(away.header("Location")), "lin-he")
    receipt = citizen.follow(
        citizen.post(check.forms[-1].action, {**check.forms[-1].values, "_go": "submit"})
    )
    return citizen, *read_receipt(receipt)


def read_receipt(page: Answer) -> tuple[str, str]:
    assert page.status == 200
    number = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page.text)
    code = re.search(r">([2-9A-HJKMNP-Z]{8})<", page.text)
    assert number and code, page.text
    return number[0].replace("-", ""), code[1]


def as_guest(here: Town, number: str, code: str, prefix: str = "") -> Answer:
    guest = here.browser()
    return guest.follow(guest.post(f"{prefix}/status/", {"number": number.lower(), "code": code.lower()}))


@pytest.mark.parametrize("en", [False, True], ids=["zh", "en"])
def test_a_case_goes_from_the_first_page_to_closed_without_a_script(
    here: Town, deeds: Deeds, en: bool
) -> None:
    citizen, number, _ = hand_in(here, deeds, en=en)
    window, chief = here.browser("shen-lan"), here.browser("jiang-ying")
    listed = {"fields": ["address"], "materials": ["picture"], "reason": "请写到门牌号"}
    assert "已完成" in deeds.decide(window, number, "correct", **listed).text

    page = citizen.open(f"{'/en' if en else ''}/me/{number}/supplement/")
    page = citizen.choose_file(page, "picture", "旧图.png", png())
    again = citizen.fill(page, {"address": "望澜区澜湾街道听潮路 12 号一层"}, has="address", go="submit")
    assert (
        again.status == 422
        and ("is the file you handed in before" if en else "和上次提交的文件一样") in again.text
    )
    page = citizen.choose_file(again, "picture", "新图.png", png(1))
    page = citizen.fill(page, {"address": "望澜区澜湾街道听潮路 12 号一层"}, has="address", go="submit")
    assert page.status == 200, page.errors

    assert "一层" in window.open(f"/review/{number}/").text
    for browser, action, fields in (
        (window, "accept", {}),
        (chief, "grant", {}),
        (window, "prepare", {}),
        (window, "deliver", {"method": "electronic", "proof": "电子回执已发送"}),
    ):
        assert deeds.decide(browser, number, action, **fields).status == 200
    closed = citizen.open(f"{'/en' if en else ''}/me/{number}/")
    assert ("This case is closed" if en else "这件事已经办结") in closed.text


def test_the_case_page_of_its_applicant_leads_to_every_paper(here: Town, deeds: Deeds) -> None:
    citizen, number, _ = hand_in(here, deeds)
    deeds.decide(here.browser("shen-lan"), number, "accept")
    deeds.decide(here.browser("jiang-ying"), number, "grant")
    page = citizen.open(f"/me/{number}/")
    papers = sorted(set(re.findall(rf"/me/{number}/papers/\d+/", page.text)))
    titles = [re.search(r"<h1[^>]*>(.*?)</h1>", citizen.open(paper).text) for paper in papers]
    assert len(papers) == 3 and all(titles)


def test_a_guest_with_the_code_sees_the_state_and_nothing_that_was_written(here: Town, deeds: Deeds) -> None:
    _, number, code = hand_in(here, deeds)
    deeds.corrected(number)
    page = as_guest(here, number, code)
    assert page.status == 200 and "请补正后重新提交" in page.text
    assert [secret for secret in SECRETS if secret in page.text] == []
    assert not re.search(r"/papers/|/files/|/supplement|/withdraw", page.text)


def test_a_guest_reads_english_when_asking_in_english(here: Town, deeds: Deeds) -> None:
    _, number, code = hand_in(here, deeds)
    page = as_guest(here, number, code, "/en")
    assert "The office has your application" in page.text


def test_two_presses_of_the_submit_button_are_one_case(here: Town, deeds: Deeds) -> None:
    citizen = here.browser("lin-he")
    check = deeds.to_check(citizen)
    sent = [
        citizen.post(check.forms[-1].action, {**check.forms[-1].values, "_go": "submit"}) for _ in range(3)
    ]
    assert len({answer.header("Location") for answer in sent}) == 1
    assert len(set(re.findall(r"/me/([2-9A-Z]{12})/", citizen.open("/me/").text))) == 1


def test_signing_in_at_the_end_keeps_the_draft_and_a_stranger_never_sees_it(here: Town, deeds: Deeds) -> None:
    citizen, stranger = here.browser(), here.browser("zhou-man")
    check = deeds.to_check(citizen)
    address = check.forms[-1].action
    assert stranger.get(address).status == 404
    citizen.sign_in("lin-he", to=address)
    assert citizen.get(address).status == 200
    assert stranger.post(address, {"_csrf": stranger.token, "_go": "submit"}).status == 404


def test_a_draft_started_signed_in_is_there_on_another_device(here: Town, deeds: Deeds) -> None:
    phone, desktop = here.browser("lin-he"), here.browser("lin-he")
    page = phone.follow(phone.post(f"/apply/{ITEM}/", PAGES[0]))
    address = page.forms[-1].action
    assert "/2" in address and desktop.get(address).status == 200
    assert address.removesuffix("2") + "1" in desktop.open("/me/").text


def test_a_case_withdrawn_is_withdrawn_for_everybody(here: Town, deeds: Deeds) -> None:
    citizen, number, _ = hand_in(here, deeds)
    page = citizen.open(f"/me/{number}/withdraw/")
    page = citizen.fill(page, {"note": "店不开了"}, has="_version")
    assert "已撤回" in page.text
    assert "店不开了" in here.browser("shen-lan").open(f"/review/{number}/").text


def test_the_applicant_is_told_of_every_step_in_their_own_pages(here: Town, deeds: Deeds) -> None:
    citizen, number, _ = hand_in(here, deeds)
    deeds.decide(here.browser("shen-lan"), number, "accept")
    deliver(here.store, now=here.clock())
    text = citizen.open("/me/").text
    assert "申请已收到" in text and "申请已受理" in text
