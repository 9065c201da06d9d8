"""A house on each engine, and other systems to speak with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from chalicelib.interfaces.courier import Post
from chalicelib.interfaces.outside import DEPARTMENT, REPORT, WEBHOOK, Outside, Subscriber

from schemas.interfaces.wire import Allowed
from tests.http.conftest import cloud as cloud
from tests.http.conftest import either as either
from tests.http.conftest import here as here
from tests.http.conftest import site as site
from tests.http.conftest import store as store
from tests.http.deeds import Deeds
from tests.http.stand_in import Town
from tests.interfaces.other_systems import KEY, QUICK, Platform, Receiver, System, running

KINDS = {"report": REPORT, "hook": WEBHOOK, "csgl-system": DEPARTMENT}


@pytest.fixture
def start() -> Iterator[Callable[[System], Any]]:
    """Starts simulators that stop with the test."""
    with ExitStack() as stack:
        yield lambda system: stack.enter_context(running(system))


@pytest.fixture
def platform(either: Town, start: Callable[[System], Any]) -> Platform:
    made: Platform = start(Platform(either.clock))
    return made


@pytest.fixture
def receiver(either: Town, start: Callable[[System], Any]) -> Receiver:
    made: Receiver = start(Receiver(either.clock))
    return made


@pytest.fixture
def deeds(either: Town) -> Deeds:
    return Deeds(either)


def outside(**facts: Any) -> Outside:
    """Subscribers by name: report=…, hook=…; each with its address and what else is agreed."""
    subscribers = tuple(
        Subscriber(name, KINDS[name], {"keys": (KEY,), **given}) for name, given in facts.items()
    )
    return Outside(Allowed(anywhere=True), subscribers)


def post(here: Town, others: Outside) -> Post:
    """What the courier needs, with little patience."""
    return Post(here.store, here.house.catalogue, others, here.house.settings.base_url, seconds=QUICK)


def linked(here: Town, others: Outside) -> Town:
    """The same house with these others."""
    return replace(here, house=replace(here.house, outside=others))
