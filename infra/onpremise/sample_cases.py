"""Fills this machine's store with sample cases: `make demo`. Never for production."""

from __future__ import annotations

import os

from chalicelib import clock, settings
from chalicelib.house import build
from chalicelib.jobs.loop import deliver_all, publish_statistics

from infra.sample.fill import fill
from schemas.calendar import day_of


def main() -> None:
    """Fills once; a second run adds nothing."""
    here = settings.read(os.environ)
    if here.production:
        raise SystemExit("sample cases are for demonstrations: BANSHI_ENV must be development")
    house = build(here, clock=clock.now)
    print(f"{fill(house, today=day_of(clock.now()))} sample cases")
    deliver_all(house)
    publish_statistics(house)


if __name__ == "__main__":
    main()
