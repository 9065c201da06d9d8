"""The published statistics as JSON, for the next publication and for anybody else."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..store.port import Store
from ..watch.statistics import statistics
from .ask import Ask
from .reply import Reply, data

_kept: dict[str, Any] = {}  # the document of the day, counted once a process: only whole days are in it


def document(ask: Ask) -> Reply:
    """GET /api/v1/statistics: up to yesterday, small cells hidden."""
    depts = [dept["id"] for dept in ask.house.catalogue.site().get("departments", ())]
    return data(_of_the_day(ask.house.store, tuple(depts), ask.today))


def _of_the_day(store: Store, depts: tuple[str, ...], today: date) -> Any:
    asked = (id(store), depts, today)
    if _kept.get("asked") != asked:
        _kept.update(asked=asked, answer=statistics(store, depts, today=today))
    return _kept["answer"]
