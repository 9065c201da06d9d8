"""What pages say of services that a case uses: the parcel, the meeting, the seal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.calendar import day_of

from ..domain.case import Case
from ..domain.lifecycle import FINAL
from ..domain.links import HALL, LOGISTICS, VIDEO, sealed, told
from . import words


def lines(event_data: Mapping[str, Any], action: str, lang: str) -> list[str]:
    """What a page says of an event that asks or tells: the parcel, the time, the place, what differs."""
    if action == "dispatch":
        return [words.say("linked", "parcel", lang, **{k: event_data[k] for k in ("carrier", "tracking")})]
    if action == "plan_video":
        day = words.day_text(date.fromisoformat(event_data["day"]), lang)
        return [words.say("linked", "meeting", lang, day=day, time=event_data["time"])]
    if action == "deliver" and event_data.get("kind") == LOGISTICS:
        return [str(event_data["proof"])]
    if action == "hear" and event_data["kind"] == HALL:
        return [told_text(action, event_data, lang)]
    return _told(event_data, lang) if action == "hear" else []


def told_text(action: str, data: Mapping[str, Any], lang: str) -> str:
    """What a message says of an event; of what a service told, with the time and the place."""
    if action != "hear":
        return words.say("events_told", action, lang)
    day = words.day_text(date.fromisoformat(data["day"]), lang) if "day" in data else ""
    facts = {name: str(data.get(name, "")) for name in ("time", "place", "ticket")}
    return words.say("events_told", f"{data['kind']}_{data['step']}", lang, day=day, **facts)


def _told(event_data: Mapping[str, Any], lang: str) -> list[str]:
    labels = "、".join(event_data.get("labels", ()))
    place = [str(event_data["place"])] if event_data.get("place") else []
    return place + ([words.say("linked", "differs", lang, names=labels)] if labels else [])


def seal_line(case: Case, seq: int, lang: str) -> str:
    """The electronic seal on the paper of an event, as far as there is one."""
    seal = sealed(case, seq)
    if seal is None:
        return ""
    day = words.day_text(day_of(seal.at), lang)
    return words.say("linked", "seal", lang, serial=seal.data["serial"], day=day, name=seal.actor_name)


def meeting(case: Case, today: date, lang: str) -> dict[str, str] | None:
    """The video check that the applicant still has to join: what to say of it, and where it is, once that is known."""
    planned = case.last("plan_video")
    if planned is None or date.fromisoformat(planned.data["day"]) < today or case.state in FINAL:
        return None
    said = [event for event in told(case, VIDEO) if event.data["ref"] == planned.seq]
    if any(event.data["step"] != "ready" for event in said):
        return None
    day, url = (
        words.day_text(date.fromisoformat(planned.data["day"]), lang),
        said[-1].data["url"] if said else "",
    )
    text = words.say("linked", "join" if url else "wait", lang, day=day, time=planned.data["time"])
    return {"headline": words.say("linked", "meet", lang), "lead": text, "url": str(url)}
