"""A house for each test, and everything it logs as an operator would read it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from app import portal
from chalicelib.actions import Desk
from chalicelib.house import House
from chalicelib.logs import JsonLines
from gateway import Gateway

from tests.http.conftest import site as site
from tests.http.front_door import Caller
from tests.http.stand_in import Town, town


@dataclass
class Log:
    """What was logged so far."""

    written: io.StringIO

    @property
    def text(self) -> str:
        return self.written.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """The root's log at its most talkative, as JSON lines."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield Log(written)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


@pytest.fixture
def here(site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path)


def over(here: Town, store: Any) -> House:
    """The same house on another store."""
    desk = Desk(store=store, catalogue=here.house.catalogue, calendar=here.house.calendar)
    return replace(here.house, store=store, desk=desk)


def caller_of(house: House) -> Caller:
    return Caller(Gateway(portal(lambda: house), house=lambda: house))
