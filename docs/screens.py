"""Takes the pictures of README and the reviewers' guide: `python docs/screens.py` writes docs/screens/*.png.

Starts the product with fresh data, walks through one food licence with the steps of the browser tests and
photographs what people see on the way. The data are the sample people's; nothing real is shown. Buttons that
belong to the browser (choose a file) are in Chinese where Chromium has its Chinese texts (Debian: chromium-l10n).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright  # noqa: E402

from tests.browser.running_product import CannotStart, chromium, product  # noqa: E402
from tests.browser.visitor_steps import (  # noqa: E402
    DESK,
    PHONE,
    at_desk,
    choose,
    decide,
    example,
    fill,
    go_on,
    hand_in,
    pdf,
    png,
    slots,
    to_materials,
    upload,
)

TARGET = ROOT / "docs" / "screens"
TALLEST = 1250
SHORTER = {"home": 740, "guide": 1000, "queue": 1000}  # full pages of text make heavy pictures
LARGEST, LARGEST_TOGETHER = 200 * 1024, 2_500 * 1024
FOOD = "shipin-jingying"
FILES = {"layout": png("布局图.png"), "rules": pdf("规章制度.pdf")}
MEND = {"fields": ["address"], "materials": ["layout"], "reason": "地址请写到门牌号；布局图请标出洗消区。"}
OTHERS = ("huwai-zhaopai", "gonggong-changsuo-weisheng", "xiaofang-jiancha", "zhanyong-daolu", "getihu-sheli")


def main() -> int:
    """Writes every picture; 1 when something does not start or a picture is too large."""
    TARGET.mkdir(exist_ok=True)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            product(Path(folder) / "data") as address,
            sync_playwright() as driver,
        ):
            browser = chromium(driver)
            _tour(_visits(browser, address))
            browser.close()
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    return _weighed()


def _visits(browser: Browser, address: str) -> Callable[..., Page]:
    def visit(*, width: int = DESK, cookies: StorageState | None = None) -> Page:
        size: ViewportSize = {"width": width, "height": 900}
        context = browser.new_context(base_url=address, viewport=size, locale="zh-CN", storage_state=cookies)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    return visit


def _tour(visit: Callable[..., Page]) -> None:
    wide, phone, window = visit(), visit(width=PHONE), at_desk(visit, "沈岚")
    _published(wide, phone)
    number = _application(wide)
    for item in OTHERS:
        _other_case(visit(), item)
    window.goto("/review/")
    _take(window, "queue")
    _correction(wide, window, number)
    _in_review(wide, window, number)


def _published(wide: Page, phone: Page) -> None:
    for page, name, path in (
        (wide, "home", "/"),
        (wide, "guide", f"/guides/{FOOD}/"),
        (phone, "home-phone", "/"),
    ):
        page.goto(path)
        _take(page, name)
    phone.goto(f"/apply/{FOOD}/")
    fill(phone, example(FOOD) | {"uscc": "91990101MA0000001X"})
    go_on(phone)
    _take(phone, "form-phone")


def _application(page: Page) -> str:
    page.goto(f"/apply/{FOOD}/")
    fill(page, example(FOOD))
    go_on(page)
    fill(page, example(FOOD))
    _take(page, "form")
    to_materials(page, FOOD, example(FOOD))
    for slot, file in FILES.items():
        upload(page, slot, file)
    _take(page, "materials")
    go_on(page)
    page.wait_for_url("**/check")
    _take(page, "check")
    number, _ = hand_in(page, "林禾")
    _take(page, "receipt")
    return number


def _other_case(page: Page, item: str) -> None:
    to_materials(page, item, example(item))
    for slot in slots(page):
        upload(page, slot, pdf("扫描件.pdf"))
    go_on(page)
    hand_in(page, "周满")


def _correction(citizen: Page, window: Page, number: str) -> None:
    window.goto(f"/review/{number}/")
    _take(window, "desk-case")
    choose(window, "correct")
    fill(window, {f"correct-{name}": value for name, value in MEND.items()})
    _take(window, "desk-correct")
    window.click("#decide-form [value=stay]")
    window.wait_for_url("**/?done=correct")
    citizen.set_viewport_size({"width": PHONE, "height": 900})
    citizen.goto(f"/me/{number}/supplement/")
    _take(citizen, "supplement-phone")
    upload(citizen, "layout", png("布局图第二版.png", grey=90))
    fill(citizen, {"address": "望澜区澜湾街道听潮路 12 号一层 3 室"})
    go_on(citizen)
    citizen.wait_for_url(f"**/me/{number}/")
    window.goto(f"/review/{number}/")
    _take(window, "case")
    window.locator(".changed").first.screenshot(path=TARGET / "desk-compare.png")


def _in_review(citizen: Page, window: Page, number: str) -> None:
    decide(window, number, "accept")
    for width, name in ((PHONE, "status-phone"), (DESK, "status")):
        citizen.set_viewport_size({"width": width, "height": 900})
        citizen.goto(f"/me/{number}/")
        _take(citizen, name)


def _take(page: Page, name: str) -> None:
    """The page from its top, cut where a README would have enough of it; nothing shows where the cursor is."""
    page.evaluate("document.activeElement && document.activeElement.blur(); scrollTo(0, 0)")
    width = page.viewport_size["width"] if page.viewport_size else DESK
    height = min(page.evaluate("document.documentElement.scrollHeight"), SHORTER.get(name, TALLEST))
    clip = {"x": 0, "y": 0, "width": width, "height": height}
    page.screenshot(path=TARGET / f"{name}.png", full_page=True, clip=clip, animations="disabled")


def _weighed() -> int:
    sizes = {path.name: path.stat().st_size for path in sorted(TARGET.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{size / 1024:6.0f} KB  {name}{'  too large' if size > LARGEST else ''}")
    print(f"{sum(sizes.values()) / 1024:6.0f} KB  together")
    return int(max(sizes.values()) > LARGEST or sum(sizes.values()) > LARGEST_TOGETHER)


if __name__ == "__main__":
    sys.exit(main())
