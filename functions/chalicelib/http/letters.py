"""Messages that people look at: the development mailbox, and at the desk those that could not be delivered."""

from __future__ import annotations

from typing import Any

from ..domain.refusal import Refusal
from ..interfaces import streams
from ..notify import post
from ..notify.ways import Mailbox
from ..store.port import Listed
from . import words
from .ask import Ask
from .reply import Reply, redirect
from .show import show


def mailbox(ask: Ask) -> Reply | Refusal:
    """What would have gone out as mail and SMS; there is no such page in production."""
    box = next((way for way in ask.house.ways.values() if isinstance(way, Mailbox)), None)
    if ask.house.settings.production or box is None:
        return Refusal("not_found")
    rows: list[dict[str, Any]] = [
        {
            "cells": [letter["to"], letter["way"], f"{letter['subject']}\n{letter['text']}".strip()],
            "again": None,
        }
        for letter in box.read()
    ]
    return _list(ask, "mailbox", rows, staff=False)


def dead(ask: Ask) -> Reply:
    """Notices and deliveries to other systems that were given up on; the chief sees to them."""
    rows = [
        {"cells": _dead_cells(row, ask.lang), "again": row.key} for row in post.dead_letters(ask.house.store)
    ]
    others = [
        {"cells": _cells(one.number, one.subscriber, one.attempts, one.why, ask.lang), "again": one.key}
        for one in streams.dead_letters(ask.house.store)
    ]
    return _list(ask, "dead", rows + others, staff=True)


def send_again(ask: Ask) -> Reply | Refusal:
    """POST: back into the queue."""
    store, key = ask.house.store, ask.posted.first("key")[:80]
    number, outside, subscriber = key.partition(">")
    known = (
        streams.try_again(store, number, subscriber, now=ask.now)
        if outside
        else post.try_again(store, key, now=ask.now)
    )
    return redirect("/review/messages/") if known else Refusal("not_found")


def _dead_cells(row: Listed, lang: str) -> list[str]:
    number, _, way = row.head["key"].split("#")
    return _cells(number, way, row.head["attempts"], row.head["why"], lang)


def _cells(number: str, way: str, attempts: int, why: str, lang: str) -> list[str]:
    return [number, way, words.say("letters", "tried", lang, n=attempts), why]


def _list(ask: Ask, kind: str, rows: list[dict[str, Any]], *, staff: bool) -> Reply:
    return show(
        ask,
        "letters.html",
        staff=staff,
        title=words.say("letters", f"{kind}_title", ask.lang),
        lead=words.say("letters", f"{kind}_lead", ask.lang),
        empty=words.say("letters", f"{kind}_empty", ask.lang),
        heads=words.say("letters", f"{kind}_heads", ask.lang).split("|"),
        rows=rows,
        action="/review/messages/",
        again_label=words.say("letters", "again", ask.lang),
        alt_url=None,
    )
