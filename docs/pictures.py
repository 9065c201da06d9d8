"""Takes the pictures of the editors' handbook: `python docs/pictures.py` writes docs/pictures/*.jpg.

Publishes a copy of the content with what the handbook speaks of: an earlier version of a guide, a notice whose day has
not come, a broken link. The invented names are those of the sample content.
"""

from __future__ import annotations

import functools
import html
import http.server
import shutil
import sys
import tempfile
import threading
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from publishing import check, sources  # noqa: E402
from publishing.build import build  # noqa: E402
from publishing.duties import drafts  # noqa: E402
from publishing.faults import serious  # noqa: E402
from tests.browser.running_product import chromium  # noqa: E402

TARGET = ROOT / "docs" / "pictures"
TODAY = date(2026, 11, 23)
WIDTH, QUALITY = 1000, 78
SHOWN = {  # picture: address, height
    "guide": ("/guides/shebaoka-buling/", 760),
    "history": ("/guides/shebaoka-buling/history/", 640),
    "form": ("/forms/shebaoka-buling/", 700),
    "groups": ("/groups/", 620),
    "english": ("/en/guides/gaoling-jintie/", 620),
}
PREVIEW_HEIGHT, CHECK_HEIGHT = 480, 190
EARLIER = (("updated: 2026-11-10", "updated: 2026-06-01"), ("，没有经过美化。", "。"), ("每张 16 元", "每张 20 元"),
           ("legal_limit: {n: 20", "legal_limit: {n: 30"))  # fmt: skip
NOTICE = (
    ("id: niandi-dating-shijian", "id: yuandan-anpai"),
    ("title: 2026 年 12 月政务服务大厅", "title: 元旦期间政务服务大厅"),
    ("published: 2026-11-20", "published: 2026-12-25\npublish_on: 2026-12-25"),
)
BROKEN = (("/policies/xianshi-banjie/", "/policies/xianshi/"),)
TERMINAL = (
    "<body style='margin:0;padding:16px;background:#1b1f24;color:#fff'>"
    "<pre style='margin:0;font:15px/1.9 monospace;white-space:pre-wrap'>{}</pre>"
)


def main() -> int:
    """Writes every picture; 1 where the copy could not be published."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        content, site = Path(folder) / "content", Path(folder) / "var" / "site"
        if not _published(content, site):
            return 1
        browser = chromium(driver)
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, locale="zh-CN")
        preview = next(drafts.links(site)).partition("：")[2]
        with _Served(site) as address:
            for name, (path, height) in {**SHOWN, "preview": (preview, PREVIEW_HEIGHT)}.items():
                page.goto(address + path)
                _take(page, name, height)
        page.set_content(TERMINAL.format(html.escape(_checked(content))))
        _take(page, "check", CHECK_HEIGHT)
        browser.close()
    return 0


def _published(content: Path, site: Path) -> bool:
    """The content twice: as it was in June, and today with a notice for Christmas week."""
    shutil.copytree(ROOT / "content", content)
    guide, notice = (
        content / "guides" / "shebaoka-buling.md",
        content / "notices" / "niandi-dating-shijian.md",
    )
    today = guide.read_text("utf-8")
    guide.write_text(_changed(today, EARLIER), "utf-8")
    found = [*serious(build(content, site, today=TODAY))]
    guide.write_text(today, "utf-8")
    (notice.parent / "yuandan-anpai.md").write_text(_changed(notice.read_text("utf-8"), NOTICE), "utf-8")
    found += serious(build(content, site, today=TODAY))
    for fault in found:
        print(fault, file=sys.stderr)
    return not found


def _checked(content: Path) -> str:
    """What `check` says of a notice with a wrong link and a guide whose steps take too long."""
    notice, guide = (
        content / "notices" / "niandi-dating-shijian.md",
        content / "guides" / "shebaoka-buling.md",
    )
    notice.write_text(_changed(notice.read_text("utf-8"), BROKEN), "utf-8")
    guide.write_text(
        _changed(guide.read_text("utf-8"), (("legal_limit: {n: 20", "legal_limit: {n: 0"),)), "utf-8"
    )
    found = check.faults(sources.load(content), today=TODAY)
    said = sorted(str(fault).replace(f"{content.parent}/", "") for fault in found)
    return "\n".join(["$ python publish.py check", *said])


def _changed(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    for old, new in changes:
        if old not in text:
            raise SystemExit(f"{old!r} is not there any more: say what the picture shall show")
        text = text.replace(old, new)
    return text


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Requests are not worth a line."""


class _Served:
    """A folder over HTTP on a free port."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(_Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()


def _take(page: Page, name: str, height: int) -> None:
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height}
    page.screenshot(path=TARGET / f"{name}.jpg", clip=clip, full_page=True, type="jpeg", quality=QUALITY)
    print(f"{(TARGET / f'{name}.jpg').stat().st_size / 1024:6.0f} KB  {name}")


if __name__ == "__main__":
    sys.exit(main())
