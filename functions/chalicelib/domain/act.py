"""Deciding an action: find the row, ask who and whether, then write history, clocks and state in one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from schemas.items import Limit

from . import clocks
from .case import SYSTEM_ACTOR, Actor, Case, Correction, Event, File, content_digest
from .clocks import Clock
from .grant import told as told_of
from .guards import GUARDS, Move, changes
from .history import faster, owed, process_of, proposal, unanswered
from .lifecycle import ACTIONS, APPLICANT, BY_LAW, DRAFT, PROPOSED, RULES, SYSTEM, Rule, rule_for
from .limits import begun
from .refusal import Refusal
from .world import World

__all__ = ["World", "act", "may", "settle", "submitted"]


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


def may(case: Case, move: Move, world: World) -> bool:
    """Whether the move would be done: for the buttons of a page."""
    return not (_who(case, move) or _whether(case, move, world))


def settle(case: Case, world: World) -> Case:
    """The case after whatever happens by itself: silence, limits that passed, a calendar that changed.

    Returns the very same object when nothing was due; otherwise one version later for each thing that was.
    """
    for _ in range(len(BY_LAW)):
        after = _next_by_itself(case, world)
        if after is None:
            return case
        case = after
    return case


def submitted(case: Case, actor: Actor, world: World) -> Case:
    """The first version of a case: received now by the server (电子签名法 11), with what follows of itself."""
    blank = replace(case, state=DRAFT, version=1, events=(), clocks={})
    received = _apply(blank, Move("submit", actor, _receipt(case.form, case.materials)), world)
    return replace(settle(received, world), version=1)


def _next_by_itself(case: Case, world: World) -> Case | None:
    outcomes = (
        act(case, Move(action, SYSTEM_ACTOR), world) for action in BY_LAW if rule_for(case.state, action)
    )
    return next((outcome for outcome in outcomes if isinstance(outcome, Case)), None)


def _who(case: Case, move: Move) -> Refusal | None:
    if move.action not in ACTIONS:
        return Refusal("unknown_action")
    if not case.concerns(move.actor):
        return Refusal("not_yours")
    allowed = any(move.action == rule.action and move.actor.roles.intersection(rule.by) for rule in RULES)
    if not allowed:
        return Refusal("not_allowed")
    guest = APPLICANT not in move.actor.roles and not case.belongs_to(move.actor)
    return Refusal("not_yours") if guest and move.action != "give_opinion" else None


def _whether(case: Case, move: Move, world: World) -> Refusal | None:
    rule = rule_for(case.state, move.action)
    if rule is None:
        return Refusal("not_in_state", {"state": case.state})
    if not move.actor.roles.intersection(rule.by):
        return Refusal("not_allowed")
    verdicts = (GUARDS[name](case, move, world) for name in rule.guards)
    return next((no for no in verdicts if no), None)


def _apply(case: Case, move: Move, world: World) -> Case:
    rule = rule_for(case.state, move.action)
    assert rule is not None
    changed = _content(case, move)
    running = _clocks(changed, rule, move, world)
    told = {**_recorded(case, move), **_dues(case.clocks, running)}
    done = replace(changed, clocks=running).with_event(_event(case, rule, move, world, told))
    for action in rule.then:
        done = _apply(done, Move(action, _doer(action, move.actor)), world)
    return done


def _doer(action: str, actor: Actor) -> Actor:
    """Follow-ups that only the system does are the system's; the rest are the same person's."""
    by = {role for rule in RULES if rule.action == action for role in rule.by}
    return SYSTEM_ACTOR if by == {SYSTEM} else actor


def _event(case: Case, rule: Rule, move: Move, world: World, told: Mapping[str, Any]) -> Event:
    actor = move.actor
    role = next(role for role in rule.by if role in actor.roles)
    return Event(
        seq=0, at=world.now, action=rule.action, source=case.state, target=rule.leads_to(case.state), role=role,
        actor=actor.sub, actor_name=actor.name, post=actor.post, note=str(move.data.get("note", "")), data=told,
        previous="",
    )  # fmt: skip


def _clocks(case: Case, rule: Rule, move: Move, world: World) -> dict[str, Clock]:
    """The clocks after a row: stopped, paused, resumed, extended, begun."""
    running = {name: _touched(clock, rule, world) for name, clock in case.clocks.items()}
    day0 = case.clocks[rule.backdated_to].day0 if rule.backdated_to else world.today
    fresh = (begun(name, case, move, world, day0=day0) for name in rule.starts)
    running |= {clock.name: clock for clock in fresh if clock}
    return _by_action(running, case, move, world)


def _touched(clock: Clock, rule: Rule, world: World) -> Clock:
    if not clock.running:
        return clock
    if clock.name in rule.stops:
        return replace(_resumed(clock, world), stopped=world.today)
    if clock.name in rule.pauses:
        return clocks.pause(clock, world.today, reason=rule.action)
    return _resumed(clock, world) if clock.name in rule.resumes else clock


def _resumed(clock: Clock, world: World) -> Clock:
    return clocks.resume(clock, world.today, calendar=world.calendar) if clock.paused else clock


def _by_action(running: dict[str, Clock], case: Case, move: Move, world: World) -> dict[str, Clock]:
    """What single actions do to clocks beyond starting and stopping them."""
    if move.action == "extend":
        return _each(
            running, ("legal",), lambda c: clocks.extend(c, int(move.data["days"]), calendar=world.calendar)
        )
    if move.action == "recalendar":
        return _each(running, running, lambda c: c if c.paused else clocks.due_again(c, world.calendar))
    if move.action == "fast_track" and "promise" in running:
        return _each(running, ("promise",), lambda c: _faster(c, world))
    if move.action == "site_check" and process_of(world.item, "site_check_pauses_promise", False):
        return _each(running, ("promise",), lambda c: _checked_on_site(c, move, world))
    if move.action in ("accept", "deem_accepted", "add_owed"):
        return _tolerated(running, case, world)
    return _answered(running, case, move, world)


def _each(running: dict[str, Clock], names: Iterable[str], change: Any) -> dict[str, Clock]:
    return running | {
        name: change(running[name]) for name in tuple(names) if name in running and running[name].running
    }


def _faster(clock: Clock, world: World) -> Clock:
    """The promise, multiplied; its day 0 and its pauses stay."""
    promise = world.item.promise_limit
    if promise.unit == "immediate":
        return clock
    shorter = Limit(faster(promise.n, world.policy.green_factor), promise.unit)
    return clocks.due_again(replace(clock, limit=shorter), world.calendar)


def _checked_on_site(clock: Clock, move: Move, world: World) -> Clock:
    """The promise, and never the legal limit, leaves out the working days of a site check where the guide says so."""
    return clocks.extend(clock, int(move.data.get("days", 0)), calendar=world.calendar)


def _tolerated(running: dict[str, Clock], case: Case, world: World) -> dict[str, Clock]:
    """Late materials: their own clock ends when they are all there; the legal one waits only by policy."""
    late = owed(case, world.item)
    if late:
        wait = world.policy.tolerance_pauses_legal
        return (
            _each(running, ("legal",), lambda c: clocks.pause(c, world.today, reason="owed"))
            if wait
            else running
        )
    done = _each(running, ("owed",), lambda c: replace(c, stopped=world.today))
    return _each(done, ("legal",), lambda c: _resumed(c, world) if _waits_for_owed(c) else c)


def _waits_for_owed(clock: Clock) -> bool:
    return clock.paused and clock.pauses[-1].reason == "owed"


def _answered(running: dict[str, Clock], case: Case, move: Move, world: World) -> dict[str, Clock]:
    """The last opinion in stops the clock of the opinions."""
    if move.action != "give_opinion" or unanswered(case) != (move.data["dept"],):
        return running
    return _each(running, ("opinion",), lambda c: replace(c, stopped=world.today))


def _content(case: Case, move: Move) -> Case:
    if move.action in ("correct", "invite_fix"):
        return replace(case, correction=_correction(move.data))
    if move.supply:
        listed = None if move.action in ("supplement", "fix") else case.correction
        return replace(case, form=move.supply.form, materials=move.supply.materials, correction=listed)
    return (
        replace(case, correction=None) if move.action in ("accept", "decide_now", "deem_accepted") else case
    )


def _correction(data: Mapping[str, Any]) -> Correction:
    return Correction(
        reason=str(data.get("reason", "")),
        fields=tuple(data.get("fields", ())),
        materials=tuple(data.get("materials", ())),
        notes=dict(data.get("notes", {})),
    )


def _recorded(case: Case, move: Move) -> dict[str, Any]:
    """What history keeps of the request: of a supplement what changed and how it read before, of an approval
    what was proposed and by whom."""
    kept = {key: value for key, value in move.data.items() if key != "note"} | told_of(move.actor)
    if move.supply:
        names = changes(case, move.supply)
        brought = {name: move.supply.materials[name] for name in names if name in move.supply.materials}
        kept |= _receipt(move.supply.form, move.supply.materials) | {"files": _files(brought)}
        kept |= {"changed": names, "before": {name: case.form[name] for name in names if name in case.form}}
    waiting = proposal(case) if move.action in PROPOSED else None
    if waiting:
        asked = {key: value for key, value in waiting.data.items() if key != "proposed"}
        kept = {**asked, **kept, "proposed_by": waiting.actor_name}
    return kept


def _receipt(form: Mapping[str, Any], materials: Mapping[str, tuple[File, ...]]) -> dict[str, Any]:
    """What a receipt (收件凭证) says was handed in: the files, and the digest of everything."""
    return {"receipt": content_digest(form, materials), "files": _files(materials)}


def _files(materials: Mapping[str, tuple[File, ...]]) -> dict[str, list[list[Any]]]:
    return {
        name: [[file.name, file.size, file.kind, file.sha256] for file in kept]
        for name, kept in materials.items()
    }


def _dues(before: Mapping[str, Clock], after: Mapping[str, Clock]) -> dict[str, Any]:
    """The due dates this step set or moved, so that history explains them for ever."""
    dues = {
        name: clock.due.isoformat()
        for name, clock in after.items()
        if clock.running and (name not in before or before[name].due != clock.due or not before[name].running)
    }
    return {"due": dues} if dues else {}
