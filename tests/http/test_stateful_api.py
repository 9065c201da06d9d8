"""Anybody does anything to any case by program, in any order: no answer is a broken one, and history stays whole."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chalicelib.domain.case import first_broken
from chalicelib.domain.lifecycle import ACTIONS
from chalicelib.domain.timeline import explains
from chalicelib.http.action_forms import schemas_of_actions
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.http.deeds import ANSWERS, ITEM, png
from tests.http.front_door import Answer, bearer
from tests.http.stand_in import NAMES, Town, token, town

PEOPLE = st.sampled_from([*sorted(set(NAMES) - {"no-card"}), ""])
EXPLAINED = {200, 201, 400, 401, 403, 404, 409, 413, 415, 422, 429}
TEXTS = st.one_of(
    st.sampled_from(["", "请补", "<script>", "\u202e", "a\r\nb", "字" * 2000, "\ud800", "0"]),
    st.text(max_size=30),
)
VALUES = st.one_of(
    TEXTS, st.integers(-3, 400), st.booleans(), st.none(), st.lists(st.sampled_from(["address", "picture", "x", "mzj"]), max_size=3),
    st.sampled_from(["grant", "hold", "special", "terminate", "window", "electronic", "yes", "no", "5", "1"]),
)  # fmt: skip
FIELDS = sorted({name for facts in schemas_of_actions().values() for name in facts["schema"]["properties"]})
ANSWER = st.sampled_from(sorted(ANSWERS))


def sent(value: Any) -> bytes:
    return json.dumps(value).encode()


def machine(site: Path) -> type[RuleBasedStateMachine]:
    class Anybody(RuleBasedStateMachine):
        cases = Bundle("cases")

        def __init__(self) -> None:
            super().__init__()
            self.room = TemporaryDirectory()
            self.here: Town = town(site, Path(self.room.name))
            self.numbers: list[str] = []

        def teardown(self) -> None:
            self.room.cleanup()

        def call(self, method: str, path: str, who: str, body: Any = None) -> Answer:
            answer = self.here.program.send(
                method, path, body=b"" if body is None else sent(body), kind="" if body is None else "application/json",
                headers=bearer(token(who, now=self.here.clock.now) if who else ""),
            )  # fmt: skip
            assert answer.status in EXPLAINED, (method, path, who, body, answer.status, answer.text)
            return answer

        @rule(target=cases, who=st.sampled_from(["lin-he", "zhou-man"]))
        def somebody_applies(self, who: str) -> str:
            headers = bearer(token(who, now=self.here.clock.now))
            file = self.here.program.send(
                "POST", "/api/v1/files?name=a.png", body=png(), kind="image/png", headers=headers
            )
            body = {"item": ITEM, "form": ANSWERS, "materials": {"picture": [file.json]}}
            headers["Idempotency-Key"] = f"an-application-{len(self.numbers):04}"
            made = self.here.program.send(
                "POST", "/api/v1/applications", body=sent(body), kind="application/json", headers=headers
            )
            assert made.status == 201, made.text
            number = str(made.json["number"])
            self.numbers.append(number)
            return number

        @rule(who=PEOPLE, change=st.dictionaries(ANSWER, VALUES, max_size=2))
        def somebody_applies_with_anything(self, who: str, change: dict[str, Any]) -> None:
            body = {"item": ITEM, "form": {**ANSWERS, **change}, "materials": {}}
            self.call("POST", "/api/v1/applications", who, body)

        @rule(number=cases, who=PEOPLE, action=st.sampled_from(ACTIONS), off=st.sampled_from([0, 0, 0, 0, 1, -1]),
              data=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4))  # fmt: skip
        def the_desk_does(self, number: str, who: str, action: str, off: int, data: dict[str, Any]) -> None:
            body = {"action": action, "version": max(self.version(number) + off, 0), **data}
            self.call("POST", f"/api/v1/review/cases/{number}/actions", who, body)

        @rule(
            number=cases,
            action=st.sampled_from(["accept", "correct", "grant", "deny", "prepare", "deliver", "refuse"]),
        )
        def the_desk_goes_on(self, number: str, action: str) -> None:
            """Sound steps too, so that cases get somewhere."""
            by = "jiang-ying" if action in ("grant", "deny") else "shen-lan"
            steps: dict[str, dict[str, Any]] = {
                "correct": {"fields": ["address"], "materials": [], "reason": "写到门牌号"}, "deny": {"reason": "不符合"},
                "deliver": {"method": "window", "proof": "签收"}, "refuse": {"reason": "不属于", "right_body": "区民政局"},
            }  # fmt: skip
            body = {"action": action, "version": self.version(number), **steps.get(action, {})}
            self.call("POST", f"/api/v1/review/cases/{number}/actions", by, body)

        @rule(number=cases, who=PEOPLE, action=st.sampled_from(["supplement", "fix", "withdraw", "rate", "add_owed"]),
              form=st.dictionaries(ANSWER, VALUES, max_size=2), score=VALUES)  # fmt: skip
        def the_applicant_does(
            self, number: str, who: str, action: str, form: dict[str, Any], score: Any
        ) -> None:
            more = {"score": score} if action == "rate" else {"form": form, "materials": {}}
            body = {
                "action": action,
                "version": self.version(number),
                **(more if action != "withdraw" else {}),
            }
            self.call("POST", f"/api/v1/applications/{number}/actions", who, body)

        @rule(number=cases, who=PEOPLE)
        def somebody_looks(self, number: str, who: str) -> None:
            self.call("GET", f"/api/v1/review/cases/{number}", who)
            self.call("POST", f"/api/v1/review/cases/{number}/reveal", who)
            self.call("GET", "/api/v1/review/cases?state=closed", who)

        @rule(number=cases, code=TEXTS.filter(str.isascii))
        def a_stranger_asks(self, number: str, code: str) -> None:
            self.call("GET", f"/api/v1/applications/{number}?code={''.join(filter(str.isalnum, code))}", "")

        @rule(days=st.integers(1, 12))
        def time_goes_by(self, days: int) -> None:
            self.here.clock.move(days=days)

        @invariant()
        def every_history_is_whole(self) -> None:
            for number in self.numbers:
                case = self.here.house.desk.find(number, now=self.here.clock.now)
                assert case and explains(case) and first_broken(case.events) is None

        def version(self, number: str) -> int:
            case = self.here.house.desk.find(number, now=self.here.clock.now)
            assert case
            return case.version

    return Anybody


def test_whatever_anybody_does_no_answer_is_a_broken_one(site: Path) -> None:
    run_state_machine_as_test(
        machine(site),
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
