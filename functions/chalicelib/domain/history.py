"""What follows from the history of a case: derived each time, never stored beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any

from schemas.calendar import day_of
from schemas.items import Item, Material

from .case import Case, Event
from .lifecycle import PROPOSED


@dataclass(frozen=True, slots=True)
class Opinion:
    """One department asked, and what it answered: no_objection, objection, no_objection_by_timeout, or nothing yet.

    `meeting` is the day on which the departments meet about it (联审会议), where they do.
    """

    dept: str
    asked_on: date
    answer: str = ""
    reason: str = ""
    meeting: date | None = None


def proposal(case: Case) -> Event | None:
    """The proposal that waits for the chief."""
    for event in reversed(case.events):
        if event.action == "propose":
            return event
        if event.action in (*PROPOSED, "decline"):
            return None
    return None


def opinions(case: Case) -> tuple[Opinion, ...]:
    """Every department asked, in the order of asking, with its answer."""
    known: dict[str, Opinion] = {}
    for event in case.events:
        if event.action == "ask_opinion":
            known |= {
                dept: Opinion(dept, day_of(event.at), meeting=meeting_of(event))
                for dept in event.data["departments"]
                if dept not in known
            }
        for dept, answer in _answers(event, known):
            known[dept] = replace(known[dept], answer=answer, reason=str(event.data.get("reason", "")))
    return tuple(known.values())


def meeting_of(event: Event) -> date | None:
    """The day of the joint meeting that came with a request for opinions."""
    return day_told(event.data)


def day_told(data: Mapping[str, Any]) -> date | None:
    """The day of the joint meeting that a request for opinions names."""
    return date.fromisoformat(data["meeting_on"]) if data.get("meeting_on") else None


def _answers(event: Event, known: dict[str, Opinion]) -> list[tuple[str, str]]:
    if event.action == "give_opinion":
        return [(event.data["dept"], event.data["opinion"])]
    if event.action == "opinion_timeout":
        return [(dept, "no_objection_by_timeout") for dept, opinion in known.items() if not opinion.answer]
    return []


def unanswered(case: Case) -> tuple[str, ...]:
    """Departments that were asked and have not answered."""
    return tuple(opinion.dept for opinion in opinions(case) if not opinion.answer)


def step_of(case: Case, item: Item) -> int:
    """Which of the item's steps a case under review stands at: the one after 受理 (index 1) when it was assigned."""
    moves = {"pass_on": 1, "send_back": -1}
    at = 1 + sum(moves.get(event.action, 0) for event in case.events)
    return min(max(at, 0), len(item.steps) - 1)


def owed(case: Case, item: Item) -> tuple[Material, ...]:
    """Materials that may follow later (容缺后补) and have not come yet."""
    late = (m for m in item.materials_for(case.form) if m.need == "3" and m.upload)
    return tuple(material for material in late if not case.materials.get(material.id))


def is_green(case: Case) -> bool:
    """Whether the case goes through the green channel (绿色通道)."""
    return case.last("fast_track") is not None


def is_confidential(item: Item) -> bool:
    """Whether the guide says that nobody outside learns who handled a case and how long each step took."""
    return bool(process_of(item, "confidential", False))


def rating(case: Case) -> Event | None:
    """The applicant's rating (好差评)."""
    return case.last("rate")


def process_of(item: Item, name: str, default: object) -> object:
    """A setting of the item's process (办理流程设定) in its guide."""
    return item.guide.get("process", {}).get(name, default)


def faster(days: int, factor: float) -> int:
    """A promise in the green channel: at least one working day."""
    return max(1, ceil(days * factor))
