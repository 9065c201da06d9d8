"""Services of others: what is handed to them, and what they tell."""

from __future__ import annotations

from datetime import date

from ..case import Case
from ..lifecycle import LINK
from ..links import LINKS, LOGISTICS, VIDEO, fact, request, told
from ..refusal import Refusal
from ..world import World
from .clause import guard, text, unless
from .move import Move


@guard
def parcel_given(case: Case, move: Move, world: World) -> Refusal | None:
    """Carrier and tracking number are known."""
    return unless(text(move, "carrier") and text(move, "tracking"), "parcel_missing")


@guard
def nothing_on_its_way(case: Case, move: Move, world: World) -> Refusal | None:
    """A parcel is sent again only after the last one came back."""
    last = told(case, LOGISTICS)
    back = bool(last) and last[-1].data["step"] == "returned"
    return unless(case.last("dispatch") is None or back, "parcel_on_its_way")


@guard
def video_ahead(case: Case, move: Move, world: World) -> Refusal | None:
    """A video check is on a working day to come."""
    try:
        day = date.fromisoformat(text(move, "day"))
    except ValueError:
        return Refusal("video_day")
    return unless(world.today < day and world.calendar.is_working(day), "video_day")


@guard
def no_video_open(case: Case, move: Move, world: World) -> Refusal | None:
    """One appointment at a time: the last one was held, missed, or its day is over."""
    planned = case.last("plan_video")
    over = planned is None or date.fromisoformat(planned.data["day"]) < world.today
    said = [event.data["step"] for event in told(case, VIDEO) if planned and event.data["ref"] == planned.seq]
    return unless(over or {"held", "missed"}.intersection(said), "video_open")


@guard
def answers_chosen(case: Case, move: Move, world: World) -> Refusal | None:
    """Only answers of this case are compared, and at least one."""
    chosen = move.data.get("fields")
    whole = isinstance(chosen, list) and chosen and all(name in case.form for name in chosen)
    return unless(whole, "nothing_to_compare")


@guard
def was_asked(case: Case, move: Move, world: World) -> Refusal | None:
    """A service speaks about what it was asked last, with a step of its kind."""
    link = LINKS.get(str(move.data.get("kind")))
    asked = request(case, str(move.data.get("kind")), move.data.get("ref"))
    if link is None or asked is None or move.data.get("step") not in link.steps:
        return Refusal("not_asked")
    repeats = not link.repeats or move.data.get(link.repeats) == fact(asked, link.repeats)
    return unless(repeats, "not_asked")


@guard
def carried(case: Case, move: Move, world: World) -> Refusal | None:
    """Where a service closes the case, it is a carrier that says its parcel arrived; the window needs no parcel."""
    if LINK not in move.actor.roles:
        return None
    link = LINKS.get(str(move.data.get("kind")))
    arrived = link is not None and link.ends != "" and move.data.get("step") == link.ends
    return was_asked(case, move, world) if arrived else Refusal("not_asked")
