"""The history of a case as pages show it: each step, who took it, how long, its papers, and what is still to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from schemas.calendar import Calendar
from schemas.forms import mask

from ..domain.case import Case, Event
from ..domain.history import meeting_of
from ..domain.lifecycle import INTERNAL, LINK, RULES
from ..domain.links import LINKS
from ..domain.timeline import Stage, stages
from . import words
from .linked import lines

HIDDEN = INTERNAL - {"assign", "pass_on", "send_back", "hear"}
DOCUMENTS = {rule.action: rule.document for rule in RULES if rule.document}


def timeline(
    case: Case,
    now: datetime,
    *,
    calendar: Calendar,
    lang: str,
    link: Callable[[int], str] | None,
    staff: bool = False,
) -> list[dict[str, Any]]:
    """The history and what is still to come. `link` gives the address of an event's document.

    Only staff see what is said between colleagues: proposals, opinions, checks afterwards.
    """
    shown = [stage for stage in stages(case, now, calendar=calendar) if staff or not _hidden(stage.event)]
    past = [_stage_view(stage, lang=lang, link=link, staff=staff) for stage in shown]
    return past + _ahead(case, past_took(case, now, calendar=calendar, lang=lang), lang)


def _hidden(event: Event) -> bool:
    link = LINKS.get(str(event.data.get("kind"))) if event.action == "hear" else None
    return event.action in HIDDEN or (link is not None and link.inside)


def past_took(case: Case, now: datetime, *, calendar: Calendar, lang: str) -> str:
    """How long the step that is awaited has taken so far."""
    last = stages(case, now, calendar=calendar)[-1]
    return words.say("spent", "so_far", lang, n=last.took.n) if last.open and last.took.n else ""


def _ahead(case: Case, took: str, lang: str) -> list[dict[str, Any]]:
    """What is still to come; the first of it is what the case waits for now."""
    empty: dict[str, Any] = {"who": "", "start": None, "end": None, "note": "", "documents": []}
    return [
        {
            "name": words.say("next_events", step, lang),
            "state": "next" if n else "now",
            "took": "" if n else took,
        }
        | empty
        for n, step in enumerate(words.steps_after(case.state))
    ]


def _stage_view(stage: Stage, *, lang: str, link: Callable[[int], str] | None, staff: bool) -> dict[str, Any]:
    event = stage.event
    document = DOCUMENTS.get(event.action)
    papers = (
        [{"title": words.say("documents", document, lang), "url": link(event.seq)}]
        if document and link
        else []
    )
    if (link or staff) and event.data.get("url"):
        papers.append(
            {"title": words.say("linked", "enter", lang), "url": str(event.data["url"]), "room": "1"}
        )
    return {
        "name": _named(event, lang),
        "state": "done",
        "who": _who(stage, lang),
        "start": event.at.isoformat(),
        "end": stage.until.isoformat() if stage.until else None,
        "took": _took(stage, lang),
        "note": _said(event, lang),
        "documents": papers,
    }


def _said(event: Event, lang: str) -> str:
    """The reason, what a service was asked or told, and the words of whoever acted."""
    said = (_meeting(event, lang), str(event.data.get("reason", "")), *lines(event.data, event.action, lang))
    return "\n".join(filter(None, (*said, event.note)))


def _meeting(event: Event, lang: str) -> str:
    day = meeting_of(event)
    return words.say("package", "meeting", lang, day=words.day_text(day, lang)) if day else ""


def _named(event: Event, lang: str) -> str:
    """What happened; of a service's telling, what it told."""
    if event.action == "hear":
        return words.say("heard", f"{event.data['kind']}_{event.data['step']}", lang)
    return words.say("events", event.action, lang)


def _who(stage: Stage, lang: str) -> str:
    """The post and a masked name, as the public may see it; only the role for applicant and system."""
    event = stage.event
    if event.data.get("grant"):
        return words.say("roles", "agent", lang)
    if event.role in ("applicant", "system"):
        return words.say("roles", event.role, lang)
    if event.role == LINK:
        return words.say("roles", LINK, lang) if lang == "en" else event.actor_name
    if lang == "en":
        return words.say("roles", "staff", lang)
    return f"{event.post} {mask('name', event.actor_name)}".strip()


def _took(stage: Stage, lang: str) -> str:
    if stage.whose == "nobody":
        return ""
    if stage.took.n == 0:
        return words.say("spent", "same_day", lang) if stage.until else ""
    return words.say("spent", "took", lang, n=stage.took.n)
