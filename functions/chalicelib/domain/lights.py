"""Lights (电子监察): green, yellow 预警, red 纠错 and breach, from the events of a case and the calendar alone.

Green: less than 90% of the limit used and more than one working day left. Yellow: the rest of the limit.
Red: the promise has passed. Breach: what the law or a step's limit forbids. While a procedure stands still the light
is frozen. A due date that hangs on a provisional calendar never turns red by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor

from schemas.calendar import Calendar, day_of
from schemas.items import Item

from .case import Case, Event
from .clocks import Clock, left
from .history import opinions
from .lifecycle import FINAL, WAITS_FOR_APPLICANT
from .policy import DEFAULT, Policy
from .spans import Span, of_clock, spans
from .world import World

GREEN, YELLOW, RED, BREACH = "green", "yellow", "red", "breach"
FROZEN, WAITING, DONE = "frozen", "waiting", "done"
LIGHTS = (BREACH, RED, YELLOW, GREEN, FROZEN, WAITING)  # of open cases, the most serious first
_OF_THE_APPLICANT = ("correction", "owed")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of supervision: what it looks at, the colour of its card, and where it comes from.

    `clock` with `over` off speaks when the limit is near, with `over` on when it has passed. Rules without a clock
    look at events, or, `by_hand`, are what a supervisor may write down.
    """

    id: str
    light: str
    cn: str
    source: str
    clock: str = ""
    over: bool = False
    by_hand: bool = False


RULES: tuple[Rule, ...] = (
    Rule("intake_near", YELLOW, "受理期限将到", "行政许可法 32", "intake"),
    Rule("step_near", YELLOW, "环节时限将到", "各环节办理时限", "step"),
    Rule("promise_near", YELLOW, "承诺时限将到", "电子监察规则：时限用去九成或者只剩一个工作日", "promise"),
    Rule("promise_over", RED, "超过承诺时限", "电子监察规则", "promise", over=True),
    Rule("mend_over", RED, "差评没有按期整改", "国办发〔2019〕51号", "mend", over=True),
    Rule("intake_over", BREACH, "五个工作日内没有作出受理决定", "行政许可法 32", "intake", over=True),
    Rule("step_over", BREACH, "环节超时", "各环节办理时限", "step", over=True),
    Rule("legal_over", BREACH, "超过法定期限", "行政许可法 42", "legal", over=True),
    Rule("delivery_over", BREACH, "超过送达期限", "行政许可法 44", "delivery", over=True),
    Rule("opinion_silent", YELLOW, "没有按期回复意见，视为无异议", "部门间约定"),
    Rule("second_correction", BREACH, "第二次要求补正", "行政许可法 32"),
    Rule("no_reason", BREACH, "不予受理或者不予许可没有说明理由", "行政许可法 38"),
    Rule("no_acceptance", BREACH, "没有受理就作出决定", "有权必进"),
    Rule("fee_outside_list", BREACH, "收取清单以外的费用", "行政许可法 58", by_hand=True),
    Rule("urged", RED, "督办", "监督人员督办", by_hand=True),
)
BY_ID = {rule.id: rule for rule in RULES}
_NEAR = {rule.clock: rule for rule in RULES if rule.clock and not rule.over}
_OVER = {rule.clock: rule for rule in RULES if rule.clock and rule.over}
CLOCKS = tuple(dict.fromkeys(rule.clock for rule in RULES if rule.clock))
_REFUSING = ("refuse", "not_required", "deny")
_ACCEPTING = ("accept", "decide_now", "deem_accepted", "take_filing")


@dataclass(frozen=True, slots=True)
class Card:
    """One card (预警、纠错): the rule, the event it hangs on, the day on which it became true, and whose post it is.

    `dept` names the department where it is not the one that handles the case.
    """

    rule: Rule
    seq: int
    day: date
    post: str
    dept: str = ""


@dataclass(frozen=True, slots=True)
class Lights:
    """What is lit today: for the whole case, for the step it stands at, and the next day on which that changes."""

    case: str
    step: str
    next_change: date | None


def lights_of(case: Case, world: World) -> Lights:
    """The lights of a case on the world's day."""
    today, step = world.today, case.clocks.get("step")
    lit = {
        name: light(clock, today, calendar=world.calendar, policy=world.policy)
        for name, clock in case.clocks.items()
        if clock.running
    }
    beside = light(step, today, calendar=world.calendar, policy=world.policy) if step else DONE
    return Lights(_of_case(case, lit), beside, next_change(case, world))


def _of_case(case: Case, lit: dict[str, str]) -> str:
    """The worst of intake, promise, law and delivery; the step has a light of its own."""
    if case.state in FINAL:
        return DONE
    if case.state in WAITS_FOR_APPLICANT:
        return WAITING
    own = [lit[name] for name in ("intake", "promise", "legal", "delivery") if name in lit]
    if BREACH in own or lit.get("promise") != FROZEN:
        return min(own, key=LIGHTS.index, default=GREEN)
    return FROZEN


def light(clock: Clock, today: date, *, calendar: Calendar, policy: Policy = DEFAULT) -> str:
    """The light of one clock."""
    if not clock.running:
        return DONE
    if clock.paused:
        return FROZEN
    if clock.name in _OF_THE_APPLICANT:
        return WAITING
    if today > clock.due and not clock.provisional:
        return _OVER[clock.name].light if clock.name in _OVER else RED
    near = near_from(of_clock(clock), calendar=calendar, policy=policy)
    return YELLOW if near <= today else GREEN


def shown(clock: Clock, today: date, *, calendar: Calendar, policy: Policy = DEFAULT) -> tuple[str, int]:
    """(light, working days it speaks of), as pages colour one clock; red once over, whoever is to blame."""
    if not clock.running:
        return "done", 0
    if clock.paused:
        return "paused", 0
    days = left(clock, today, calendar=calendar)
    if clock.name in _OF_THE_APPLICANT:
        return "waiting", max(days, 0)
    if days < 0:
        return "red", -days
    return ("today", 0) if days == 0 else (light(clock, today, calendar=calendar, policy=policy), days)


def near_from(span: Span, *, calendar: Calendar, policy: Policy = DEFAULT) -> date:
    """The first day on which a limit is near: so much of it is used, or so few working days are left."""
    whole = span.working_days(calendar)
    few = max(policy.yellow_days, floor(whole * (1 - policy.yellow_share) + 1e-9))
    day, left = span.due, 0
    while day > span.day0 and left + calendar.is_working(day) <= few:
        left += calendar.is_working(day)
        day -= timedelta(days=1)
    return day


def next_change(case: Case, world: World) -> date | None:
    """The first day after today on which a light of this case changes if nothing else happens."""
    days = [
        day
        for name in CLOCKS
        if (clock := case.clocks.get(name)) and clock.running and not clock.paused
        for day in (
            near_from(of_clock(clock), calendar=world.calendar, policy=world.policy),
            clock.due + timedelta(days=1),
        )
    ]
    return min((day for day in days if day > world.today), default=None)


def cards(case: Case, world: World) -> tuple[Card, ...]:
    """Every card that the history of this case has earned by today, in the order of its days."""
    found = [*_of_clocks(case, world), *_of_events(case, world.item)]
    return tuple(sorted(found, key=lambda card: (card.day, card.seq, card.rule.id)))


def _of_clocks(case: Case, world: World) -> Iterator[Card]:
    for span in spans(case):
        for rule, day in _days(span, world):
            if not span.frozen and day <= (span.ended or world.today):
                yield Card(rule, span.seq, day, post_on(case, world.item, day))


def _days(span: Span, world: World) -> Iterator[tuple[Rule, date]]:
    """When a run of a clock earns its cards. Nobody is warned on the very day on which the limit began."""
    if span.clock in _NEAR:
        near = near_from(span, calendar=world.calendar, policy=world.policy)
        day = max(near, span.day0 + timedelta(days=1))
        if day <= span.due:
            yield _NEAR[span.clock], day
    if span.clock in _OVER and not span.provisional:
        yield _OVER[span.clock], span.due + timedelta(days=1)


def _of_events(case: Case, item: Item) -> Iterator[Card]:
    seen: list[str] = []
    for event in case.events:
        for rule in _broken(event, seen):
            day = day_of(event.at)
            yield Card(BY_ID[rule], event.seq, day, event.post or post_on(case, item, day))
        if event.action == "opinion_timeout":
            silent = [one.dept for one in opinions(case) if one.answer == "no_objection_by_timeout"]
            for dept in silent:
                yield Card(BY_ID["opinion_silent"], event.seq, day_of(event.at), "", dept)
        seen.append(event.action)


def _broken(event: Event, before: list[str]) -> Iterator[str]:
    if event.action == "correct" and "correct" in before:
        yield "second_correction"
    if event.action in _REFUSING and not str(event.data.get("reason", "")).strip():
        yield "no_reason"
    if event.action in ("grant", "deny", "file") and not set(before).intersection(_ACCEPTING):
        yield "no_acceptance"


def post_on(case: Case, item: Item, day: date) -> str:
    """The post at which the case stood on a day."""
    so_far = [event for event in case.events if day_of(event.at) <= day]
    moves = {"assign": 1, "pass_on": 1, "send_back": -1}
    at = sum(moves.get(event.action, 0) for event in so_far)
    return item.steps[min(max(at, 0), len(item.steps) - 1)].post if item.steps else ""
