"""One build of generated content: python -m benchmarks.publish.ours FOLDER OUTPUT [--pages peers] [--full].

`--pages peers` leaves out what the others do not make (forms, English, catalogue index, search, powers,
feeds), so that the page sets are the same; the rest of the work (checks, versions, sitemap) stays.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from publishing import plan
from publishing.build import build
from publishing.engine import indexes, registry
from publishing.faults import serious

TODAY = date(2026, 11, 23)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--pages", choices=("all", "peers"), default="all")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    if options.pages == "peers":
        like_peers()
    folder = options.folder.resolve()
    found = build(
        folder / "content",
        options.output,
        today=TODAY,
        forms=folder / "forms",
        full=options.full,
        workers=options.workers,
    )
    faults = list(serious(found))
    if faults:
        raise SystemExit("\n".join(map(str, faults[:10])))


def like_peers() -> None:
    """Only the pages that the others make too."""
    registry.EXTRACTORS.clear()
    registry.PRODUCERS[:] = [indexes.Addresses()]
    registry.LISTS[:] = [plan.DEPARTMENT_LISTS, *plan.TOPIC_LISTS]
    registry.STANDING[:] = [plan.standing]
    registry.DOCUMENT_PAGES["guide"] = [plan.guide_pages]


if __name__ == "__main__":
    main()
