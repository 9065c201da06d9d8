"""The page of saved phrases, and how a phrase that was chosen gets into a reason where no script put it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import phrases
from ..domain.case import Actor
from ..domain.refusal import Refusal
from ..domain.rights import PHRASES, POINTS, may
from ..phrases import Owner
from . import words
from .ask import Ask
from .reply import Reply, redirect
from .show import show
from .staff_pages import dept_names

FIELD = "phrase"
_TEXTS = ("reason", "note", "opinion")  # where a phrase goes: the first of these that an action asks for


def page(ask: Ask) -> Reply:
    """GET: one's own phrases and those of one's departments."""
    staff, names = _staff(ask), dept_names(ask)
    owners = [(phrases.own(staff.sub), words.say("desk", "own_phrases", "zh"), True)]
    owners += [
        (phrases.of_dept(dept), names.get(dept, dept), may(staff, POINTS)) for dept in sorted(staff.depts)
    ]
    return show(
        ask,
        "review/phrases.html",
        staff=True,
        nav_current="/review/",
        groups=[
            group
            for group in (_group(ask, *one) for one in owners)
            if group["phrases"] or group["may_change"]
        ],
        limit=phrases.SIGNS,
    )


def save(ask: Ask) -> Reply | Refusal:
    """POST: one phrase more or less."""
    owner = _owner(ask, _staff(ask))
    if isinstance(owner, Refusal):
        return owner
    store, removed = ask.house.store, ask.posted.first("drop")
    if removed:
        no = phrases.drop(store, owner, removed, now=ask.now)
    else:
        no = phrases.add(store, owner, ask.posted.first("text"), now=ask.now)
    return no or redirect("/review/phrases/")


def choices(ask: Ask, dept: str) -> list[tuple[str, list[str]]] | None:
    """The phrases offered on a case of this department, as (whose, texts); None for who has no phrases."""
    staff = _staff(ask)
    if not may(staff, PHRASES):
        return None
    owners = (("own_phrases", phrases.own(staff.sub)), ("dept_phrases", phrases.of_dept(dept)))
    found = [
        (words.say("desk", name, "zh"), phrases.of(ask.house.store, one, now=ask.now)) for name, one in owners
    ]
    return [(name, list(texts)) for name, texts in found if texts]


def with_phrase(fields: Mapping[str, list[str]], names: Sequence[str], chosen: str) -> dict[str, list[str]]:
    """The posted fields with the chosen phrase after what was typed, in the text the action asks for."""
    target = next((name for name in _TEXTS if name in names), "")
    if not (chosen and target):
        return dict(fields)
    typed = next(iter(fields.get(target, ())), "").strip()
    return {**fields, target: ["\n".join(filter(None, (typed, chosen[: phrases.SIGNS])))]}


def _group(ask: Ask, owner: Owner, name: str, mine: bool) -> dict[str, Any]:
    kept = phrases.of(ask.house.store, owner, now=ask.now)
    return {
        "id": f"{owner.kind}-{owner.name}" if owner.kind == "dept" else "own",
        "owner": "" if owner.kind == "person" else owner.name,
        "name": name,
        "may_change": mine,
        "phrases": [(phrases.mark_of(text), text) for text in kept],
    }


def _owner(ask: Ask, staff: Actor) -> Owner | Refusal:
    """Whose phrases are changed: one's own, or with the right to a department of one's own."""
    dept = ask.posted.first("owner")
    if not dept:
        return phrases.own(staff.sub)
    allowed = staff.works_on(dept) and may(staff, POINTS)
    return phrases.of_dept(dept) if allowed else Refusal("not_allowed")


def _staff(ask: Ask) -> Actor:
    assert ask.visitor.staff is not None
    return ask.visitor.staff
