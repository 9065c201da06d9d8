"""The review desk: the queue (待审队列) and one case with everything needed to decide it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from schemas.forms import mask

from .. import ledger
from ..domain.case import Actor, Case, File
from ..domain.guards import Move
from ..domain.lifecycle import Rule, open_to, rule_for
from ..domain.numbers import grouped, normalise
from ..domain.refusal import Refusal
from . import acting, action_forms, masking, package_pages, words
from .access import desk_case
from .action_forms import offered
from .ask import Ask
from .desk_lists import Wanted, rows_of, tally
from .material_slots import given_text, send_file, size_text
from .reply import Reply, redirect
from .show import show
from .views import DESK_CLOCKS, clock_view, due_tag, due_tag_of, item_name, timeline

_BATCH = 25
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


def queue(ask: Ask) -> Reply:
    """Open cases of the reviewer's departments, the most pressing first."""
    staff = _staff(ask)
    number = normalise(ask.query.get("search", ""))
    if number:
        return redirect(package_pages.desk_url(ask, number))
    wanted = Wanted(
        item=ask.query.get("item", "")[:40],
        state=ask.query.get("state", "")[:20],
        search=ask.query.get("search", "").strip()[:40],
        after=ask.query.get("after", "")[:80],
    )
    rows, after = rows_of(ask.house.store, staff, wanted, limit=_BATCH)
    return show(
        ask,
        "review/queue.html",
        staff=True,
        nav_current="/review/",
        q=tally(ask.house.store, staff, ask.today),
        filters={**_options(ask, staff), "item": wanted.item, "state": wanted.state, "search": wanted.search},
        rows=[_queue_row(ask, row) for row in rows],
        next_url=_next_url(wanted, after) if after else None,
    )


def case(ask: Ask) -> Reply | Refusal:
    """One case, ready to be decided."""
    found = desk_case(ask)
    return found if isinstance(found, Refusal) else _case_page(ask, found)


def decide(ask: Ask) -> Reply | Refusal:
    """POST: do what was chosen, then show the next case that presses."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    staff, action = _staff(ask), ask.posted.first("action")
    if not action:
        return _case_page(ask, found, errors=[("f-action", words.say("desk", "choose", ask.lang))])
    if action not in action_forms.schemas_of_actions():
        return Refusal("unknown_action")
    form = action_forms.form_for(action, found, staff, ask.house.desk.world(found, ask.now), ask.lang)
    data, raw = form.parse(action_forms.unprefixed(ask.posted.fields, action), names=form.names(0))
    wrong = {fault.field: fault.message for fault in form.faults(form.prune(data), today=ask.today)}
    if "points_listed" in guards_of(found.state, action) and not (
        data.get("fields") or data.get("materials")
    ):
        wrong = {"fields": words.explain(Refusal("points_missing"), ask.lang), **wrong}
    if wrong:
        return _case_page(ask, found, chosen=action, data=data, raw=raw, wrong=wrong)
    move = Move(action, staff, form.prune(data))
    outcome = ask.house.desk.perform(found.number, move, version=action_forms.version_of(ask), now=ask.now)
    if isinstance(outcome, Refusal):
        return _again(ask, found, action, data, outcome)
    return redirect(f"/review/{found.number}/?done={action}")


def reveal(ask: Ask) -> Reply | Refusal:
    """POST: the case with the personal data that this post may see in full; each time is noted."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    shown = masking.reveal(ask, found)
    return shown if isinstance(shown, Refusal) else _case_page(ask, found, shown=shown)


def file(ask: Ask) -> Reply | Refusal:
    """A file of a case, as an attachment; each time is noted."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    sent = send_file(ask, found.materials)
    if isinstance(sent, Refusal):
        return sent
    return masking.file_seen(ask, found, ask.params["sha256"][:16]) or sent


def _again(ask: Ask, case: Case, action: str, data: dict[str, Any], refusal: Refusal) -> Reply | Refusal:
    """A refusal that the reviewer can mend on the spot comes back with the form; others are pages of their own."""
    target = {
        "points_missing": "fields",
        "second_correction": "override_reason",
        "reason_missing": "reason",
        "hearing_not_served": "hearing",
        "two_inspectors": "inspector_b",
        "extension_too_long": "days",
        "special_unlawful": "basis",
    }
    name = target.get(refusal.code)
    if name is None:
        return refusal
    return _case_page(ask, case, chosen=action, data=data, wrong={name: words.explain(refusal, ask.lang)})


def _case_page(
    ask: Ask, case: Case, *, chosen: str = "", data: dict[str, Any] | None = None,
    raw: dict[str, Any] | None = None, wrong: dict[str, str] | None = None, errors: list[tuple[str, str]] | None = None,
    shown: frozenset[str] = masking.NOTHING,
) -> Reply:  # fmt: skip
    house, item = ask.house, ask.house.desk.world(case, ask.now).item
    said = [(f"f-{chosen}-{name}", text) for name, text in (wrong or {}).items()] + (errors or [])
    light = due_tag(case, ask.today, calendar=house.calendar)
    newer = _neighbours(ask, case)
    choices = [
        _choice(ask, case, rule.action, data if rule.action == chosen else None, raw or {}, wrong or {})
        for rule in sorted(open_to(case.state, _staff(ask).roles), key=_everyday_first)
        if offered(rule.action, case, _staff(ask), house.desk.world(case, ask.now))
    ]
    return show(
        ask,
        "review/case.html",
        status=422 if said else 200,
        staff=True,
        nav_current="/review/",
        c={
            "number": grouped(case.number),
            "item_name": item_name(case, ask.lang),
            "item_url": item.guide_url(ask.lang),
            "state_text": words.say("states", case.state, ask.lang),
            "tone": light["tone"],
            "tag": light["tag"],
            "version": case.version,
            "agent": acting.agent_fact(case, ask.lang),
        },
        sections=_sections(case, item.form(ask.lang), shown),
        reveal=f"/review/{case.number}/reveal/"
        if not shown and masking.can_reveal(item.form().masks, case.form, _staff(ask))
        else None,
        revealed=bool(shown),
        materials=[_material(ask, case, material) for material in item.materials_for(case.form)],
        clocks=[
            clock_view(case.clocks[name], ask.today, calendar=house.calendar, lang=ask.lang)
            for name in DESK_CLOCKS
            if name in case.clocks
        ],
        timeline=timeline(case, ask.now, calendar=house.calendar, lang=ask.lang, link=None, staff=True),
        package=package_pages.beside(ask, case),
        choices=choices,
        chosen=chosen,
        errors=said,
        action=f"/review/{case.number}/",
        prev_url=newer[0],
        next_url=newer[1],
        done=words.say("desk", "done", ask.lang, event=words.say("events", ask.query["done"], ask.lang))
        if words.has("events", ask.query.get("done", ""))
        else None,
    )


def guards_of(state: str, action: str) -> tuple[str, ...]:
    """The guards of a row, to say at once what would otherwise be said one by one."""
    rule = rule_for(state, action)
    return rule.guards if rule else ()


def _everyday_first(rule: Rule) -> bool:
    """What a case usually needs stands before what it rarely needs; within each, table order."""
    return rule.action not in _EVERYDAY


def _choice(
    ask: Ask, case: Case, action: str, data: dict[str, Any] | None, raw: dict[str, Any], wrong: dict[str, str]
) -> dict[str, Any]:
    form = action_forms.form_for(action, case, _staff(ask), ask.house.desk.world(case, ask.now), ask.lang)
    names = [name for name in form.names(0) if name != "override_reason" or case.last("correct")]
    mine = data is not None
    controls = form.controls(
        names, instance=data or {}, raw=raw if mine else {}, errors=wrong if mine else {}
    )
    return {
        "action": action,
        "label": form.title,
        "hint": form.schema["description"],
        "danger": bool(form.schema["x-danger"]),
        "controls": action_forms.prefixed(controls, action),
    }


def _sections(case: Case, form: Any, shown: frozenset[str]) -> list[dict[str, Any]]:
    last = case.last("supplement")
    changed = set(last.data.get("changed", ())) if last else set()
    return [
        {
            "title": page["title"],
            "rows": [(label, text, name in changed) for name, label, text in page["rows"]],
        }
        for page in form.rows(masking.answers(form.masks, case.form, shown))
    ]


def _material(ask: Ask, case: Case, material: Any) -> dict[str, Any]:
    kept: tuple[File, ...] = case.materials.get(material.id, ())
    return {
        "name": material.title(ask.lang),
        "need": {"1": "required", "2": "optional", "3": "later"}[material.need],
        "files": [
            {"name": one.name, "meta": size_text(one), "url": f"/review/{case.number}/files/{one.sha256}"}
            for one in kept
        ],
        "text": given_text(material, ask.lang, desk=True),
    }


def _queue_row(ask: Ask, row: Any) -> dict[str, Any]:
    head = row.head
    clock = ledger.clock_in(head["pressing"], head["clocks"][head["pressing"]]) if head["pressing"] else None
    return {
        "number": grouped(head["number"]),
        "url": f"/review/{head['number']}/",
        "item_name": head["item_name"],
        "who": mask("name", head["applicant_name"]),
        "state_text": words.say("staff_states", head["state"], "zh")
        if words.has("staff_states", head["state"])
        else words.say("states", head["state"], "zh"),
        "received": head["received_at"],
        **due_tag_of(clock, head["state"], ask.today, calendar=ask.house.calendar, lang="zh"),
    }


def _options(ask: Ask, staff: Actor) -> dict[str, Any]:
    known = [*ask.house.catalogue.index(), *ask.house.packages.index()["items"]]
    items = [(entry["id"], entry["name"]) for entry in known if _theirs(staff, entry)]
    return {"item_options": items, "state_options": words.pairs("queue_states", ask.lang)}


def _theirs(staff: Actor, entry: Mapping[str, Any]) -> bool:
    return staff.works_on(entry["dept"]) and (not staff.items or entry["id"] in staff.items)


def _neighbours(ask: Ask, case: Case) -> tuple[str | None, str | None]:
    rows, _ = rows_of(ask.house.store, _staff(ask), Wanted(), limit=100)
    numbers = [row.head["number"] for row in rows]
    at = numbers.index(case.number) if case.number in numbers else -1
    before = numbers[at - 1] if at > 0 else None
    after = numbers[at + 1] if at + 1 < len(numbers) else None
    return (f"/review/{before}/" if before else None, f"/review/{after}/" if after else None)


def _next_url(wanted: Wanted, after: str) -> str:
    query = {"item": wanted.item, "state": wanted.state, "search": wanted.search, "after": after}
    return f"/review/?{urlencode({key: value for key, value in query.items() if value})}"


def _staff(ask: Ask) -> Actor:
    assert ask.visitor.staff is not None
    return ask.visitor.staff
