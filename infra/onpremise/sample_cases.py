"""Fills this machine's store with sample cases: `make demo`. Never for production."""

from __future__ import annotations

import os

from chalicelib import clock, settings
from chalicelib.house import build

from infra.sample.fill import fill
from schemas.calendar import day_of


def main() -> None:
    """Fills once; a second run adds nothing."""
    here = settings.read(os.environ)
    if here.production:
        raise SystemExit("sample cases are for demonstrations: BANSHI_ENV must be development")
    print(f"{fill(build(here, clock=clock.now), today=day_of(clock.now()))} sample cases")


if __name__ == "__main__":
    main()
