"""Services that a person keeps at hand (我的收藏): put in and taken out by one press, listed among their own pages.

Kept as the desk keeps phrases: a short list under its owner. A guide is a published file, so its link leads to a page
that asks; only its button changes anything.
"""

from __future__ import annotations

from typing import Any

from .. import phrases
from ..domain.refusal import Refusal
from ..phrases import Owner
from . import applicable, words
from .ask import Ask
from .reply import Reply, redirect
from .show import show


def page(ask: Ask) -> Reply | Refusal:
    """GET: whether to keep this service, or to let it go where it is kept."""
    item = applicable.current(ask, ask.params["item"])
    if item is None:
        return Refusal("unknown_item")
    kept = item.id in names_of(ask)
    action = "drop" if kept else "keep"
    return show(
        ask,
        "confirm.html",
        heading=item.name(ask.lang),
        text=words.say("favourites", f"{action}_text", ask.lang),
        action=ask.url(f"/me/favourites/{item.id}/"),
        controls=[],
        errors=[],
        hidden={"do": action},
        button=words.say("favourites", action, ask.lang),
        danger=False,
        back_url=ask.url("/me/") if kept else item.guide_url(ask.lang),
    )


def save(ask: Ask) -> Reply | Refusal:
    """POST: one more or one less; a second press changes nothing. What is no longer published can still be let go."""
    name, owner = ask.params["item"], _owner(ask)
    if ask.posted.first("do") == "drop":
        no = phrases.drop(ask.house.store, owner, phrases.mark_of(name), now=ask.now)
    elif applicable.current(ask, name) is None:
        return Refusal("unknown_item")
    else:
        no = phrases.add(ask.house.store, owner, name, now=ask.now)
    return no or redirect(ask.url("/me/"))


def rows_of(ask: Ask) -> list[dict[str, Any]]:
    """What the person keeps, the last kept first; what is no longer published is left out."""
    found = (applicable.current(ask, name) for name in reversed(names_of(ask)))
    return [
        {
            "name": item.name(ask.lang),
            "url": item.guide_url(ask.lang),
            "apply_url": ask.url(f"/apply/{item.id}/") if item.online else "",
            "drop_url": ask.url(f"/me/favourites/{item.id}/"),
        }
        for item in found
        if item
    ]


def names_of(ask: Ask) -> tuple[str, ...]:
    """The ids of what the person keeps."""
    return phrases.of(ask.house.store, _owner(ask), now=ask.now)


def forget(ask: Ask) -> None:
    """Everything let go."""
    for name in names_of(ask):
        phrases.drop(ask.house.store, _owner(ask), phrases.mark_of(name), now=ask.now)


def _owner(ask: Ask) -> Owner:
    return Owner("favourites", ask.visitor.sub, full="favourites_full")
