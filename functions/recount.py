#!/usr/bin/env python3
"""Counts the statistics and the cards of supervision again from all events and compares: 0 when everything agrees.

python functions/recount.py          says what differs
python functions/recount.py --mend   and writes it as the events say
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
from chalicelib.watch.recount import compare, mend


def main(arguments: Sequence[str] | None = None, *, house: House | None = None) -> int:
    """The exit status is 1 while something differs."""
    parser = argparse.ArgumentParser(
        prog="recount.py", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--mend", action="store_true", help="write what differs as the events say")
    options = parser.parse_args(arguments)
    here = house or build(settings.read(os.environ), clock=clock.now)
    found = compare(here.desk, now=here.clock())
    if found.faults and options.mend:
        print(*found.faults, sep="\n")
        mend(here.desk, found, now=here.clock())
        found = compare(here.desk, now=here.clock())
    for line in (*found.faults, f"{found.cases} cases, {found.tallies} tallies, {found.cards} cards"):
        print(line)
    print("differences left" if found.faults else "all as the events say")
    return int(bool(found.faults))


if __name__ == "__main__":
    raise SystemExit(main())
