"""One build of generated content, or edits under the preview.

    python -m benchmarks.publish.ours FOLDER OUTPUT [--pages peers] [--full] [--watch EDITS]

`--pages peers` leaves out what the others do not make (forms, English, catalogue index, search, powers,
feeds), so that the page sets are the same; the rest of the work (checks, versions, sitemap) stays.
`--watch` saves a guide as often under the editors' preview and prints what that cost (see watcher.py).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.publish import watcher
from benchmarks.publish.watcher import Site
from publishing import plan
from publishing.engine import indexes, registry


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--pages", choices=("all", "peers"), default="all")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--watch", type=int, default=0, metavar="EDITS")
    options = parser.parse_args()
    if options.pages == "peers":
        like_peers()
    site = Site(options.folder.resolve(), options.output)
    if options.watch:
        print(json.dumps(watcher.measured(site, edits=options.watch)))
    else:
        site.build(full=options.full, workers=options.workers)


def like_peers() -> None:
    """Only the pages that the others make too."""
    registry.EXTRACTORS.clear()
    registry.TALLIES.clear()
    registry.PRODUCERS[:] = [indexes.Addresses()]
    registry.LISTS[:] = [plan.DEPARTMENT_LISTS, *plan.TOPIC_LISTS]
    registry.STANDING[:] = [plan.standing]
    registry.DOCUMENT_PAGES["guide"] = [plan.guide_pages]


if __name__ == "__main__":
    main()
