"""One headless Chromium for the whole run: Playwright's loop can be started only once in a thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.running_product import CannotStart, chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one the tests fail and say how to get it."""
    with sync_playwright() as playwright:
        try:
            running = chromium(playwright)
        except CannotStart as reason:
            pytest.fail(str(reason))
        yield running
        running.close()
