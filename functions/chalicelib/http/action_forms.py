"""The forms behind the buttons: one small schema an action, shared by pages and API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import schemas
from schemas.forms import Form

from ..domain.case import Actor, Case
from ..domain.guards import GUARDS, Move
from ..domain.history import opinions, proposal, unanswered
from ..domain.lifecycle import rule_for
from ..domain.world import World
from . import words
from .ask import Ask

Control = dict[str, Any]
Choices = list[tuple[str, str]]
_ANSWERED_BY_FORM = frozenset(  # guards that look at what the form asks for
    {"reason_given", "right_body_named", "points_listed", "first_correction", "two_inspectors", "departments_named",
     "meeting_to_come",
     "opinion_asked", "objection_explained", "proposable", "result_attached", "extension_in_bounds",
     "opinion_written", "hearing_served", "proof_of_delivery", "score_valid", "parcel_given", "video_ahead",
     "answers_chosen"}
)  # fmt: skip


@cache
def schemas_of_actions() -> Mapping[str, Mapping[str, Any]]:
    """{action: {schema, en}} as kept in schemas/actions.json."""
    table: Mapping[str, Mapping[str, Any]] = json.loads(
        (Path(schemas.__file__).parent / "actions.json").read_text("utf-8")
    )
    return table


@cache
def form_of(action: str, lang: str) -> Form:
    """The form of an action that is the same for every item."""
    facts = schemas_of_actions()[action]
    return Form(facts["schema"], facts["en"], lang=lang)


def form_for(action: str, case: Case, actor: Actor, world: World, lang: str) -> Form:
    """The form of an action on this case, with the choices that this case and this person have."""
    if action not in _CHOICES:
        return form_of(action, lang)
    facts = schemas_of_actions()[action]
    choices = _CHOICES[action](case, actor, world, lang)
    return Form(_with_choices(facts["schema"], choices), facts["en"], lang=lang)


def offered(action: str, case: Case, actor: Actor, world: World) -> bool:
    """Whether the desk offers the action: guards that no form could satisfy are asked beforehand."""
    rule = rule_for(case.state, action)
    asked = [GUARDS[name] for name in (rule.guards if rule else ()) if name not in _ANSWERED_BY_FORM]
    stops = any(check(case, Move(action, actor), world) for check in asked)
    mine = case.belongs_to(actor) or action == "give_opinion"
    again = action == "propose" and proposal(case) is not None
    return rule is not None and mine and not stops and not again and _has_choices(action, case, actor, world)


def prefixed(controls: list[Control], action: str) -> list[Control]:
    """Controls whose names carry their action, so that several forms share one <form>."""
    return [control | {"name": f"{action}-{control['name']}"} for control in controls]


def unprefixed(fields: Mapping[str, list[str]], action: str) -> dict[str, list[str]]:
    """The posted values of one action under their own names."""
    start = f"{action}-"
    return {name.removeprefix(start): values for name, values in fields.items() if name.startswith(start)}


def version_of(ask: Ask) -> int:
    """The case version the page was made from; 0, which no case has, for nonsense."""
    typed = ask.posted.first("_version")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _with_choices(schema: Mapping[str, Any], choices: Mapping[str, Choices]) -> dict[str, Any]:
    """The schema with its open choices filled in; a choice without options is left out."""
    properties = {
        name: _offering(spec, choices[name]) if name in choices else spec
        for name, spec in schema["properties"].items()
        if choices.get(name, True)
    }
    pages = [{**schema["x-pages"][0], "fields": list(properties)}]
    return {**schema, "properties": properties, "x-pages": pages}


def _has_choices(action: str, case: Case, actor: Actor, world: World) -> bool:
    return action not in _CHOICES or any(_CHOICES[action](case, actor, world, "zh").values())


def _points(case: Case, actor: Actor, world: World, lang: str) -> dict[str, Choices]:
    """Answers but not declarations, materials but not shared ones."""
    item = world.item
    rows = [row for page in item.form(lang).rows(case.form) for row in page["rows"]]
    return {
        "fields": [(name, label) for name, label, _ in rows if case.form.get(name) is not True],
        "materials": [(m.id, m.title(lang)) for m in item.materials_for(case.form) if m.upload],
    }


def _fields_only(case: Case, actor: Actor, world: World, lang: str) -> dict[str, Choices]:
    return {"fields": _points(case, actor, world, lang)["fields"]}


def _joint(case: Case, actor: Actor, world: World, lang: str) -> dict[str, Choices]:
    """Joint departments of the guide that were not asked yet."""
    asked = {opinion.dept for opinion in opinions(case)}
    return {"departments": [(d, d) for d in world.item.guide.get("joint_depts", ()) if d not in asked]}


def _own_asked(case: Case, actor: Actor, world: World, lang: str) -> dict[str, Choices]:
    return {"dept": [(d, d) for d in unanswered(case) if d in actor.depts]}


def _kinds(case: Case, actor: Actor, world: World, lang: str) -> dict[str, Choices]:
    """A special procedure is offered only where the guide lists one."""
    offered = (
        [("special", "启动特别程序" if lang == "zh" else "Special procedure")]
        if world.item.guide.get("special")
        else []
    )
    return {"proposed": [*offered, *words.pairs("proposals", lang)]}


_CHOICES: Mapping[str, Callable[[Case, Actor, World, str], dict[str, Choices]]] = {
    "correct": _points,
    "invite_fix": _fields_only,
    "query_shared": _fields_only,
    "ask_opinion": _joint,
    "give_opinion": _own_asked,
    "propose": _kinds,
}


def _offering(spec: Mapping[str, Any], choices: Choices) -> dict[str, Any]:
    options = [{"const": value, "title": title} for value, title in choices]
    if spec["type"] == "array":
        return {**spec, "items": {"type": "string", "oneOf": options}}
    return {**spec, "oneOf": options}
