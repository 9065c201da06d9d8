"""Schemathesis walks through the whole interface by the links of its description: what one call answers, the next
one uses. Beginnings are sound half of the time, so that the walk gets somewhere; everything else is as it comes.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import schemathesis
from chalicelib.domain.case import first_broken
from chalicelib.domain.timeline import explains
from chalicelib.http.openapi import document
from chalicelib.http.openapi_links import LINKS
from chalicelib.jobs.deliver import Outward, deliver
from chalicelib.store.port import CASES
from chalicelib.store.walk import every
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.agents.conftest import Office
from tests.agents.test_agents_by_program import whole
from tests.http.deeds import Deeds
from tests.http.front_door import BASE, Browser, bearer
from tests.http.stand_in import Town, token, town
from tests.interfaces.department import OPERATOR
from tests.interfaces.test_exchange import open_to, sign

CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance,
]  # fmt: skip
BY_ACTION = {"grant": "jiang-ying", "deny": "jiang-ying", "take": "zhou-man"}
DESK = ("queue", "reviewCase", "revealCase", "reviewAction")
MORE: dict[str, dict[str, Any]] = {  # what the links cannot know of a step
    "correct": {"fields": ["address"], "materials": [], "reason": "请写到门牌号"}, "deny": {"reason": "不符合规定的条件"},
    "rate": {"score": "5"}, "refuse": {"reason": "不属于本部门", "right_body": "区民政局"},
}  # fmt: skip
OFFER = {"kind": "person", "agent_name": "周满", "powers": ["apply"], "ends": "2026-12-31"}


class Houses:
    """A fresh house for each walk, behind one door, and what went through it."""

    described = "/api/v1/openapi.json"

    def __init__(self, site: Path) -> None:
        self._site, self._room = site, TemporaryDirectory()
        self.went: Counter[tuple[str, int]] = Counter()
        self.next()

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        return self.here.gateway(environ, start)

    def next(self) -> None:
        """The next house, empty."""
        self._room.cleanup()
        self._room = TemporaryDirectory()
        self.here: Town = town(self._site, Path(self._room.name))

    def sound(self, name: str) -> dict[str, Any] | None:
        """A body that this call takes, if it is one to begin with."""
        deeds = Deeds(self.here)
        if name == "applyForPackage":
            return whole(Office(self.here, Browser(self), Browser(self), deeds))
        return {"apply": deeds.application, "giveGrant": lambda: OFFER}.get(name, lambda: None)()  # type: ignore[no-any-return]

    def prepare(self, case: schemathesis.Case) -> None:
        """The call made sound three times of four, and in the name of whoever it is for."""
        name = case.operation.definition.raw["operationId"]
        if sum(map(ord, str(case.headers))) % 4:
            _mend(case, self.sound(name))
        case.headers.update(bearer(token(_who(name, case.body), now=self.here.clock())))

    def close(self) -> None:
        self._room.cleanup()


class Departments(Houses):
    """The same for departments' own systems: two cases wait for them, and they sign what they send."""

    described = "/api/v1/exchange/openapi.json"

    def next(self) -> None:
        super().next()
        self.here = open_to(self.here)
        for _ in range(2):
            Deeds(self.here).handed_in()
        deliver(self.here.store, now=self.here.clock(), outward=Outward(others=self.here.house.outside))

    def prepare(self, case: schemathesis.Case) -> None:
        if isinstance(case.body, dict) and case.body.get("action") in ("accept", "pass_on"):
            case.body = {
                "action": case.body["action"],
                "version": case.body["version"],
                "operator": {**OPERATOR},
            }
            case.headers["Idempotency-Key"] = "a key of this result"
        elif sum(map(ord, str(case.headers))) % 4 and case.operation.definition.raw["operationId"] == "take":
            case.body, case.media_type = {}, "application/json"
        sign(case, self.here)


def machine(houses: Houses) -> Any:
    """The state machine of the description, signed in as whoever each call is for."""
    described = schemathesis.openapi.from_wsgi(houses.described, houses)

    class Walk(described.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            houses.next()

        def before_call(self, case: schemathesis.Case) -> None:
            houses.prepare(case)

        def after_call(self, response: Any, case: schemathesis.Case) -> None:
            houses.went[case.operation.definition.raw["operationId"], response.status_code] += 1

        def validate_response(self, response: Any, case: schemathesis.Case, **_: Any) -> None:
            case.validate_response(response, checks=CHECKS)

        def teardown(self) -> None:
            for record in every(houses.here.store, CASES):
                case = houses.here.house.desk.find(record.key, now=houses.here.clock())
                assert case and explains(case) and first_broken(case.events) is None
            super().teardown()

    return Walk


def _mend(case: schemathesis.Case, body: dict[str, Any] | None) -> None:
    """Makes a call a sound one: a body to begin with, or what its link said and what the step asks for besides."""
    known = case.body if isinstance(case.body, dict) else {}
    said: dict[str, Any] = {name: known[name] for name in ("action", "version", "code") if name in known}
    if body or "action" in said:
        case.body = body or said | MORE.get(str(said["action"]), {})
        case.media_type = "application/json"
        case.headers["Idempotency-Key"] = "a key of this request"


def _who(name: str, body: Any) -> str:
    """The person that a sound call of this kind would come from."""
    plain = "shen-lan" if name in DESK else "lin-he"
    return BY_ACTION.get(str(body.get("action")), plain) if isinstance(body, dict) else plain


def test_every_link_names_an_operation_and_gives_what_it_needs() -> None:
    described = schemathesis.openapi.from_dict(document(BASE))
    operations = {
        one["operationId"]: one for verbs in document(BASE)["paths"].values() for one in verbs.values()
    }
    described.validate()
    for (source, status), follows in LINKS.items():
        assert status in operations[source]["responses"]
        for name, target, parameters, _ in follows:
            needed = {
                one["name"] for one in operations[target].get("parameters", ()) if one["in"] in ("path", "query")
            }  # fmt: skip
            assert set(parameters) == needed, (source, name)


def _walk(houses: Houses, steps: int) -> None:
    machine(houses).run(
        settings=settings(
            max_examples=40, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )
    )  # fmt: skip


WALKS: dict[str, tuple[type[Houses], set[str]]] = {
    "people": (Houses, {"apply", "status", "reviewCase", "reviewAction", "applicantAction", "applyForPackage",
                        "packageStatus", "packageAction", "giveGrant", "grantAction"}),
    "departments": (Departments, {"take", "confirm", "cases", "case", "act"}),
}  # fmt: skip


@pytest.mark.parametrize("who", WALKS)
def test_a_walk_along_the_links_meets_no_broken_answer_and_leaves_every_history_whole(
    site: Path, who: str
) -> None:
    kind, expected = WALKS[who]
    houses = kind(site)
    for steps in (
        12,
        16,
        20,
        24,
    ):  # numbers and codes are new each time, so a walk may miss a call: then a longer one
        _walk(houses, steps)
        if not (missed := expected - {name for name, status in houses.went if status in (200, 201)}):
            break
    houses.close()
    assert missed == set()
    assert max(status for _, status in houses.went) < 500
