"""Forms as people meet them: going back, coming back later, mistakes, questions that open others."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.visitor_steps import PHONE, Visit, example, fill, go_on, pdf, png, sign_in, upload

SIGN = "huwai-zhaopai"
FIRST = f"/apply/{SIGN}/"


def page_three(page: Page) -> None:
    """The third page of the sign's form, the first two answered."""
    page.goto(FIRST)
    for _ in range(2):
        fill(page, example(SIGN))
        go_on(page)
    page.wait_for_url("**/3")


@pytest.mark.parametrize("js", [False, True])
def test_a_question_that_depends_on_an_answer_appears_with_it(visit: Visit, js: bool) -> None:
    page = visit(js=js, width=PHONE)
    page_three(page)
    household = page.get_by_label("正上方住户门牌号")
    expect(household).to_be_hidden()
    page.get_by_role("radio", name="住宅楼底商").check()
    expect(household).to_be_visible()
    page.get_by_label("我保证").check()
    go_on(page)
    expect(page.get_by_role("link", name="请输入正上方住户门牌号")).to_be_visible()
    expect(household).to_be_visible()
    household.fill("2 栋 201 室")
    go_on(page)
    page.wait_for_url("**/materials")
    expect(page.locator("#s-consent")).to_be_visible()


def test_an_answer_that_is_no_longer_asked_for_is_dropped(visit: Visit) -> None:
    page = visit(js=False)
    page_three(page)
    fill(page, {"building": "house", "household": "2 栋 201 室", "declare": True})
    page.get_by_label("商业楼、独立门面").check()
    go_on(page)
    page.wait_for_url("**/materials")
    assert not page.locator("#s-consent").count()


def test_back_links_keep_what_was_answered(visit: Visit) -> None:
    page = visit(js=False, width=PHONE)
    page_three(page)
    page.get_by_role("link", name="上一步").click()
    expect(page.get_by_label("招牌文字")).to_have_value("听潮小面馆")
    expect(page.get_by_label("常亮")).to_be_checked()
    page.get_by_role("link", name="上一步").click()
    expect(page.get_by_label("商户名称")).to_have_value("望澜区听潮小面馆")


def test_an_application_is_taken_up_again_on_another_device(visit: Visit) -> None:
    first = visit(js=False, width=PHONE)
    first.goto("/signin?next=/me/")
    sign_in(first, "周满")
    page_three(first)
    first.context.close()
    later = visit(js=False)
    later.goto("/signin?next=/me/")
    sign_in(later, "周满")
    later.get_by_role("link", name="接着填 户外招牌设置备案").first.click()
    expect(later.get_by_label("商户名称")).to_have_value("望澜区听潮小面馆")
    go_on(later)
    expect(later.get_by_label("招牌文字")).to_have_value("听潮小面馆")


def test_mistakes_are_listed_and_lead_to_their_fields(visit: Visit) -> None:
    page = visit()
    page.goto(FIRST)
    fill(page, {"firm": "望澜区听潮小面馆", "uscc": "91990101MA0000001X"})
    go_on(page)
    expect(page.locator(".errs")).to_be_focused()
    assert page.title().startswith("错误：")
    expect(page.locator("#f-firm")).to_have_value("望澜区听潮小面馆")
    links = page.locator(".errs a")
    assert links.count() == 3
    for link in links.all():
        link.click()
        target = page.locator(link.get_attribute("href") or "")
        expect(target).to_be_focused()
        expect(target).to_have_attribute("aria-invalid", "true")


def test_mistakes_are_listed_without_scripts_too(visit: Visit) -> None:
    page = visit(js=False)
    page.goto(FIRST)
    go_on(page)
    assert page.title().startswith("错误：")
    assert page.locator(".errs a").count() == page.locator(".f--bad").count() == 4


def test_a_file_that_is_too_big_is_refused_before_it_travels(visit: Visit) -> None:
    page = visit()
    page_three(page)
    fill(page, {"building": "shop", "declare": True})
    go_on(page)
    big: FilePayload = {
        "name": "大图.png",
        "mimeType": "image/png",
        "buffer": b"\x89PNG\r\n\x1a\n" + b"\0" * (4 * 1024 * 1024 + 1),
    }
    page.set_input_files("#s-picture", big)
    expect(page.locator("#s-picture-live")).to_contain_text("文件超过 4 MB")
    expect(page.locator("#s-picture")).to_have_value("")


def test_a_file_of_the_wrong_kind_is_refused_and_another_can_be_removed(visit: Visit) -> None:
    page = visit(js=False)
    page_three(page)
    fill(page, {"building": "shop", "declare": True})
    go_on(page)
    page.set_input_files(
        "#s-picture", {"name": "效果图.png", "mimeType": "image/png", "buffer": b"not a picture"}
    )
    page.locator("button[value=upload]").click()
    expect(page.locator(".errs a")).to_have_count(1)
    upload(page, "picture", png("效果图.png"))
    upload(page, "picture", pdf("说明.pdf"))
    page.get_by_role("button", name="删除 效果图.png").click()
    expect(page.get_by_text("效果图.png", exact=True)).to_have_count(0)
    expect(page.get_by_text("说明.pdf", exact=True).first).to_be_visible()


def test_a_wrong_query_code_tells_nothing_about_the_number(visit: Visit) -> None:
    page = visit(js=False)
    page.goto("/status/")
    fill(page, {"number": "DHNH-DWDH-PPKS", "code": "AAAAAAAA"})
    go_on(page)
    expect(page.locator(".errs a")).to_have_count(1)
    expect(page.locator("#f-number")).to_have_value("DHNH-DWDH-PPKS")


def test_a_double_press_hands_in_once(visit: Visit) -> None:
    page = visit()
    page.goto("/signin?next=/me/")
    sign_in(page, "周满")
    page_three(page)
    fill(page, {"building": "shop", "declare": True})
    go_on(page)
    upload(page, "picture", png("效果图.png"))
    go_on(page)
    page.wait_for_url("**/check")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="提交申请").dblclick()
    page.wait_for_url("**/receipt/")
    assert len(posts) == 1


def test_the_keyboard_leads_from_the_top_straight_to_the_content(visit: Visit) -> None:
    page = visit()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
