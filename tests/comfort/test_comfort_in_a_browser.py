"""The same in a real browser on a phone, without scripts; axe looks at each page with scripts on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.comfort.citizen import Town, town
from tests.comfort.filling import example, handed_in
from tests.http.served import served

pytestmark = pytest.mark.browser
PHONE = {"width": 375, "height": 740}


@pytest.fixture(scope="module")
def here(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    return town(site, tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def base(here: Town) -> Iterator[str]:
    with served(here.door) as address:
        yield address


@pytest.fixture
def chromium(browser: Browser) -> Browser:
    """The browser of the run."""
    return browser


def phone(chromium: Browser, *, scripts: bool) -> Page:
    return chromium.new_context(java_script_enabled=scripts, viewport=PHONE).new_page()  # type: ignore[arg-type]


def test_save_on_one_phone_and_go_on_with_another(chromium: Browser, base: str) -> None:
    one, other = phone(chromium, scripts=False), phone(chromium, scripts=False)
    one.goto(f"{base}/apply/gongzufang-zige/")
    one.fill("#f-applicant", "林禾")
    one.get_by_role("button", name="保存，以后继续").click()
    one.locator("dl.code2 dd").first.wait_for()
    code, secret = (cell.inner_text() for cell in one.locator("dl.code2 dd").all())
    other.goto(f"{base}/resume/")
    other.fill("#f-code", code)
    other.fill("#f-secret", secret)
    other.locator("#f-secret").press("Enter")  # the first button goes on; it does not delete
    assert other.input_value("#f-applicant") == "林禾"


def test_enter_in_a_members_field_goes_on_and_removes_nobody(chromium: Browser, base: str) -> None:
    page = phone(chromium, scripts=False)
    page.goto(f"{base}/apply/gongzufang-zige/")
    for name in ("applicant", "applicant_id", "phone", "address"):
        page.fill(f"#f-{name}", str(example("gongzufang-zige")[name]))
    page.select_option("#f-community", index=1)
    page.get_by_role("radio", name="在", exact=True).check()
    page.get_by_role("radio", name="未婚").check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="添加共同申请人").click()
    page.locator("[name='members[0].name']").fill("林小舟")
    page.locator("[name='members[0].name']").press("Enter")
    assert page.title().startswith("错误：")
    assert page.locator("[name='members[0].name']").input_value() == "林小舟"


def test_axe_finds_nothing_and_nothing_is_wider_than_the_phone(
    chromium: Browser, base: str, here: Town
) -> None:
    who = here.citizen("lin-he")
    receipt = handed_in(who, "zhanyong-daolu", example("zhanyong-daolu")).path
    page = phone(chromium, scripts=True)
    page.context.add_cookies([{"name": "banshi", "value": who.jar["banshi"], "url": base}])
    paths = (
        "/me/apply/gongzufang-zige/",
        "/resume/",
        receipt,
        "/ask/?kind=complain",
        "/ask/answers/",
        "/me/",
        "/en/ask/",
    )
    for path in paths:
        page.goto(base + path)
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_a_receipt_with_its_code_fills_one_sheet(chromium: Browser, base: str, here: Town) -> None:
    who = here.citizen("lin-he")
    receipt = handed_in(who, "zhanyong-daolu", example("zhanyong-daolu")).path
    page = phone(chromium, scripts=True)
    page.context.add_cookies([{"name": "banshi", "value": who.jar["banshi"], "url": base}])
    page.goto(base + receipt)
    assert page.locator(".qr img").evaluate("image => image.complete && image.naturalWidth > 100")
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
