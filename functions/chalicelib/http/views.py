"""What pages show of a case: sentences for clocks, lights and the facts a person asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from schemas.calendar import Calendar

from ..domain import clocks
from ..domain.case import Case
from ..domain.clocks import Clock
from ..domain.history import is_confidential, owed, rating
from ..domain.lifecycle import FINAL, WAITS_FOR_APPLICANT, rule_for
from ..domain.lights import shown
from ..domain.policy import DEFAULT, Policy
from ..domain.timeline import time_spent
from ..domain.world import World
from ..listing import pressing
from . import words
from .linked import meeting
from .progress import timeline

PUBLIC_CLOCKS = ("intake", "correction", "owed", "promise", "legal", "hold", "delivery", "mend")
DESK_CLOCKS = (
    "intake",
    "step",
    "promise",
    "legal",
    "owed",
    "opinion",
    "hold",
    "correction",
    "delivery",
    "mend",
)


def item_name(case: Case, lang: str) -> str:
    """The item's name as it was when the case was handed in."""
    return case.item_name_en if lang == "en" else case.item_name


def clock_view(
    clock: Clock, today: date, *, calendar: Calendar, lang: str, policy: Policy = DEFAULT
) -> dict[str, Any]:
    """One clock: a sentence that explains its date, and a light."""
    light, n = shown(clock, today, calendar=calendar, policy=policy)
    return {
        "name": words.say("clocks", clock.name, lang),
        "sentence": sentence(clock, today, calendar=calendar, lang=lang),
        "due": words.day_text(clock.due, lang) if clock.running and not clock.paused else None,
        "tone": words.tone("lights", light),
        "tag": words.say("lights", light, lang, n=n),
    }


def sentence(clock: Clock, today: date, *, calendar: Calendar, lang: str) -> str:
    """Why the date is what it is: where it starts, how long it runs, what is left out."""
    start = words.say("clock_start", clock.name, lang, day=words.day_text(clock.day0, lang))
    limit = words.say("clock_limit", clock.limit.unit, lang, n=clock.limit.n)
    names = calendar.skipped(clock.day0, clock.due, lang=lang) if clock.limit.unit == "workday" else ()
    joint = "、" if lang == "zh" else ", "
    without = words.say("clock_text", "skipped", lang, names=joint.join(names)) if names else ""
    comma = "，" if lang == "zh" else ", "
    moved = _moved(clock, today, calendar=calendar, lang=lang)
    return (
        start
        + comma
        + limit
        + without
        + moved
        + _ending(clock, today, lang)
        + words.say("clock_text", "full_stop", lang)
    )


def _moved(clock: Clock, today: date, *, calendar: Calendar, lang: str) -> str:
    """What moved the date: an extension, and working days that do not count."""
    text = words.say("clock_text", "extended", lang, n=clock.extra) if clock.extra else ""
    paused = clocks.paused_days(clock, today, calendar=calendar).n
    return text + (words.say("clock_text", "left_out", lang, n=paused) if paused else "")


def _ending(clock: Clock, today: date, lang: str) -> str:
    if clock.paused:
        reason = words.say("pause_reasons", clock.pauses[-1].reason, lang)
        return words.say("clock_text", "paused", lang, reason=reason)
    due = words.day_text(clock.due, lang)
    stopped = words.day_text(clock.stopped, lang) if clock.stopped else ""
    late = clock.passed(today)
    code = ("late" if late else "stopped") if clock.stopped else ("overdue" if late else "running")
    text = words.say("clock_text", code, lang, due=due, stopped=stopped)
    if clock.provisional and clock.running:
        text += words.say("clock_text", "provisional", lang, year=clock.due.year)
    return text


def status_view(
    case: Case,
    world: World,
    *,
    lang: str,
    owner: bool,
    url: Callable[[str], str],
    may: Callable[[str], bool] = bool,
) -> dict[str, Any]:
    """The status page. Without a signed-in owner: state, step, department and dates only, no papers, no reasons.

    `may` says of an action whether this person could do it: an agent's grant may not reach as far.
    """
    now, today, calendar = world.now, world.today, world.calendar
    base = f"/me/{case.number}"
    rows = timeline(case, now, calendar=calendar, lang=lang, link=_paper(url, base) if owner else None)
    if not owner:
        rows = [row | {"note": ""} for row in rows]
    if is_confidential(world.item):
        rows = [row | {"who": "", "took": "", "end": None} for row in rows]
    spent = time_spent(case, now, calendar=calendar)
    meet = meeting(case, today, lang) if owner else None
    return {
        "number": case.number,
        "item_name": item_name(case, lang),
        "item_url": f"/guides/{case.item_id}/",
        "state_text": words.say("states", case.state, lang),
        "tone": words.tone("states", case.state),
        "headline": meet["headline"] if meet else words.say("headlines", case.state, lang),
        "lead": meet["lead"] if meet else words.lead(case.state, lang),
        "actions": [*_join(meet, lang), *_actions(case, world, lang=lang, url=url, may=may)] if owner else [],
        "clocks": [
            clock_view(case.clocks[name], today, calendar=calendar, lang=lang)
            for name in PUBLIC_CLOCKS
            if name in case.clocks
        ],
        "office_text": words.say("spent", "office", lang, n=spent["office"].n),
        "applicant_text": words.say("spent", "applicant", lang, n=spent["applicant"].n)
        if spent["applicant"].n
        else "",
        "timeline": rows,
        "documents": [paper for row in rows for paper in row["documents"] if "room" not in paper],
    }


def _join(meet: dict[str, str] | None, lang: str) -> list[dict[str, Any]]:
    label = words.say("linked", "enter_now", lang)
    known = meet is not None and meet["url"]
    return [{"url": known, "label": label, "primary": True, "danger": False}] if known else []


def _paper(url: Callable[[str], str], base: str) -> Callable[[int], str]:
    return lambda seq: url(f"{base}/papers/{seq}/")


def _actions(
    case: Case, world: World, *, lang: str, url: Callable[[str], str], may: Callable[[str], bool]
) -> list[dict[str, Any]]:
    """What the applicant can do now, the most wanted first."""
    base = f"/me/{case.number}"
    open_now = {
        "supplement": ("supplement", case.state == "correcting"),
        "fix": ("supplement", case.state == "submitted" and case.correction is not None),
        "add_owed": ("supplement", _may("add_owed", case) and bool(owed(case, world.item))),
        "rate": ("rate", _may("rate", case) and rating(case) is None),
        "withdraw": ("withdraw", _may("withdraw", case)),
    }
    return [
        {
            "url": url(f"{base}/{page}/"),
            "label": words.say("buttons", action, lang),
            "primary": action != "withdraw",
            "danger": action == "withdraw",
        }
        for action, (page, possible) in open_now.items()
        if possible and may(action)
    ]


def _may(action: str, case: Case) -> bool:
    return rule_for(case.state, action) is not None


def due_tag(case: Case, today: date, *, calendar: Calendar, policy: Policy) -> dict[str, Any]:
    """The light of the clock that presses, for lists: due text, tone, tag, over."""
    return due_tag_of(pressing(case), case.state, today, calendar=calendar, policy=policy)


def due_tag_of(
    clock: Clock | None, state: str, today: date, *, calendar: Calendar, policy: Policy, lang: str = "zh"
) -> dict[str, Any]:
    """As `due_tag`, from a clock already at hand."""
    if clock is None or state in FINAL:
        return {"due_text": "", "tone": "mute", "tag": words.say("lights", "done", lang), "over": False}
    light, n = shown(clock, today, calendar=calendar, policy=policy)
    late = light == "red" and state not in WAITS_FOR_APPLICANT
    return {
        "due_text": words.day_text(clock.due, lang),
        "tone": words.tone("lights", light),
        "tag": words.say("lights", light, lang, n=n),
        "over": late,
        "soon": light == "today",
    }
