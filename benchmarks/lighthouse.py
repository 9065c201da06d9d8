"""Lighthouse on every type of page: python -m benchmarks.lighthouse ADDRESS [PATH …].

Prints the four scores and the bytes sent, and ends with 1 where a score is below 98 or a page above 15 KB. ADDRESS is a
running product (`make serve`). Needs `npm install lighthouse` (LIGHTHOUSE names its command) and Chromium (CHROME_PATH).
Performance is judged as on a slow telephone; on a busy machine it says little.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PAGES = (
    "/", "/en/", "/guides/", "/guides/shipin-jingying/", "/en/guides/shipin-jingying/", "/packages/kai-canyindian/", "/topics/",
    "/topics/person/", "/topics/corp/shipin/", "/departments/", "/departments/scjg/", "/az/", "/regions/", "/duties/", "/forms/",
    "/notices/", "/notices/niandi-dating-shijian/", "/policies/", "/policies/yicixing-gaozhi/", "/procurement/", "/specials/", "/facilities/",
    "/facilities/kinds/xuexiao/", "/facilities/shiyan-xiaoxue/", "/regions/990102100/", "/az/s/", "/groups/laonian/",
    "/statistics/", "/pages/about/", "/sitemap/", "/search/", "/search/?q=%E5%BC%80%E9%A5%AD%E5%BA%97", "/status/",
    "/apply/shipin-jingying/", "/en/apply/huwai-zhaopai/",
)  # fmt: skip
LEAST, HEAVIEST = 98, 15 * 1024
TRIES = 3  # on a busy machine Chromium sometimes does not start in time
SCORES = ("performance", "accessibility", "best-practices", "seo")
UNWANTED = {"is-crawlable"}  # pages that search engines shall not list say so on purpose


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("paths", nargs="*", default=PAGES)
    options = parser.parse_args()
    print(f"| page | {' | '.join(SCORES)} | KB |\n|---|{'---|' * len(SCORES)}---|")
    low = [path for path in options.paths if _page(options.address.rstrip("/"), path)]
    return int(bool(low))


def _page(address: str, path: str) -> bool:
    """One row; whether something is below the mark, which is then named."""
    found = _audited(address + path)
    scores = {name: _score(found, name) for name in SCORES}
    sent = sum(one["transferSize"] for one in found["audits"]["network-requests"]["details"]["items"])
    print(f"| {path} | {' | '.join(map(str, scores.values()))} | {sent / 1024:.1f} |", flush=True)
    low = [name for name, score in scores.items() if score < LEAST]
    for name in low:
        print(f"  {name}: {', '.join(_reasons(found, name))}", file=sys.stderr, flush=True)
    return bool(low) or sent > HEAVIEST


def _audited(url: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"  # a pipe would be cut off
        command = [
            os.environ.get("LIGHTHOUSE", "lighthouse"), url, "--quiet", "--output=json", f"--output-path={report}",
            f"--only-categories={','.join(SCORES)}", "--chrome-flags=--headless --no-sandbox --disable-gpu",
        ]  # fmt: skip
        for _ in range(TRIES):
            done = subprocess.run(command, capture_output=True, check=False)
            result: dict[str, Any] = json.loads(report.read_bytes()) if report.is_file() else {}
            if not done.returncode and "runtimeError" not in result:
                return result
    raise SystemExit(done.stderr.decode(errors="replace"))


def _score(found: dict[str, Any], category: str) -> int:
    """As Lighthouse counts it, without the audits that are not wanted."""
    rated = [(found["audits"][ref["id"]]["score"], ref["weight"]) for ref in _weighed(found, category)]
    return round(100 * sum(score * weight for score, weight in rated) / sum(weight for _, weight in rated))


def _weighed(found: dict[str, Any], category: str) -> list[dict[str, Any]]:
    """Audits that count and could be made."""
    references = found["categories"][category]["auditRefs"]
    return [
        ref
        for ref in references
        if ref["weight"] and ref["id"] not in UNWANTED and found["audits"][ref["id"]]["score"] is not None
    ]


def _reasons(found: dict[str, Any], category: str) -> list[str]:
    """Audits of a category that took points away."""
    return [ref["id"] for ref in _weighed(found, category) if found["audits"][ref["id"]]["score"] < 1]


if __name__ == "__main__":
    sys.exit(main())
