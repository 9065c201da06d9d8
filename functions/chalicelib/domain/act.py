"""Deciding an action: find the row, ask who and whether, then write history, clocks and state in one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from schemas.calendar import Calendar, day_of
from schemas.items import Item

from .case import SYSTEM_ACTOR, Actor, Case, Correction, Event, content_digest
from .clocks import Clock, limit_of, start
from .guards import GUARDS, Move, changes
from .lifecycle import ACTIONS, APPLICANT, RULES, Rule, rule_for
from .refusal import Refusal


@dataclass(frozen=True, slots=True)
class World:
    """What a decision may look at besides the case: the pinned item, the calendar and the instant."""

    item: Item
    calendar: Calendar
    now: datetime

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return day_of(self.now)


def act(case: Case, move: Move, world: World) -> Case | Refusal:
    """The case one version later, or why not.

    Refusals: unknown_action, not_yours (another department's or person's case), not_allowed (role),
    not_in_state, and those of the row's guards.
    """
    no = _who(case, move) or _whether(case, move, world)
    if no:
        return no
    done = _apply(case, move, world)
    return replace(done, version=case.version + 1)


def settle(case: Case, world: World) -> Case:
    """The case after whatever the law has already done to it: acceptance by silence, a lapsed correction.

    Returns the very same object when nothing was due.
    """
    for action in ("deem_accepted", "lapse"):
        outcome = act(case, Move(action, SYSTEM_ACTOR), world)
        if isinstance(outcome, Case):
            return outcome
    return case


def submitted(case: Case, actor: Actor, world: World) -> Case:
    """The first version of a case: received now by the server (电子签名法 11)."""
    blank = replace(case, state="", version=1, events=(), clocks={})
    receipt = {"receipt": content_digest(case.form, case.materials)}
    return _apply(blank, Move("submit", actor, receipt), world)


def _who(case: Case, move: Move) -> Refusal | None:
    if move.action not in ACTIONS:
        return Refusal("unknown_action")
    mine = (
        case.applicant == move.actor.sub if APPLICANT in move.actor.roles else move.actor.works_on(case.dept)
    )
    if not mine:
        return Refusal("not_yours")
    return None if _may_ever(move) else Refusal("not_allowed")


def _may_ever(move: Move) -> bool:
    return any(rule.action == move.action and move.actor.roles.intersection(rule.by) for rule in RULES)


def _whether(case: Case, move: Move, world: World) -> Refusal | None:
    rule = rule_for(case.state, move.action)
    if rule is None:
        return Refusal("not_in_state", {"state": case.state})
    if not move.actor.roles.intersection(rule.by):
        return Refusal("not_allowed")
    verdicts = (GUARDS[name](case, move, world.today) for name in rule.guards)
    return next((no for no in verdicts if no), None)


def _apply(case: Case, move: Move, world: World) -> Case:
    rule = rule_for(case.state, move.action)
    assert rule is not None
    clocks = _clocks(case.clocks, rule, world)
    told = {**_recorded(case, move), **_dues(clocks, rule)}
    changed = replace(_content(case, move), clocks=clocks).with_event(
        _event(case, rule, move, world.now, told)
    )
    return _apply(changed, Move(rule.then, SYSTEM_ACTOR), world) if rule.then else changed


def _event(case: Case, rule: Rule, move: Move, at: datetime, told: Mapping[str, Any]) -> Event:
    actor = move.actor
    role = next(role for role in rule.by if role in actor.roles)
    return Event(
        seq=0, at=at, action=rule.action, source=case.state, target=rule.target, role=role, actor=actor.sub,
        actor_name=actor.name, post=actor.post, note=str(move.data.get("note", "")), data=told, previous="",
    )  # fmt: skip


def _clocks(clocks: Mapping[str, Clock], rule: Rule, world: World) -> dict[str, Clock]:
    kept = {
        name: replace(clock, stopped=world.today) if name in rule.stops and clock.running else clock
        for name, clock in clocks.items()
    }
    day0 = clocks[rule.backdated_to].day0 if rule.backdated_to else world.today
    fresh = (
        start(name, day0, limit=limit_of(name, world.item), calendar=world.calendar) for name in rule.starts
    )
    return kept | {clock.name: clock for clock in fresh}


def _content(case: Case, move: Move) -> Case:
    if move.action == "correct":
        return replace(case, correction=_correction(move.data))
    if move.supply:
        return replace(case, form=move.supply.form, materials=move.supply.materials, correction=None)
    return case


def _correction(data: Mapping[str, Any]) -> Correction:
    return Correction(
        reason=str(data.get("reason", "")),
        fields=tuple(data.get("fields", ())),
        materials=tuple(data.get("materials", ())),
        notes=dict(data.get("notes", {})),
    )


def _recorded(case: Case, move: Move) -> dict[str, Any]:
    """What history keeps of the request; of a supplement, what was changed and how it read before."""
    kept = {key: value for key, value in move.data.items() if key != "note"}
    if move.supply:
        names = changes(case, move.supply)
        kept |= {"changed": names, "before": {name: case.form[name] for name in names if name in case.form}}
    return kept


def _dues(clocks: Mapping[str, Clock], rule: Rule) -> dict[str, Any]:
    """The due dates this step set, so that history explains them for ever."""
    dues = {name: clocks[name].due.isoformat() for name in rule.starts}
    return {"due": dues} if dues else {}
