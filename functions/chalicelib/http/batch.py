"""Several on-the-spot cases (即办件) in one press: each is a write of its own, and the page says how each went."""

from __future__ import annotations

from typing import Any

from ..domain.case import Actor
from ..domain.guards import Move
from ..domain.numbers import grouped, normalise
from ..domain.refusal import Refusal
from ..domain.rights import action_right, may
from ..store.port import Listed
from . import words
from .ask import Ask
from .queue_view import wanted_of
from .reply import Reply
from .show import show

MOST = 25
_ACTIONS = (
    "decide_now",
    "accept",
)  # what somebody does with them: whoever decides, decides; a window accepts


def action_of(staff: Actor) -> str:
    """What this person does to several cases at once; nothing for other posts."""
    return next((action for action in _ACTIONS if may(staff, action_right(action))), "")


def offered(ask: Ask, row: Listed, staff: Actor, *, free: bool) -> bool:
    """Whether a row of a list may be ticked: newly handed in, on the spot, and nobody else's just now."""
    head = row.head
    if head["state"] != "submitted" or not free or not action_of(staff):
        return False
    item = ask.house.catalogue.version(head["item_id"], head["item_version"])
    return item is not None and item.immediate


def do(ask: Ask) -> Reply:
    """POST: the ticked cases one after the other; what became of each."""
    staff = ask.visitor.staff
    assert staff is not None
    action, ticked = action_of(staff), ask.posted.fields.get("case", [])[:MOST]
    results = [_one(ask, staff, action, one) for one in dict.fromkeys(ticked)]
    return show(
        ask,
        "review/batch.html",
        staff=True,
        nav_current="/review/",
        results=results,
        done=sum(one["ok"] for one in results),
        back_url=f"/review/{wanted_of(ask, staff).query()}",
    )


def _one(ask: Ask, staff: Actor, action: str, ticked: str) -> dict[str, Any]:
    """One case by "number:version", as the list showed it."""
    typed, _, version = ticked.partition(":")
    number = normalise(typed) or ""
    outcome = _performed(
        ask, staff, action, number, int(version) if version.isdecimal() and len(version) < 10 else 0
    )
    ok = not isinstance(outcome, Refusal)
    said = words.say("events", action, "zh") if ok else words.explain(outcome, "zh")  # type: ignore[arg-type]
    return {"number": grouped(number), "url": f"/review/{number}/" if number else "", "ok": ok, "text": said}


def _performed(ask: Ask, staff: Actor, action: str, number: str, version: int) -> object | Refusal:
    desk = ask.house.desk
    if not action:
        return Refusal("not_allowed")
    case = desk.find(number, now=ask.now) if number else None
    if case is None:
        return Refusal("not_found")
    if case.belongs_to(staff) and not desk.world(case, ask.now).item.immediate:
        return Refusal("not_immediate")
    return desk.perform(number, Move(action, staff), version=version, now=ask.now)
