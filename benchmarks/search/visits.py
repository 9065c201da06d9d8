"""Search in a browser at the size of a province: python -m benchmarks.search.visits [COUNT] [VISITS].

Serves the sample site as `make serve` does, with an index of COUNT guides (95,874) in the place of its own, and asks
labelled questions in headless Chromium. Each visit is somebody's first, with an empty cache: milliseconds until the page
has loaded, and the bytes that came over the line. Then the same answers without a browser, from the server alone.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from playwright.sync_api import Browser, Request, sync_playwright

from benchmarks.search import corpus, engine
from publishing.build import build
from publishing.faults import serious
from tests.browser.running_product import chromium, product
from tests.search.labelled_corpus import TODAY

WIDTH, HEIGHT = 375, 812
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"


class Visit(NamedTuple):
    """What one visitor saw."""

    ms: float  # from the first byte asked for to the load event
    bytes: int  # headers and bodies of everything that came
    results: int


def main(count: int, visits: int) -> None:
    """Serve, ask, print."""
    asked = random.Random(3).sample(engine.questions(), visits)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        os.environ["SITE_DIR"] = str(_site(count, Path(folder)))
        with product(Path(folder) / "data") as address, sync_playwright() as playwright:
            addresses = [f"{address}/search/?q={quote(words)}" for words in asked]
            browser = chromium(playwright)
            _visited(browser, addresses[0])  # Chromium itself starts slowly
            seen = [_visited(browser, one) for one in addresses]
            browser.close()
            _tell("end to end in Chromium, ms", [one.ms for one in seen])
            _tell("transferred, KB", [one.bytes / 1024 for one in seen])
            print(f"{sum(one.results > 0 for one in seen)} of {visits} found something")
            _tell("server alone, ms", [_fetched(one) for one in addresses])


def _site(count: int, folder: Path) -> Path:
    """The sample site with a province's index."""
    site = folder / "out" / "site"
    faults = list(serious(build(corpus.ROOT / "content", site, today=TODAY)))
    assert not faults, faults
    index = site / "search-index"
    shutil.rmtree(index)
    index.mkdir()
    engine.build(count, index)
    return site.resolve()


def _visited(browser: Browser, address: str) -> Visit:
    """One visit of somebody who has never been here."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    done: list[Request] = []

    def note(
        request: Request,
    ) -> None:  # Playwright marks its listeners, and a method of a list cannot be marked
        done.append(request)

    page.on("requestfinished", note)
    page.goto(address, wait_until="load")
    page.wait_for_function("() => performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    taken, results = page.evaluate(LOADED), page.locator("main h2 a").count()
    sizes = [one.sizes() for one in done]
    context.close()
    return Visit(taken, sum(_weight(size) for size in sizes), results)


def _weight(size: Any) -> int:
    return int(size["responseHeadersSize"] + size["responseBodySize"])


def _fetched(address: str) -> float:
    began = time.perf_counter()
    with urllib.request.urlopen(address) as answer:
        answer.read()
    return (time.perf_counter() - began) * 1000


def _tell(name: str, values: Iterable[float]) -> None:
    ranked = sorted(values)
    print(
        f"{name}: median {statistics.median(ranked):.1f}, p95 {ranked[int(len(ranked) * 0.95)]:.1f}, "
        f"worst {ranked[-1]:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*(given + [95_874, 100][len(given) :]))
