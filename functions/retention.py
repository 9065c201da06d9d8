#!/usr/bin/env python3
"""Lists closed cases whose time in the archive is over, and destroys them when that was approved.

python functions/retention.py                                          says which
python functions/retention.py --destroy --approval 文号 --by 姓名        destroys them and keeps one line of each
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # schemas and theme stand beside functions

from chalicelib import clock, settings
from chalicelib.house import House, build
from chalicelib.retention import destroy, due


def main(arguments: Sequence[str] | None = None, *, house: House | None = None) -> int:
    """The exit status is 1 when a case could not be destroyed."""
    options = _options(arguments)
    here = house or build(settings.read(os.environ), clock=clock.now)
    left, found = 0, 0
    for one in due(here.store, here.catalogue, now=here.clock()):
        found += 1
        told = f"{one.case.number} {one.case.item_id} {one.term} over since {one.since}"
        if options.destroy:
            done = destroy(here.store, one, approval=options.approval, by=options.by, now=here.clock())
            left += not done
            told += ": destroyed" if done else ": changed meanwhile, left"
        print(told)
    print(f"{found} cases whose time is over" + (f", {found - left} destroyed" if options.destroy else ""))
    return int(left > 0)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="retention.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--destroy", action="store_true", help="destroy what is listed")
    parser.add_argument("--approval", default="", help="the number of the approval")
    parser.add_argument("--by", default="", help="who destroys")
    options = parser.parse_args(arguments)
    if options.destroy and not (options.approval.strip() and options.by.strip()):
        parser.error("--destroy needs --approval and --by")
    return options


if __name__ == "__main__":
    raise SystemExit(main())
