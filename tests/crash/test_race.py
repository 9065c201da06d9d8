"""Sixteen members of staff press 受理 on the same case at the same instant: one of them did it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crash.applicants import Applicant
from tests.crash.live_callers import Said, call, token_for
from tests.crash.live_house import LiveHouse

CASES = 20
WINDOWS = tuple(f"window-{n:02}" for n in range(16))

pytestmark = pytest.mark.crash


@dataclass(frozen=True)
class Desk:
    """A live server with cases waiting, and the sixteen who may accept them."""

    address: str
    numbers: tuple[str, ...]
    tokens: dict[str, str]

    def act(self, sub: str, number: str, action: str = "accept") -> Said:
        """One move at version 1, as this member of staff."""
        url = f"{self.address}/api/v1/review/cases/{number}/actions"
        return call(url, token=self.tokens[sub], body={"action": action, "version": 1})


@pytest.fixture
def desk(tmp_path: Path, published: Path) -> Iterator[Desk]:
    staff = tmp_path / "staff.json"
    posts = {"post": "综合窗口", "roles": ["window", "reviewer"], "depts": ["csgl"]}
    staff.write_text(json.dumps([{"sub": sub, "name": sub} | posts for sub in WINDOWS]), "utf-8")
    house = LiveHouse(tmp_path, site=published, staff=staff)
    try:
        house.start()
        tokens = {sub: token_for(house.issuer, sub) for sub in WINDOWS}
        yield Desk(house.address, tuple(_handed_in(house)), tokens)
    finally:
        house.stop()


def test_of_sixteen_who_accept_at_once_exactly_one_does(desk: Desk) -> None:
    winners = [_raced(desk, number) for number in desk.numbers]
    assert len(winners) == CASES
    for number, winner in zip(desk.numbers, winners, strict=True):
        assert desk.act(winner, number).status == 200, "the winner's own repeat is answered alike"
        case = _read(desk, number)
        assert (case["version"], case["state"]) == (2, "reviewing")
        assert [stage["action"] for stage in case["timeline"]] == ["submit", "accept", "assign"]


def _raced(desk: Desk, number: str) -> str:
    """All sixteen at once; who was told yes. The others are told what happened, and nothing else."""
    line = threading.Barrier(len(WINDOWS))

    def press(sub: str) -> Said:
        line.wait()
        return desk.act(sub, number)

    with ThreadPoolExecutor(len(WINDOWS)) as pool:
        answers = dict(zip(WINDOWS, pool.map(press, WINDOWS), strict=True))
    done = [sub for sub, said in answers.items() if said.status == 200]
    refused = {(said.status, said.body["code"]) for said in answers.values() if said.status != 200}
    assert len(done) == 1 and refused == {(409, "changed_meanwhile")}, answers
    return done[0]


def _read(desk: Desk, number: str) -> dict[str, Any]:
    said = call(f"{desk.address}/api/v1/review/cases/{number}", token=desk.tokens[WINDOWS[0]])
    assert said.status == 200
    case: dict[str, Any] = said.body
    return case


def _handed_in(house: LiveHouse) -> Iterator[str]:
    applicant = Applicant(house.address, "lin-he", token_for(house.issuer, "lin-he"), threading.Event())
    for _ in range(CASES):
        applicant.apply()
        yield applicant.sent[-1].receipts[0]["number"]
