"""Whole cases from the first page to the last paper, by the people who take part in them."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.visitor_steps import (
    PHONE,
    Visit,
    apply,
    at_desk,
    decide,
    example,
    fields_of,
    fill,
    go_on,
    hand_in,
    pdf,
    png,
    sign_in,
    upload,
)

FOOD, SIGN = "shipin-jingying", "huwai-zhaopai"
FOOD_FILES = {"layout": png("布局图.png"), "rules": pdf("规章制度.pdf")}
SIGN_FILES = {"picture": png("效果图.png"), "consent": pdf("同意书.pdf")}
MEND: dict[str, Any] = {
    "fields": ["address"],
    "materials": ["layout"],
    "reason": "地址请写到门牌号；布局图请标出洗消区。",
}
DAYS = re.compile(r"部门用时 \d+ 个工作日")


def shows(page: Page, *texts: str) -> None:
    for text in texts:
        expect(page.locator("main")).to_contain_text(text)


def open_paper(page: Page, name: str) -> None:
    page.locator("aside").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def open_sign_case(page: Page, person: str) -> str:
    """An outdoor sign, applied for in Chinese."""
    apply(page, SIGN, example(SIGN), SIGN_FILES)
    return hand_in(page, person)[0]


def test_a_food_licence_is_applied_for_mended_granted_and_delivered_without_scripts(visit: Visit) -> None:
    citizen, window, chief = visit(js=False, width=PHONE), at_desk(visit, "沈岚"), at_desk(visit, "江映")
    apply(citizen, FOOD, example(FOOD), FOOD_FILES)
    shows(citizen, "望澜区听潮小面馆", "热食类食品制售、冷食类食品制售", "布局图.png", "规章制度.pdf")
    number, code = hand_in(citizen, "林禾")
    shows(citizen, "申请已提交", "食品经营许可（新办）", "林禾", "规章制度.pdf")

    window.get_by_role("link", name="待审队列").first.click()
    expect(
        window.get_by_role("row").filter(has=window.locator(f"[href='/review/{number}/']"))
    ).to_contain_text("待受理")
    decide(window, number, "correct", MEND)

    citizen.goto(f"/me/{number}/")
    shows(citizen, "请补正后重新提交", MEND["reason"], "补正期限")
    open_paper(citizen, "补正告知书")
    shows(
        citizen,
        "重新填写：经营场所地址",
        "重新提交：经营场所布局和操作流程图",
        MEND["reason"],
        "望澜区市场监督管理局",
    )
    citizen.get_by_role("link", name="返回").click()
    citizen.get_by_role("link", name="补正", exact=True).click()
    assert fields_of(citizen, "main") == ["file", "address"]
    upload(citizen, "layout", png("布局图第二版.png", grey=90))
    fill(citizen, {"address": "望澜区澜湾街道听潮路 12 号一层 3 室"})
    go_on(citizen)
    shows(citizen, "部门已收到您的申请")

    window.goto(f"/review/{number}/")
    expect(window.locator(".changed").first).to_contain_text("听潮路 12 号一层 3 室")
    shows(window, "布局图第二版.png")
    decide(window, number, "accept")
    citizen.goto(f"/me/{number}/")
    shows(citizen, "部门正在审查", "承诺时限", "法定时限", "8 个工作日", "20 个工作日")
    decide(chief, number, "grant", {"note": "请按时自查。"})
    decide(window, number, "prepare")
    decide(window, number, "deliver", {"method": "electronic", "proof": "电子证照系统回执"})

    citizen.goto(f"/me/{number}/")
    shows(citizen, "这件事已经办结", "承诺时限", "法定时限")
    expect(citizen.locator(".counts")).to_have_text(DAYS)
    done = citizen.locator("ol.tl > li.done h3").all_inner_texts()
    assert [name.split()[0] for name in done] == [
        "提交申请", "一次性告知补正", "补正", "受理", "转审查", "准予", "制作结果", "送达·办结",
    ]  # fmt: skip
    assert not citizen.locator("ol.tl > li:not(.done)").count()
    open_paper(citizen, "准予决定书")
    shows(citizen, "决定准予", "请按时自查。")

    guest = visit(js=False, width=PHONE)
    guest.goto("/status/")
    fill(guest, {"number": number.lower(), "code": code.lower()})
    go_on(guest)
    shows(guest, "这件事已经办结", "准予")
    expect(guest.locator("main")).not_to_contain_text(MEND["reason"])
    assert not guest.get_by_role("link", name="准予决定书").count()


def test_a_sign_is_filed_and_followed_in_english(visit: Visit) -> None:
    citizen, window = visit(), at_desk(visit, "沈岚")
    apply(citizen, SIGN, example(SIGN), SIGN_FILES, start="/en/apply")
    shows(citizen, "Check your answers", "Words on the sign", "Shop under a dwelling")
    number, code = hand_in(citizen, "周满")
    shows(citizen, "Application received", "Filing of an outdoor shop sign", "Urban Management Bureau")
    decide(
        window,
        number,
        "correct",
        {"fields": ["text"], "materials": ["picture"], "reason": "文字与登记的字号不一致。"},
    )
    citizen.goto(f"/en/me/{number}/")
    shows(citizen, "Please correct and send again", "Time to correct")
    open_paper(citizen, "Correction notice")
    shows(citizen, "Fill in again: Words on the sign", "Hand in again: Picture of the sign in place")
    citizen.goto(f"/en/me/{number}/supplement/")
    upload(citizen, "picture", png("second.png", grey=60))
    fill(citizen, {"text": "听潮小面"})
    go_on(citizen)
    decide(window, number, "accept")
    chief = at_desk(visit, "江映")
    decide(chief, number, "grant")
    citizen.goto(f"/en/me/{number}/")
    shows(citizen, "Your application was granted", "Promised limit", "Legal limit", "Office time")
    open_paper(citizen, "Decision: granted")
    guest = visit(width=PHONE)
    guest.goto("/en/status/")
    fill(guest, {"number": number, "code": code})
    go_on(guest)
    shows(guest, "Your application was granted")


def test_a_refusal_states_its_reasons_and_the_remedies(visit: Visit) -> None:
    citizen, window, chief = visit(js=False, width=PHONE), at_desk(visit, "沈岚"), at_desk(visit, "江映")
    number = open_sign_case(citizen, "林禾")
    decide(window, number, "accept")
    decide(chief, number, "deny", {"reason": "招牌遮挡了消防救援窗。"})
    citizen.goto(f"/me/{number}/")
    shows(citizen, "您的申请没有获得准予")
    open_paper(citizen, "不予办理决定书")
    shows(citizen, "招牌遮挡了消防救援窗。", "救济途径", "行政复议", "行政诉讼")


def test_a_reason_is_asked_for_before_a_refusal_is_sent(visit: Visit) -> None:
    citizen, window, chief = visit(), at_desk(visit, "沈岚"), at_desk(visit, "江映")
    number = open_sign_case(citizen, "林禾")
    decide(window, number, "accept")
    chief.goto(f"/review/{number}/")
    chief.check("[name=action][value=deny]")
    go_on(chief)
    expect(chief.locator(".errs")).to_be_focused()
    expect(chief.locator("[name=deny-reason]")).to_have_attribute("aria-invalid", "true")
    expect(chief.locator("[value=deny]")).to_be_checked()


def test_a_citizen_takes_an_application_back(visit: Visit) -> None:
    citizen, window = visit(js=False, width=PHONE), at_desk(visit, "沈岚")
    number = open_sign_case(citizen, "林禾")
    citizen.goto(f"/me/{number}/")
    citizen.get_by_role("link", name="撤回申请").click()
    fill(citizen, {"note": "店名要改，改好再申请。"})
    go_on(citizen)
    shows(citizen, "您已撤回申请", "需要时可以重新申请")
    assert not citizen.locator("main a.btn").count()
    open_paper(citizen, "撤回确认书")
    window.goto(f"/review/{number}/")
    shows(window, "这件办件目前没有需要您办理的环节")


def test_somebody_else_cannot_see_a_case(visit: Visit) -> None:
    number = open_sign_case(visit(), "林禾")
    other = visit()
    other.goto("/signin?next=/me/")
    sign_in(other, "周满")
    answer = other.goto(f"/me/{number}/")
    assert answer and answer.status in (403, 404)
    expect(other.locator("main")).not_to_contain_text("听潮")
