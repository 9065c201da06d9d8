"""Many people on one case at the same instant: at each version exactly one of them moves it on."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from chalicelib.domain.case import Actor, Case
from chalicelib.domain.guards import Move
from chalicelib.domain.refusal import Refusal
from chalicelib.store.port import Store
from keeper.verify import verify

from tests.domain.world import CHIEF, CITIZEN, WINDOW
from tests.reliability.life import Life

Rival = tuple[Actor, str, dict[str, str]]
# At each version: what the rivals press. All of them are allowed to; only one can be first.
ROUNDS: tuple[tuple[Rival, ...], ...] = (
    ((WINDOW, "accept", {}), (WINDOW, "not_required", {"reason": "不需要"})),
    (
        (CHIEF, "fast_track", {"reason": "老年人"}),
        (WINDOW, "propose", {"proposed": "hold", "reason": "等"}),
    ),
    ((CHIEF, "grant", {}), (CHIEF, "deny", {"reason": "不符合"}), (CITIZEN, "withdraw", {})),
)


def contested(store: Store, clients: int, *, case: int = 0) -> dict[str, int]:
    """The nth case through rounds of so many clients each; proves that one won each and gives the counts."""
    life = Life(store)
    number, won = life.handed_in(f"a key for case {case} and {clients} clients"), Counter[str]()
    for rivals in ROUNDS:
        before = life.case(number)
        if before.state in ("not_required", "withdrawn"):
            break
        outcomes = _at_once(life, before, rivals, clients)
        done = [one for one in outcomes if isinstance(one, Case)]
        lost = {one.code for one in outcomes if isinstance(one, Refusal)}
        assert len(done) == 1, (clients, [one.code for one in outcomes if isinstance(one, Refusal)])
        assert lost <= {"changed_meanwhile"}, lost
        won[done[0].events[-1].action] += 1
        assert life.case(number).version == before.version + 1
    found = verify(store)
    assert [fault for fault in found.faults if "never told" not in fault] == []
    return {"clients": clients, "versions": sum(won.values()), "attempts": sum(won.values()) * clients}


def _at_once(life: Life, case: Case, rivals: tuple[Rival, ...], clients: int) -> list[Case | Refusal]:
    """Every client its own person, so that nobody's press is another's repeat."""
    line = threading.Barrier(clients)

    def press(n: int) -> Case | Refusal:
        actor, action, data = rivals[n % len(rivals)]
        me = actor if actor is CITIZEN else replace(actor, sub=f"{actor.sub}-{n}")
        note = {**data, "note": f"{n}"}
        line.wait()
        return life.desk.perform(case.number, Move(action, me, note), version=case.version, now=life.now)

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(press, range(clients)))
