"""Review points (审查要点) beside each material, and what reviewers tell the people who keep them."""

from __future__ import annotations

from typing import Any

from schemas.items import Item, Material

from .. import feedback
from ..domain.case import Actor
from ..domain.refusal import Refusal
from . import words
from .ask import Ask
from .reply import Reply, redirect
from .show import show

TEXT_SIGNS = 300


def points_of(material: Material) -> list[str]:
    """What to look at: the standard for accepting it, then the points of the guide."""
    return [text for text in (material.accept_rule, *material.review_points) if text]


def one(ask: Ask) -> Reply | Refusal:
    """GET: the points of one material, and a form to say what is wrong with them."""
    found = _material(ask)
    return found if isinstance(found, Refusal) else _page(ask, *found)


def tell(ask: Ask) -> Reply | Refusal:
    """POST: whether the points helped. What did not help is a task of their keeper."""
    found = _material(ask)
    if isinstance(found, Refusal):
        return found
    item, material = found
    rating, text = ask.posted.first("rating"), ask.posted.first("text").strip()[:TEXT_SIGNS]
    if rating not in feedback.RATINGS:
        return _page(ask, item, material, error=words.say("desk", "choose_rating", "zh"), text=text)
    said = feedback.Feedback(
        item.id, item.name(), material.id, material.name, str(item.guide["dept"]), rating, text,
        _staff(ask).name, ask.now,
    )  # fmt: skip
    feedback.keep(ask.house.store, said, by=_staff(ask).sub)
    return redirect(f"{_address(item, material)}?done=told")


def tasks(ask: Ask) -> Reply:
    """GET: what reviewers of one's departments found wrong with the points, the oldest first."""
    staff = _staff(ask)
    rows = feedback.waiting(ask.house.store, staff.depts)
    return show(
        ask,
        "review/points.html",
        staff=True,
        nav_current="/review/points/",
        rows=[_row(row.key, row.version, row.head) for row in rows],
        good=feedback.liked(ask.house.store, staff.depts),
    )


def settle(ask: Ask) -> Reply | Refusal:
    """POST: the points were mended, or need no mending."""
    typed = ask.posted.first("version")
    version = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    no = feedback.settle(
        ask.house.store, ask.posted.first("key")[:120], version=version, depts=_staff(ask).depts, now=ask.now
    )
    return no or redirect("/review/points/")


def _page(ask: Ask, item: Item, material: Material, *, error: str = "", text: str = "") -> Reply:
    return show(
        ask,
        "review/point.html",
        status=422 if error else 200,
        staff=True,
        nav_current="/review/",
        item_name=item.name(),
        material=material.name,
        points=points_of(material),
        ratings=words.pairs("ratings", "zh"),
        error=error,
        text=text,
        limit=TEXT_SIGNS,
        action=_address(item, material),
        done=ask.query.get("done") == "told",
    )


def _material(ask: Ask) -> tuple[Item, Material] | Refusal:
    """The material in the address, of an item of one's own department."""
    item = ask.house.catalogue.current(ask.params["item"])
    if item is None or not _staff(ask).works_on(str(item.guide["dept"])):
        return Refusal("not_found")
    found = next((m for m in item.materials if m.id == ask.params["material"]), None)
    return (item, found) if found else Refusal("not_found")


def _address(item: Item, material: Material) -> str:
    return f"/review/points/{item.id}/{material.id}/"


def _row(key: str, version: int, head: Any) -> dict[str, Any]:
    return {
        "key": key,
        "version": version,
        "item": head["item_name"],
        "material": head["material_name"],
        "rating": words.say("ratings", head["rating"], "zh"),
        "text": head["text"],
        "who": head["name"],
        "at": head["at"],
        "url": f"/guides/{head['item']}/",
    }


def _staff(ask: Ask) -> Actor:
    assert ask.visitor.staff is not None
    return ask.visitor.staff
