"""A reviewer at work: few presses a case, by keyboard alone, with scripts and without; every state of the desk sound."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_inspector import Inspector
from tests.browser.visitor_steps import Visit, apply, at_desk, choose, example, hand_in, pdf, png, sign_in

SIGN = "huwai-zhaopai"
FILES = {"picture": png("效果图.png"), "consent": pdf("同意书.pdf")}
LIST = "/review/?state=submitted&item=huwai-zhaopai"
MOST_PRESSES = 5


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    made = Inspector()
    yield made
    assert not made.faults, "\n".join(made.faults)


def cases(page: Page, count: int) -> list[str]:
    """So many new cases of one applicant."""
    page.goto("/signin?next=/me/")
    sign_in(page, "周满")
    made = []
    for grey in range(count):
        apply(page, SIGN, example(SIGN), FILES | {"picture": png("效果图.png", grey=grey)})
        made.append(hand_in(page)[0])
    return made


def number_of(page: Page) -> str:
    return page.url.split("/review/")[1].split("/")[0]


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until that control has the focus."""
    for _ in range(120):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {selector}")


def test_a_case_takes_five_presses_at_most_and_no_page_is_loaded_again(visit: Visit) -> None:
    cases(visit(js=False), 3)
    page = at_desk(visit, "沈岚")
    page.goto(LIST)
    page.evaluate("window.here = true")
    presses = 0
    page.get_by_role("button", name="办理下一件").click()
    expect(page.get_by_text("由您办理")).to_be_visible()
    for _ in range(2):
        before, presses = number_of(page), presses + 1
        choose(page, "accept")
        presses += 1
        page.get_by_role("button", name="提交并看下一件").click()
        page.wait_for_function("number => !location.pathname.includes(number)", arg=before)
        expect(page.locator("main [role=status]").first).to_contain_text("已完成：受理")
        expect(page.get_by_text("由您办理")).to_be_visible()
        expect(page.locator("main h1")).to_be_focused()
    assert presses + 1 <= MOST_PRESSES
    assert page.evaluate("window.here"), "the page was never left"
    page.go_back()
    page.wait_for_function("number => location.pathname.includes(number)", arg=before)
    assert page.evaluate("window.here")


def test_claim_decide_and_next_by_keys_alone(visit: Visit) -> None:
    cases(visit(js=False), 2)
    page = at_desk(visit, "沈岚")
    page.goto(LIST)
    page.keyboard.press("Alt+c")
    expect(page.get_by_text("由您办理")).to_be_visible()
    first = number_of(page)
    page.keyboard.press("Alt+k")
    expect(page.locator(".keys")).to_have_attribute("open", "")
    page.keyboard.press("Alt+1")
    expect(page.locator("[name=action][value=accept]")).to_be_focused()
    page.keyboard.press("Alt+s")
    expect(page.locator("main [role=status]").first).to_contain_text("已完成：受理")
    assert number_of(page) != first
    page.keyboard.press("Alt+m")
    page.keyboard.type("已电话核对")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".notes")).to_contain_text("已电话核对")
    page.keyboard.press("Alt+q")
    page.wait_for_url("**/review/?*")


def test_claim_decide_and_next_by_tab_and_enter_without_scripts(visit: Visit) -> None:
    cases(visit(js=False), 2)
    page = visit(js=False, cookies=at_desk(visit, "沈岚").context.storage_state())
    page.goto(LIST)
    tab_to(page, ".head form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/*/?*")
    first = number_of(page)
    tab_to(page, "[name=action]")
    page.keyboard.press("Space")
    tab_to(page, "#decide-form [value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=accept**")
    assert number_of(page) != first
    expect(page.get_by_text("由您办理")).to_be_visible()


def test_what_was_typed_stays_when_the_server_cannot_be_reached(visit: Visit) -> None:
    cases(visit(js=False), 1)
    page = at_desk(visit, "沈岚")
    page.goto(LIST)
    page.get_by_role("button", name="办理下一件").click()
    choose(page, "correct")
    page.fill("[name=correct-reason]", "请写到门牌号")
    page.get_by_role("link", name="去勾选").click()
    page.wait_for_timeout(300)
    expect(page.locator("[name=correct-reason]")).to_have_value("请写到门牌号")
    page.context.set_offline(True)
    page.click("#decide-form [value=stay]")
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("[name=correct-reason]")).to_have_value("请写到门牌号")
    page.context.set_offline(False)
    page.check("[name=correct-fields][value=address]")
    page.click("#decide-form [value=stay]")
    expect(page.locator("main [role=status]").first).to_contain_text("一次性告知补正")


def test_the_correction_panel_is_whole_on_a_small_screen_and_scrolls_with_the_page(visit: Visit) -> None:
    (number,) = cases(visit(js=False), 1)
    page = at_desk(visit, "沈岚")
    page.goto(f"/review/{number}/")
    choose(page, "correct")
    inside = page.evaluate("""[...document.querySelectorAll('.sticky, .sticky *')].filter(
        e => e.tagName !== 'TEXTAREA' && e.scrollHeight > e.clientHeight + 2 &&
        ['auto', 'scroll'].includes(getComputedStyle(e).overflowY)).length""")
    assert inside == 0
    page.locator("#decide-form [value=stay]").scroll_into_view_if_needed()
    expect(page.locator("#decide-form [value=stay]")).to_be_in_viewport()
    expect(page.locator(".tick").first).to_be_visible()
    choose(page, "accept")
    expect(page.locator(".tick").first).to_be_hidden()


def test_every_state_of_the_desk_is_sound(visit: Visit, inspector: Inspector) -> None:
    (number,) = cases(visit(js=False), 1)
    page, chief = inspector.watch(at_desk(visit, "沈岚")), inspector.watch(at_desk(visit, "江映"))
    for path in (
        "/review/",
        LIST,
        "/review/?view=mine",
        "/review/?view=asked",
        "/review/phrases/",
        "/review/?search=无人",
    ):
        inspector.open(page, path)
    inspector.open(page, "/review/points/huwai-zhaopai/picture/")
    page.get_by_role("button", name="提交反馈").click()
    inspector.look(page, "feedback with errors")
    page.goto(f"/review/{number}/")
    page.get_by_role("button", name="由我办理").click()
    expect(page.get_by_text("由您办理")).to_be_visible()
    for summary in page.locator(".points summary").all():
        summary.click()
    inspector.look(page, "case, claimed, everything unfolded")
    page.get_by_role("link", name="请同事复核、移交、申请回避").click()
    page.wait_for_url("**/sheet/")
    inspector.look(page, "asking, handing over, stepping back")
    page.get_by_role("link", name="返回办件").click()
    page.wait_for_url(f"**/review/{number}/")
    chief.goto(f"/review/{number}/")
    inspector.look(chief, "case, held by a colleague")
    choose(chief, "decide_now")
    chief.click("#decide-form [value=stay]")
    expect(chief.locator(".errs")).to_contain_text("沈岚")
    inspector.look(chief, "case, conflict")
    page.locator(".docs a").first.click()
    page.wait_for_url("**/look")
    inspector.look(page, "a picture")
    chief.goto("/review/?state=submitted")
    boxes = chief.locator("[name=case]")
    assert boxes.count()
    boxes.last.check()
    chief.get_by_role("button", name="批量当场办理").click()
    expect(chief.locator("h1")).to_have_text("批量办理结果")
    inspector.look(chief, "several cases at once")


def test_supervision_points_and_authorities_are_sound_empty_wrong_and_done(
    visit: Visit, inspector: Inspector
) -> None:
    judged = "/review/board/scores/csgl/judged/"
    supervisor = inspector.watch(at_desk(visit, "顾明烛"))
    for path in ("/review/board/", "/review/board/scores/", "/review/cards/new/", judged):
        inspector.open(supervisor, path)
    supervisor.get_by_role("button", name="记录", exact=True).click()
    expect(supervisor.locator(".errs")).to_be_visible()
    inspector.look(supervisor, "points, nothing filled in")
    supervisor.get_by_role("radio", name="服务态度").check()
    supervisor.fill("#f-points", "9.5")
    supervisor.fill("#f-why", "第三季度作风检查通报")
    supervisor.get_by_role("button", name="记录", exact=True).click()
    expect(supervisor.get_by_text("已经记录。")).to_be_visible()
    inspector.look(supervisor, "points, entered")
    inspector.open(inspector.watch(at_desk(visit, "温清禾")), "/review/points/")
    principal = inspector.watch(visit())
    principal.goto("/signin?next=/me/agents/")
    sign_in(principal, "林禾")
    principal.wait_for_url("**/me/agents/")
    for path in ("/me/agents/", "/me/agents/new/", "/en/me/agents/new/"):
        inspector.open(principal, path)
    principal.locator("main form button.btn").first.click()
    expect(principal.locator(".errs")).to_be_visible()
    inspector.look(principal, "an authority, nothing filled in")
