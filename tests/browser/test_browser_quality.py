"""Every page type in every state: no accessibility fault, no sideways scrolling, no console noise, at most 15 KB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.page_inspector import FIGURES, WIDTHS, Inspector
from tests.browser.visitor_steps import (
    Visit,
    apply,
    at_desk,
    decide,
    example,
    fill,
    go_on,
    hand_in,
    pdf,
    png,
    sign_in,
    upload,
)

SIGN = "huwai-zhaopai"
FILES = {"picture": png("效果图.png"), "consent": pdf("同意书.pdf")}
MEND = {"fields": ["text"], "materials": ["picture"], "reason": "文字与登记的字号不一致。"}
STATIC = (
    "/", "/en/", "/guides/", "/guides/shipin-jingying/", "/guides/huwai-zhaopai/", "/packages/", "/packages/kai-canyindian/",
    "/topics/", "/topics/person/", "/topics/person/shebao/", "/topics/corp/", "/topics/corp/shipin/",
    "/departments/", "/departments/scjg/", "/notices/", "/notices/niandi-dating-shijian/", "/notices/gongzufang-gongshi/",
    "/policies/", "/policies/yicixing-gaozhi/", "/pages/about/", "/pages/privacy/", "/sitemap/", "/404.html",
    "/status/", "/en/status/", "/apply/shipin-jingying/", "/en/apply/huwai-zhaopai/",
)  # fmt: skip


@pytest.fixture(scope="module")
def inspector(pytestconfig: pytest.Config) -> Iterator[Inspector]:
    """One inspector for the whole tour; its figures are printed at the end."""
    one = Inspector()
    yield one
    lines = [f"axe: {one.looks} page states x {len(WIDTHS)} widths", "KB packed, KB of the document as sent:"]
    heaviest = sorted(one.pages.items(), key=lambda entry: -entry[1][0])
    lines += [f"  {packed / 1024:5.1f} {sent / 1024:6.1f}  {name}" for name, (packed, sent) in heaviest]
    pytestconfig.stash.setdefault(FIGURES, []).extend(lines)


@pytest.fixture(autouse=True)
def no_faults(inspector: Inspector) -> Iterator[None]:
    """What this test's pages did wrong fails this test."""
    inspector.faults.clear()
    yield
    assert not inspector.faults, "\n".join(inspector.faults)


@pytest.fixture
def seen(visit: Visit, inspector: Inspector) -> Visit:
    """Visitors whose every page is watched."""
    return lambda **kind: inspector.watch(visit(**kind))


@pytest.mark.parametrize("path", STATIC)
def test_a_published_page_is_sound(seen: Visit, inspector: Inspector, path: str) -> None:
    inspector.open(seen(), path)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_of_an_application_is_sound(seen: Visit, inspector: Inspector, prefix: str) -> None:
    page = seen()
    page.goto(f"{prefix}/apply/{SIGN}/")
    go_on(page)
    inspector.look(page, f"{prefix} form with errors")
    for number in (2, 3):
        fill(page, example(SIGN))
        go_on(page)
        page.wait_for_url(f"**/{number}")
        inspector.look(page, f"{prefix} form page {number}")
    page.check("[value=house]")
    inspector.look(page, f"{prefix} form page 3 with a revealed question")
    go_on(page)
    inspector.look(page, f"{prefix} form page 3 with errors")
    fill(page, example(SIGN))
    go_on(page)
    inspector.look(page, f"{prefix} materials")
    go_on(page)
    inspector.look(page, f"{prefix} materials with errors")
    for slot, file in FILES.items():
        upload(page, slot, file)
    inspector.look(page, f"{prefix} materials uploaded")
    go_on(page)
    page.wait_for_url("**/check")
    inspector.look(page, f"{prefix} check, not signed in")
    go_on(page)
    sign_in(page, "林禾")
    page.wait_for_url("**/check")
    inspector.look(page, f"{prefix} check, signed in")
    inspector.open(page, f"{prefix}/me/")
    page.go_back()
    hand_in(page)
    inspector.look(page, f"{prefix} receipt")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_state_of_a_case_is_sound_for_the_applicant(
    seen: Visit, inspector: Inspector, prefix: str
) -> None:
    page, window = seen(), at_desk(seen, "沈岚")
    apply(page, SIGN, example(SIGN), FILES, start=f"{prefix}/apply")
    number, code = hand_in(page, "周满")
    mine = f"{prefix}/me/{number}"

    def state(name: str) -> None:
        page.goto(f"{mine}/")
        inspector.look(page, f"{prefix} case {name}")

    state("submitted")
    inspector.open(page, f"{mine}/withdraw/")
    decide(window, number, "correct", MEND)
    state("correcting")
    inspector.open(page, f"{mine}/papers/2/")
    inspector.open(page, f"{mine}/supplement/")
    go_on(page)
    inspector.look(page, f"{prefix} supplement with errors")
    upload(page, "picture", png("效果图二.png", grey=40))
    fill(page, {"text": "听潮小面"})
    go_on(page)
    page.wait_for_url(f"**{mine}/")
    decide(window, number, "accept")
    state("reviewing")
    decide(at_desk(seen, "江映"), number, "deny", {"reason": "招牌遮挡了消防救援窗。"})
    state("denied")
    page.locator("aside .docs a").last.click()
    inspector.look(page, f"{prefix} denial")
    inspector.open(page, f"{prefix}/me/")
    _guest(seen(), inspector, prefix, number=number, code=code)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_that_refuse_are_sound(seen: Visit, inspector: Inspector, prefix: str) -> None:
    page = seen()
    page.goto("/signin?next=/me/")
    sign_in(page, "周满")
    for path in ("/me/2222-2222-2222/", "/apply/huwai-zhaopai/nothing-here/2", "/review/", "/apply/nothing/"):
        inspector.open(page, path if path == "/review/" else prefix + path)


def test_the_review_desk_is_sound(seen: Visit, inspector: Inspector) -> None:
    citizen, page = seen(), at_desk(seen, "沈岚")
    apply(citizen, SIGN, example(SIGN), FILES)
    number, _ = hand_in(citizen, "林禾")
    inspector.open(page, "/review/")
    inspector.open(page, "/review/?search=没有这个人")
    inspector.open(page, f"/review/{number}/")
    page.check("[name=action][value=correct]")
    inspector.look(page, "case, correction chosen")
    go_on(page)
    inspector.look(page, "case with errors")
    page.goto(f"/review/{number}/")
    go_on(page)
    inspector.look(page, "case, nothing chosen")
    decide(page, number, "accept")
    inspector.look(page, "case, accepted")
    chief = at_desk(seen, "江映")
    inspector.open(chief, f"/review/{number}/")
    decide(chief, number, "grant")
    decide(page, number, "prepare")
    page.goto(f"/review/{number}/")
    go_on(page)
    inspector.look(page, "case, delivery with errors")
    decide(page, number, "deliver", {"method": "window", "proof": "本人签收"})
    inspector.look(page, "case, closed")
    inspector.open(page, "/review/?state=closed")


def _guest(page: Page, inspector: Inspector, prefix: str, *, number: str, code: str) -> None:
    page.goto(f"{prefix}/status/")
    fill(page, {"number": number, "code": "AAAAAAAA"})
    go_on(page)
    inspector.look(page, f"{prefix} status with errors")
    fill(page, {"number": number, "code": code})
    go_on(page)
    inspector.look(page, f"{prefix} status of a guest")
