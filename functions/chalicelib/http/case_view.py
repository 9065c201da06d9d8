"""The case page: answers and files beside what they were before, ticks for the correction notice, the choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..domain.case import Actor, Case
from ..domain.lifecycle import Rule, open_to
from ..domain.numbers import grouped
from ..domain.world import World
from . import acting, action_forms, knowledge, masking, package_pages, phrase_pages, sheet_desk, words
from .action_forms import offered
from .ask import Ask
from .comparison import Before, before_supplement
from .desk_lists import neighbours, place_of
from .material_slots import file_row, given_text
from .package_views import opinions_of
from .progress import timeline
from .queue_view import done_text, wanted_of
from .reply import Reply
from .show import show
from .staff_pages import dept_names
from .views import DESK_CLOCKS, clock_view, due_tag, item_name

_EVERYDAY = (
    "accept",
    "correct",
    "refuse",
    "not_required",
    "decide_now",
    "pass_on",
    "grant",
    "deny",
    "prepare",
    "deliver",
)
_TICKED = {"correct": ("fields", "materials")}  # points that are ticked beside the thing itself


@dataclass(frozen=True, slots=True)
class Attempt:
    """An action somebody tried: what they filled in, as typed, and what is wrong with it, by control."""

    action: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    def with_fault(self, name: str, text: str) -> Attempt:
        """The same attempt with one more fault."""
        return replace(self, wrong={**self.wrong, name: text})


NONE_YET = Attempt()


def case_page(
    ask: Ask, case: Case, attempt: Attempt = NONE_YET, *, errors: list[tuple[str, str]] | None = None,
    notice: str = "", status: int = 200, shown: frozenset[str] = masking.NOTHING,
) -> Reply:  # fmt: skip
    """The page, with what was tried and refused still in it."""
    said = [(f"f-{attempt.action}-{name}", text) for name, text in attempt.wrong.items()] + (errors or [])
    staff, world = _staff(ask), ask.house.desk.world(case, ask.now)
    return show(
        ask,
        "review/case.html",
        status=422 if said else status,
        staff=True,
        nav_current="/review/",
        c=_facts(ask, case, world),
        **_content(ask, case, world, attempt, shown),
        **_around(ask, case, staff, world),
        choices=_choices(ask, case, staff, world, attempt),
        chosen=attempt.action,
        errors=said,
        notice=notice,
        phrases=phrase_pages.choices(ask, case.dept),
        sheet=sheet_desk.view(ask, case, ask.house.desk.sheet(case, ask.now)),
        done=done_text(ask),
    )


def _facts(ask: Ask, case: Case, world: World) -> dict[str, Any]:
    light = due_tag(case, ask.today, calendar=world.calendar, policy=world.policy)
    return {
        "number": grouped(case.number),
        "item_name": item_name(case, ask.lang),
        "item_url": world.item.guide_url(ask.lang),
        "state_text": words.say("states", case.state, ask.lang),
        "tone": light["tone"],
        "tag": light["tag"],
        "version": case.version,
        "agent": acting.agent_fact(case, ask.lang),
    }


def _content(ask: Ask, case: Case, world: World, attempt: Attempt, shown: frozenset[str]) -> dict[str, Any]:
    """What was handed in, personal data masked but for the kinds in `shown`, and what has happened since."""
    calendar, form = ask.house.calendar, world.item.form(ask.lang)
    before = before_supplement(
        case, world.item, ask.lang, hide=lambda a: masking.answers(form.masks, a, shown)
    )
    hidden = masking.answers(form.masks, case.form, shown)
    can_reveal = not shown and masking.can_reveal(form.masks, case.form, _staff(ask))
    ticked = attempt.data if attempt.action == "correct" else {}
    return {
        "sections": _sections(case, form, before, ticked, hidden),
        "reveal": f"/review/{case.number}/reveal/{wanted_of(ask, _staff(ask)).query()}"
        if can_reveal
        else None,
        "revealed": bool(shown),
        "materials": [_material(ask, case, m, before, ticked) for m in world.item.materials_for(case.form)],
        "clocks": [
            clock_view(case.clocks[name], ask.today, calendar=calendar, lang=ask.lang, policy=world.policy)
            for name in DESK_CLOCKS
            if name in case.clocks
        ],
        "timeline": timeline(case, ask.now, calendar=calendar, lang=ask.lang, link=None, staff=True),
        "package": package_pages.beside(ask, case),
        "opinions": opinions_of(ask, case),
    }


def _around(ask: Ask, case: Case, staff: Actor, world: World) -> dict[str, Any]:
    """The list the case was opened from: its neighbours there, and where its forms go."""
    wanted = wanted_of(ask, staff)
    near = neighbours(ask.house.store, staff, wanted, place_of(case, wanted, world), today=ask.today)
    query = wanted.query()
    before, after = (f"/review/{row.key}/{query}" if row else None for row in near)
    return {
        "prev_url": before,
        "next_url": after,
        "action": f"/review/{case.number}/{query}",
        "queue_url": f"/review/{query}",
    }


def _choices(ask: Ask, case: Case, staff: Actor, world: World, attempt: Attempt) -> list[dict[str, Any]]:
    """What may be done: what a case usually needs before what it rarely needs; within each, table order."""
    return [
        _choice(ask, case, staff, world, rule.action, attempt)
        for rule in sorted(open_to(case.state, staff.roles), key=_everyday_first)
        if offered(rule.action, case, staff, world) and not ask.house.desk.unserved(case, rule.action)
    ]


def _everyday_first(rule: Rule) -> bool:
    return rule.action not in _EVERYDAY


def _choice(
    ask: Ask, case: Case, staff: Actor, world: World, action: str, attempt: Attempt
) -> dict[str, Any]:
    form = action_forms.form_for(action, case, staff, world, ask.lang)
    left_out = {*_TICKED.get(action, ()), *(() if case.last("correct") else ("override_reason",))}
    names = [name for name in form.names(0) if name not in left_out]
    tried = attempt if attempt.action == action else NONE_YET
    controls = form.controls(names, instance=dict(tried.data), raw=dict(tried.raw), errors=dict(tried.wrong))
    short = dept_names(ask)
    for option in (one for control in controls for one in control["options"]):
        option["title"] = short.get(option["title"], option["title"])
    return {
        "action": action,
        "label": form.title,
        "hint": form.schema["description"],
        "danger": bool(form.schema["x-danger"]),
        "rare": action not in _EVERYDAY,
        "ticks": action in _TICKED,
        "wrong": tried.wrong.get("fields", "") if action in _TICKED else "",
        "controls": action_forms.prefixed(controls, action),
    }


def _sections(
    case: Case, form: Any, before: Before, ticked: Mapping[str, Any], hidden: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The answers page by page; declarations cannot be asked for again, so they have no tick."""
    return [
        {
            "title": page["title"],
            "rows": [
                {
                    "name": "" if case.form.get(name) is True else name,
                    "label": label,
                    "text": text,
                    "changed": name in before.changed,
                    "old": before.answers.get(name, ""),
                    "ticked": name in ticked.get("fields", ()),
                }
                for name, label, text in page["rows"]
            ],
        }
        for page in form.rows(hidden)
    ]


def _material(
    ask: Ask, case: Case, material: Any, before: Before, ticked: Mapping[str, Any]
) -> dict[str, Any]:
    base = f"/review/{case.number}/files"
    return {
        "id": material.id if material.upload else "",
        "name": material.title(ask.lang),
        "need": {"1": "required", "2": "optional", "3": "later"}[material.need],
        "files": [file_row(one, base) for one in case.materials.get(material.id, ())],
        "changed": material.id in before.changed,
        "old": [file_row(one, base) for one in before.files.get(material.id, ())],
        "text": given_text(material, ask.lang, desk=True),
        "points": knowledge.points_of(material),
        "points_url": f"/review/points/{case.item_id}/{material.id}/",
        "ticked": material.id in ticked.get("materials", ()),
    }


def _staff(ask: Ask) -> Actor:
    assert ask.visitor.staff is not None
    return ask.visitor.staff
