"""Every kind of page in a real browser: accessible, whole on narrow screens, complete on paper."""

from __future__ import annotations

import functools
import http.server
import threading
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from publishing.build import build
from publishing.faults import serious
from publishing.sources import ROOT

pytestmark = pytest.mark.browser
ADDRESSES = [
    "/",
    "/en/",
    "/sitemap/",
    "/guides/",
    "/guides/shebaoka-buling/",
    "/groups/",
    "/groups/laonian/",
    "/events/",
    "/events/kaidian/",
    "/regions/",
    "/regions/990102/",
    "/regions/990102100/",
    "/az/",
    "/az/s/",
    "/az/q/",
    "/procurement/",
    "/procurement/jiaohao-shebei-jieguo/",
    "/facilities/",
    "/facilities/kinds/xuexiao/",
    "/facilities/shiyan-xiaoxue/",
    "/404.html",
    "/regions/990102100001/",
    "/specials/",
    "/specials/kaidian-yihui/",
    "/duties/",
    "/departments/scjg/duties/",
    "/departments/scjg/",
    "/duties/shipin-jingying/",
    "/forms/",
    "/forms/shebaoka-buling/",
    "/forms/shebaoka-buling/items/",
    "/forms/shebaoka-buling/shebaoka-buling.html",
    "/en/guides/",
    "/en/guides/shebaoka-buling/",
    "/en/guides/gaoling-jintie/",
    "/en/departments/scjg/",
    "/notices/",
    "/policies/",
]
ON_PAPER = {
    "/forms/shebaoka-buling/": ["持卡人姓名", "签名："],
    "/guides/shebaoka-buling/": [
        "申请材料",
        "每张 16 元",
        "用电子社会保障卡或者医保电子凭证",
    ],  # answers open
    "/duties/shipin-jingying/": ["追责情形"],
    "/procurement/jiaohao-shebei-jieguo/": ["86,400 元"],
}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Requests are not worth a line."""


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    site = tmp_path_factory.mktemp("real") / "site"
    assert not list(serious(build(ROOT / "content", site, today=date(2026, 11, 23))))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_no_accessibility_faults_and_fits_narrow_screens(browser: Browser, origin, address):
    for width in (1280, 375, 320):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(origin + address)
        if width > 320:
            found = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


@pytest.mark.parametrize("address", ON_PAPER)
def test_paper_shows_the_matter_and_leaves_menus_out(browser: Browser, origin, address):
    page = browser.new_page(viewport={"width": 700, "height": 990})
    page.goto(origin + address)
    page.emulate_media(media="print")
    shown = page.evaluate("document.body.innerText")
    assert [words for words in ON_PAPER[address] if words not in shown] == []
    assert not page.locator("nav.nav").is_visible()
    assert not page.locator("footer").is_visible()
    page.close()
