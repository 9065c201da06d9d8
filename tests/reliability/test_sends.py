"""A fault at every single send, before or after the gateway took the message, refused or without an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import Store

from tests.http.conftest import cloud, store  # noqa: F401
from tests.reliability.faulty import SEND_MODES, FaultyWay
from tests.reliability.life import Counting, Life, check


def sends_of(kept: Store) -> int:
    """How many messages a life without faults sends."""
    way = FaultyWay(Counting(), at=0, mode="")
    life = Life(kept, way=way)
    check(life, life.whole())
    return way.sends


@pytest.mark.parametrize("mode", SEND_MODES)
def test_a_fault_at_every_send_loses_no_message(tmp_path: Path, mode: str) -> None:
    sends = sends_of(EmbeddedStore(tmp_path / "0"))
    for at in range(1, sends + 1):
        life = Life(EmbeddedStore(tmp_path / f"{at}"), way=FaultyWay(Counting(), at=at, mode=mode))
        counts = check(life, life.whole())
        assert counts["sent twice"] == ("after" in mode), (
            "what nobody answered for is sent again, under its key"
        )


@pytest.mark.parametrize("mode", SEND_MODES)
def test_a_fault_at_the_third_send_loses_no_message_on_either_engine(store: Store, mode: str) -> None:  # noqa: F811
    life = Life(store, way=FaultyWay(Counting(), at=3, mode=mode))
    check(life, life.whole())
