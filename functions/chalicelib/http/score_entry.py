"""Entering by hand what no program can judge (人工评定): the form, and who entered what before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import schemas
from schemas.forms import Form

from ..domain import score
from ..domain.refusal import Refusal
from ..domain.rights import JUDGE, may
from ..watch import entered
from . import words
from .action_forms import version_of
from .ask import Ask
from .board import month_of, names, staff_of
from .reply import Reply, redirect
from .show import show

BY_HAND = {one.id: one for one in score.ITEMS if one.by_hand}


@cache
def form_of(lang: str) -> Form:
    """The questions, as kept in schemas/scores.json, with the parts that there are."""
    facts = json.loads((Path(schemas.__file__).parent / "scores.json").read_text("utf-8"))["enter"]
    parts = [
        {"const": one.id, "title": words.say("board", "part_points", lang, name=one.cn, n=one.weight)}
        for one in BY_HAND.values()
    ]
    asked = facts["schema"]["properties"]
    filled = {**asked, "part": {**asked["part"], "oneOf": parts}}
    return Form({**facts["schema"], "properties": filled}, facts["en"], lang=lang)


def page(ask: Ask) -> Reply | Refusal:
    """GET: what was entered for a department's month, and the form for who may."""
    return _theirs(ask) or _page(ask)


def enter(ask: Ask) -> Reply | Refusal:
    """POST: one part judged. What was entered before stays in the list below."""
    no = _theirs(ask)
    if no:
        return no
    form = form_of(ask.lang)
    data, raw = form.parse(ask.posted.fields, names=form.names(0))
    wrong = {fault.field: fault.message for fault in form.faults(data, today=ask.today)}
    if wrong:
        return _page(ask, data=data, raw=raw, wrong=wrong)
    dept, month = ask.params["dept"], month_of(ask)
    refused = entered.enter(
        ask.house.store, dept, month, data, version=version_of(ask), actor=staff_of(ask), now=ask.now
    )
    if refused is None:
        return redirect(f"{address(dept, month)}&done=entered")
    at = "points" if refused.code == "points_beyond" else ""
    return _page(ask, data=data, raw=raw, wrong={at: words.explain(refused, ask.lang)})


def address(dept: str, month: str) -> str:
    """Where a department's month is judged."""
    return f"/review/board/scores/{dept}/judged/?month={month}"


def points_text(tenths: int) -> str:
    """95 -> 9.5, 90 -> 9."""
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def _theirs(ask: Ask) -> Refusal | None:
    staff = staff_of(ask)
    whole = ask.params["dept"] in staff.depts and not staff.regions and not staff.items
    return None if whole else Refusal("not_yours")  # a score is a whole department's


def _page(
    ask: Ask, *, data: Mapping[str, Any] | None = None, raw: Mapping[str, Any] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Reply:  # fmt: skip
    dept, month, form = ask.params["dept"], month_of(ask), form_of(ask.lang)
    held = entered.of(ask.house.store, dept, month, now=ask.now)
    controls = form.controls(form.names(0), instance=data or {}, raw=raw or {}, errors=wrong or {})
    return show(
        ask,
        "review/score_entry.html",
        status=422 if wrong else 200,
        staff=True,
        nav_current="/review/board/",
        dept=names(ask).get(dept, dept),
        month=month,
        parts=[_part(one, held.points) for one in BY_HAND.values()],
        lines=[_line(line) for line in reversed(held.lines)],
        controls=controls if may(staff_of(ask), JUDGE) else [],
        action=address(dept, month),
        hidden={"_version": held.version},
        errors=[(f"f-{name}" if name else "", text) for name, text in (wrong or {}).items()],
        done=words.say("board", "entered", ask.lang) if ask.query.get("done") == "entered" else "",
    )


def _part(one: score.Item, held: Mapping[str, int]) -> dict[str, Any]:
    points = points_text(held[one.id]) if one.id in held else None
    return {"name": one.cn, "weight": one.weight, "points": points}


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": BY_HAND[line["part"]].cn,
        "points": points_text(line["tenths"]),
        "who": f"{line['post']} {line['name']}".strip(),
        "at": line["at"],
        "why": line["why"],
    }
