"""Lives with one fault each: at every write, at every send; what each run counted."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.store.port import Store

from tests.reliability.faulty import AFTER, BEFORE, SEND_MODES, TWICE, Faulty, FaultyWay
from tests.reliability.life import Counting, Life, check

MODES = (BEFORE, AFTER, TWICE)
Fresh = Callable[[], Store]


def writes_of(store: Store) -> int:
    """How many writes a life without faults takes."""
    faulty = Faulty(store)
    life = Life(faulty)  # type: ignore[arg-type]
    check(life, life.whole())
    return faulty.done


def every_fault(fresh: Fresh, *, step: int = 1) -> dict[str, int]:
    """Lives with one fault each; gives the counts."""
    counts = {"lives": 0, "writes": writes_of(fresh()), "sent twice": 0}
    for at in range(1, counts["writes"] + 1, step):
        for mode in MODES if at % 4 == 1 else MODES[:2]:
            life = Life(Faulty(fresh(), at=at, mode=mode))  # type: ignore[arg-type]
            counts["sent twice"] += check(life, life.whole())["sent twice"]
            counts["lives"] += 1
    return counts


def every_send(fresh: Fresh) -> dict[str, int]:
    """The same for every send, in each of the ways in which a gateway can fail."""
    way = FaultyWay(Counting(), at=0, mode="")
    life = Life(fresh(), way=way)
    check(life, life.whole())
    counts = {"lives": 0, "sends": way.sends, "sent twice": 0}
    for mode in SEND_MODES:
        for at in range(1, way.sends + 1):
            life = Life(fresh(), way=FaultyWay(Counting(), at=at, mode=mode))
            counts["sent twice"] += check(life, life.whole())["sent twice"]
            counts["lives"] += 1
    return counts
