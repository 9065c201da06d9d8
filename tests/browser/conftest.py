"""One running product and one Chromium for all browser tests; each test brings its own visitors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, ViewportSize

from tests.browser.page_inspector import FIGURES
from tests.browser.running_product import CannotStart, product
from tests.browser.visitor_steps import Visit

HERE = Path(__file__).parent
STEP_MS = 10_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser, so nobody has to remember the mark."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints what the inspected pages weigh and how many were looked at."""
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real product, with its own data."""
    try:
        with product(tmp_path_factory.mktemp("portal")) as address:
            yield address
    except CannotStart as reason:
        pytest.fail(str(reason))


@pytest.fixture
def visit(portal: str, browser: Browser) -> Iterator[Visit]:
    """Makes visitors: `visit(js=False, width=375)` is a page of a browser nobody has used before."""
    opened: list[BrowserContext] = []

    def visit(*, js: bool = True, width: int = 1280, cookies: StorageState | None = None) -> Page:
        size: ViewportSize = {"width": width, "height": 800}
        context = browser.new_context(
            base_url=portal, java_script_enabled=js, viewport=size, locale="zh-CN", storage_state=cookies
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(STEP_MS)
        return page

    yield visit
    for context in opened:
        context.close()
