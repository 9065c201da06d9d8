"""Whether the process can do its work."""

from __future__ import annotations

from ..domain.refusal import Refusal
from ..store.port import CASES
from .ask import Ask
from .reply import Reply, data


def healthz(ask: Ask) -> Reply | Refusal:
    """200 when the store answers and the catalogue is there; 503 otherwise."""
    ask.house.store.find(CASES, "health", now=ask.now)
    if not ask.house.catalogue.index():
        return Refusal("unavailable")
    return data({"status": "ok"})
