"""Any sequence of actions by anybody: the table holds, history explains state, nothing follows an end."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.act import World, act, settle
from chalicelib.domain.case import Case, first_broken
from chalicelib.domain.guards import Move
from chalicelib.domain.lifecycle import ACTIONS, FINAL, RULES
from chalicelib.domain.timeline import explains
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.domain.world import CALENDAR, EVERYBODY, OTHER_PHOTO, PHOTO, at, handed_in, item, supply

DATA = st.fixed_dictionaries(
    {},
    optional={
        "reason": st.sampled_from(["", "缺少签名"]),
        "right_body": st.sampled_from(["", "区民政局"]),
        "proof": st.sampled_from(["", "林禾签收"]),
        "fields": st.lists(st.sampled_from(["name", "place"]), unique=True),
        "materials": st.lists(st.just("photo"), unique=True, max_size=1),
        "override_reason": st.sampled_from(["", "确有必要"]),
        "note": st.text(max_size=20),
        "inspector_a": st.just("沈岚"),
        "inspector_b": st.sampled_from(["沈岚", "陆知远"]),
        "departments": st.just(["gafj"]),
        "dept": st.just("gafj"),
        "opinion": st.sampled_from(["no_objection", "objection", "请市级审查"]),
        "proposed": st.sampled_from(["special", "hold", "terminate"]),
        "kind": st.sampled_from(["检测", "实地核查"]),
        "basis": st.just("行政许可法第四十五条"),
        "result": st.sampled_from(["", "检测合格"]),
        "max_days": st.integers(1, 20),
        "days": st.integers(0, 20),
        "score": st.sampled_from(["0", "2", "5"]),
        "kept": st.sampled_from(["yes", "no"]),
    },
)
SUPPLIES = st.one_of(
    st.none(),
    st.builds(supply, name=st.sampled_from(["林禾", "林小禾"]), place=st.sampled_from(["听潮路", "听潮路 12 号"]),
              photo=st.sampled_from([PHOTO, OTHER_PHOTO])),
)  # fmt: skip


class AnyCase(RuleBasedStateMachine):
    """One case, many hands, a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        special = [{"type": "检测", "basis": "x", "max_days": 30}]
        self.item = item(special=special, joint_depts=["gafj"], commitment=True)
        self.case = handed_in("2026-09-18", of=self.item)
        self.now = at("2026-09-18", 12)

    @property
    def world(self) -> World:
        return World(self.item, CALENDAR, self.now)

    @rule(hours=st.integers(0, 24 * 6))
    def time_passes(self, hours: int) -> None:
        self.now = min(self.now + timedelta(hours=hours), at("2026-12-20"))
        self._step(settle(self.case, self.world))

    @rule(action=st.sampled_from(ACTIONS), actor=st.sampled_from(EVERYBODY), data=DATA, given=SUPPLIES)
    def somebody_acts(self, action, actor, data, given) -> None:
        move = Move(action, actor, data, given if action in ("supplement", "fix", "add_owed") else None)
        outcome = act(self.case, move, self.world)
        if not isinstance(outcome, Case):
            return
        row = next(r for r in RULES if r.action == action and self.case.state in r.source)
        assert actor.roles & set(row.by)
        theirs = actor.sub == self.case.applicant or actor.works_on(self.case.dept)
        assert theirs or (action == "give_opinion" and actor.depts & {"gafj"})
        self._step(outcome)

    def _step(self, after: Case) -> None:
        before = self.case
        if after is before:
            return
        fresh = after.events[len(before.events) :]
        assert before.state not in FINAL or {e.action for e in fresh} <= {
            "rate",
            "mend_rating",
            "check_after",
            "revoke",
            "hear",
        }
        assert after.events[: len(before.events)] == before.events
        assert fresh and before.version < after.version <= before.version + len(fresh)
        self.case = after

    @invariant()
    def history_explains_the_state(self) -> None:
        assert explains(self.case)
        assert first_broken(self.case.events) is None

    @invariant()
    def clocks_run_only_while_somebody_owes_something(self) -> None:
        running = {clock.name for clock in self.case.clocks.values() if clock.running}
        owed = {
            "submitted": {"intake"},
            "correcting": {"correction"},
            "reviewing": {"legal", "promise", "step"},
            "special": {"legal", "promise", "step"},
            "on_hold": {"legal", "promise", "step", "hold"},
            "granted": {"delivery"},
            "delivering": {"delivery"},
        }.get(self.case.state, set())
        sometimes = {"opinion"} if owed & {"legal"} else {"mend"} if self.case.state == "closed" else set()
        assert owed <= running <= owed | sometimes

    @invariant()
    def the_legal_clock_stands_still_only_in_a_special_procedure(self) -> None:
        legal = self.case.clocks.get("legal")
        assert legal is None or legal.paused == (self.case.state == "special")


AnyCase.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestAnyCase = AnyCase.TestCase
