"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from ..house import House
from ..store.port import CASES, StoreUnavailable
from .ask import Ask
from .reply import Reply, data

LEAST_FREE_BYTES = 256 * 1024 * 1024  # what the data's disk must have left for new work to be taken in


def healthz(ask: Ask) -> Reply:
    """200 as long as the process answers: by it a supervisor decides whether to start it anew."""
    return data({"status": "ok"})


def readyz(ask: Ask) -> Reply:
    """200 when the store answers, the catalogue is there and the disk has room; 503 and which of them is not."""
    checks = {name: check(ask.house, ask) for name, check in CHECKS.items()}
    ready = all(checks.values())
    told = {name: "ok" if holds else "failed" for name, holds in checks.items()}
    return data({"status": "ok" if ready else "unavailable", "checks": told}, status=200 if ready else 503)


def _store(house: House, ask: Ask) -> bool:
    try:
        house.store.find(CASES, "health", now=ask.now)
    except StoreUnavailable:
        return False
    return True


def _catalogue(house: House, ask: Ask) -> bool:
    return bool(house.catalogue.departments())


def _room(house: House, ask: Ask) -> bool:
    """Asked of the one machine only: buckets and tables have no end."""
    if house.settings.store != "embedded":
        return True
    return shutil.disk_usage(house.settings.data_dir).free >= LEAST_FREE_BYTES


CHECKS: dict[str, Callable[[House, Ask], bool]] = {"store": _store, "catalogue": _catalogue, "room": _room}
