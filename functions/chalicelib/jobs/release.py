"""Packages (一件事) with something left to do: unfinished submissions, and items whose turn has come."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from .. import packages
from ..actions import Desk
from ..store.every import every
from ..store.port import PACKAGES, Listed

_log = logging.getLogger("banshi.jobs")


def release(desk: Desk, *, now: datetime) -> int:
    """Makes every case that can start; how many. One package that cannot go on does not hold up the others."""
    return sum(_advanced(desk, row, now) for row in list(_marked(desk)))


def _marked(desk: Desk) -> Iterator[Listed]:
    return every(desk.store, PACKAGES, "sweep", packages.TO_DO)


def _advanced(desk: Desk, row: Listed, now: datetime) -> int:
    try:
        return packages.advance(desk, row.key, now=now)
    except Exception:
        _log.exception("package %s cannot go on", row.key)
        return 0
