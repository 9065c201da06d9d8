"""Who works on a case: claims, lots, hand-over and stepping back, on both engines; and who never hears of it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from chalicelib import sheets
from chalicelib.domain import sheet as rules
from chalicelib.domain.refusal import Refusal
from chalicelib.jobs.loop import once

from tests.http.deeds import ITEM, Deeds, png
from tests.http.front_door import Answer, Browser
from tests.http.stand_in import Town

SECRET = "这家店上次也是这样，先问问城管中队"


def deed(browser: Browser, number: str, name: str, **fields: str) -> Answer:
    """One button of the desk's sheet."""
    sent = {"_csrf": browser.token, "_do": name, **fields}
    return browser.follow(browser.post(f"/review/{number}/sheet/", sent))


def sheet_of(town: Town, number: str) -> rules.Sheet:
    return sheets.find(town.store, number, dept="csgl", now=town.clock())


def accepted(town: Town, deeds: Deeds) -> str:
    """A case that was accepted, and the jobs have run."""
    number: str = deeds.handed_in()["number"]
    assert deeds.act("shen-lan", number, "accept", version=1).status == 200
    once(town.house)
    return number


def test_of_twelve_who_claim_at_once_exactly_one_does(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    window = either.house.staff.find("shen-lan")
    assert window
    crowd = [replace(window, sub=f"window-{n}", name=f"窗口{n}") for n in range(12)]

    def claim(actor: Any) -> object:
        return sheets.change(
            either.store, number, lambda s: rules.claim(s, actor, now=either.clock(), minutes=30),
            dept="csgl", now=either.clock(),
        )  # fmt: skip

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(claim, crowd))
    lost = [one.code for one in outcomes if isinstance(one, Refusal)]
    assert lost == ["held"] * 11
    hold = sheet_of(either, number).hold(either.clock())
    assert hold and hold.actor.startswith("window-")


def test_a_claim_is_seen_by_colleagues_and_stops_them_until_it_runs_out(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    window, chief = either.browser("shen-lan"), either.browser("jiang-ying")
    assert "由您办理，10:30 前有效" in deed(window, number, "claim").text
    assert "沈岚 正在办理，10:30 前有效" in chief.open("/review/?view=all").text
    answer = deeds.decide(chief, number, "fast_track", reason="军属")
    assert answer.status == 409 and "沈岚 正在办理" in answer.text and "军属" in answer.text
    either.clock.move(minutes=31)
    chief = either.browser("jiang-ying")  # the session left alone has ended by then
    assert "目前没有人在办理" in chief.open(f"/review/{number}/").text
    assert deeds.decide(chief, number, "fast_track", reason="军属").status == 200


def test_taking_over_needs_a_reason_and_keeps_it(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    window, chief = either.browser("shen-lan"), either.browser("jiang-ying")
    deed(window, number, "claim")
    assert deed(chief, number, "take_over", text="").status == 422
    page = deed(chief, number, "take_over", text="窗口停电")
    assert "由您办理" in page.text and "窗口停电" in page.text
    assert deeds.act("shen-lan", number, "accept", version=1).json["code"] == "held"


def test_an_accepted_case_is_given_by_lot_and_others_take_it_over_with_a_reason(
    either: Town, deeds: Deeds
) -> None:
    number = accepted(either, deeds)
    assert sheet_of(either, number).assigned == ("no-card", "丁若谷"), (
        "the first of those entitled, as the lot was set"
    )
    wish = {"proposed": "terminate", "reason": "申请人已经注销"}
    denied = deeds.act("shen-lan", number, "propose", version=2, **wish)
    assert (denied.status, denied.json["code"]) == (409, "assigned_other")
    assert "已分派给 丁若谷 审查" in either.browser("shen-lan").open(f"/review/{number}/").text
    assert deed(either.browser("shen-lan"), number, "take_over", text="丁若谷请假").status == 200
    assert deeds.act("shen-lan", number, "propose", version=2, **wish).status == 200


def test_who_steps_back_is_replaced_by_lot_and_never_comes_again(either: Town, deeds: Deeds) -> None:
    number = accepted(either, deeds)
    first = either.browser("no-card")
    page = deed(first, number, "recuse", text="申请人是我的表弟")
    assert "您已经申请回避" in page.text
    assert sheet_of(either, number).assigned != ("no-card", "丁若谷")
    assert sheet_of(either, number).assigned is not None
    assert deed(first, number, "claim").status == 403
    assert first.post("/review/next/", {"_csrf": first.token}).header("Location") == "/review/?done=none"


def test_a_case_is_handed_to_a_colleague_whose_work_it_could_be(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    window = either.browser("shen-lan")
    deed(window, number, "claim")
    assert deed(window, number, "hand_over", to="lu-zhiyuan", text="不归他管").status == 422
    assert deed(window, number, "hand_over", to="jiang-ying", text="下班").status == 200
    assert sheet_of(either, number).assigned == ("jiang-ying", "江映")
    assert number in either.browser("jiang-ying").open("/review/?view=mine").text


def test_a_second_opinion_is_asked_and_given(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    window, chief = either.browser("shen-lan"), either.browser("jiang-ying")
    deed(window, number, "ask_second", to="jiang-ying", text="尺寸是否超标？")
    assert number in chief.open("/review/?view=mine").text
    assert "尺寸是否超标？" in chief.open(f"/review/{number}/").text
    assert "没有超标" in deed(chief, number, "second", text="没有超标").text
    assert deed(window, number, "second", text="我也看看").status == 403
    assert "没有超标" in window.open(f"/review/{number}/").text


def test_the_applicant_never_sees_the_sheet(either: Town, deeds: Deeds) -> None:
    receipt = deeds.handed_in()
    number, window, citizen = receipt["number"], either.browser("shen-lan"), either.browser("lin-he")
    deed(window, number, "note", text=SECRET)
    deed(window, number, "ask_second", to="jiang-ying", text=SECRET)
    deed(window, number, "claim")
    deeds.act(
        "shen-lan", number, "correct", version=1, fields=["address"], materials=[], reason="请写到门牌号"
    )
    once(either.house)
    assert SECRET in window.open(f"/review/{number}/").text
    case = either.house.desk.find(number, now=either.clock())
    pages = [f"/me/{number}/", "/me/", f"/me/{number}/supplement/", f"/me/{number}/receipt/"]
    pages += [f"/me/{number}/papers/{event.seq}/" for event in case.events]  # type: ignore[union-attr]
    seen = [citizen.open(path) for path in [*pages, *(f"/en{path}" for path in pages)]]
    seen.append(citizen.get(f"/api/v1/applications/{number}?code={receipt['query_code']}"))
    assert all(SECRET not in page.text and "内部" not in page.text for page in seen)
    assert {page.status for page in seen} == {200}
    assert citizen.get(f"/review/{number}/").status == 403
    assert deed(citizen, number, "note", text="x").status == 403


def test_deciding_and_going_on_claims_the_next_free_case(either: Town, deeds: Deeds) -> None:
    numbers = [deeds.handed_in()["number"] for _ in range(3)]
    window, chief = either.browser("shen-lan"), either.browser("jiang-ying")
    page = window.follow(window.post("/review/next/?state=submitted", {"_csrf": window.token}))
    order = sorted(numbers)
    assert f"/review/{order[0]}/" in page.text and "由您办理" in page.text
    deed(chief, order[1], "claim")
    page = window.fill(page, {"action": "accept"}, has="_version", go="next")
    assert "已完成：受理" in page.text and "由您办理" in page.text
    assert re.search(rf'action="/review/{order[2]}/', page.text), "the one a colleague holds is passed over"
    page = window.fill(page, {"action": "accept"}, has="_version", go="next")
    assert page.text.count("已完成：受理") == 1 and "<h1>待审队列</h1>" in page.text


def test_a_decision_on_a_case_that_changed_comes_back_with_what_was_typed(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    window = either.browser("shen-lan")
    page = window.open(f"/review/{number}/")
    deeds.act("jiang-ying", number, "fast_track", version=1, reason="军属")
    answer = window.fill(page, {"action": "accept", "accept-note": "请带身份证"}, has="_version")
    assert answer.status == 409 and "请带身份证" in answer.text and "办件刚刚有了变化" in answer.text
    assert window.fill(answer, {"action": "accept"}, has="_version").status == 200


def test_what_a_supplement_changed_stands_beside_what_was_there(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    deeds.corrected(number)
    citizen = either.browser("lin-he")
    page = citizen.open(f"/me/{number}/supplement/")
    page = citizen.choose_file(page, "picture", "新图.png", png(1))
    citizen.fill(page, {"address": "望澜区澜湾街道听潮路 12 号一层"}, has="address", go="submit")
    window = either.browser("shen-lan")
    shown = window.open(f"/review/{number}/").text
    assert shown.count('class="was"') == 2 and "a.png" in shown and "新图.png" in shown
    old, new = re.findall(rf"/review/{number}/files/([0-9a-f]{{64}})/look", shown)[:2]
    assert old != new
    for sha256 in (old, new):
        assert window.open(f"/review/{number}/files/{sha256}/look/").status == 200
        assert window.get(f"/review/{number}/files/{sha256}").body[:4] == b"\x89PNG"
    assert ITEM


def test_a_picture_is_shown_inside_our_page_and_is_never_a_document(either: Town, deeds: Deeds) -> None:
    number = deeds.handed_in()["number"]
    window = either.browser("shen-lan")
    sha256 = re.findall(r"/files/([0-9a-f]{64})", window.open(f"/review/{number}/").text)[0]
    page = window.open(f"/review/{number}/files/{sha256}/look/")
    assert f'<img src="/review/{number}/files/{sha256}?show"' in page.text
    for query, way in (("", "attachment"), ("?show", "inline")):
        file = window.get(f"/review/{number}/files/{sha256}{query}")
        assert file.header("Content-Disposition").startswith(way)
        assert file.header("Content-Security-Policy") == "default-src 'none'; sandbox"
        assert file.header("X-Content-Type-Options") == "nosniff"
    assert either.browser("lin-he").get(f"/review/{number}/files/{sha256}/look/").status == 403
