"""The JSON interface of the review desk: queues, cases, actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.masks import mask

from ..domain.case import Case
from ..domain.guards import Move
from ..domain.refusal import Refusal
from ..domain.timeline import stages
from . import action_forms, masking, words
from .api_input import case_of, checked, escaped
from .api_views import case_json, listed_json
from .ask import Ask
from .desk_lists import Wanted, rows_of
from .reply import Reply, data, problem

_PAGE = 50


def queue(ask: Ask) -> Reply | Refusal:
    """GET /review/cases: the caller's queue, most pressing first."""
    staff = ask.visitor.staff
    assert staff is not None
    wanted = Wanted(
        item=ask.query.get("item", "")[:40],
        state=ask.query.get("state", "")[:20],
        after=ask.query.get("after", "")[:80],
    )
    rows, after = rows_of(ask.house.store, staff, wanted, limit=_PAGE)
    return data({"cases": [listed_json(row.head, row.version) for row in rows], "after": after})


def review_case(ask: Ask) -> Reply | Refusal:
    """GET /review/cases/{number}: everything about one case."""
    case = _desk_case(ask)
    if isinstance(case, Refusal):
        return case
    return data(_for_desk(ask, case, masking.NOTHING))


def review_reveal(ask: Ask) -> Reply | Refusal:
    """POST /review/cases/{number}/reveal: the same with the personal data of the caller's post; it is noted."""
    case = _desk_case(ask)
    if isinstance(case, Refusal):
        return case
    shown = masking.reveal(ask, case)
    return shown if isinstance(shown, Refusal) else data(_for_desk(ask, case, shown))


def review_action(ask: Ask) -> Reply | Refusal:
    """POST /review/cases/{number}/actions: do one step of the lifecycle."""
    body = checked(ask, "review_action")
    if not isinstance(body, dict):
        return body
    case = _desk_case(ask)
    if isinstance(case, Refusal):
        return case
    staff, action = ask.visitor.staff, body["action"]
    assert staff is not None
    given = {name: value for name, value in body.items() if name not in ("action", "version")}
    wrong = action_faults(ask, case, action, given)
    if wrong:
        return problem(Refusal("invalid"), errors=wrong)
    outcome = ask.house.desk.perform(
        case.number, Move(action, staff, given), version=body["version"], now=ask.now
    )
    return outcome if isinstance(outcome, Refusal) else data(_for_desk(ask, outcome, masking.NOTHING))


def _for_desk(ask: Ask, case: Case, shown: frozenset[str]) -> dict[str, Any]:
    """A case for the desk: answers masked but for `shown`, also those that a supplement replaced."""
    masks = ask.house.desk.world(case, ask.now).item.form().masks
    value = case_json(case, stages(case, ask.now, calendar=ask.house.calendar), private=True)
    for stage in value["timeline"]:
        if "before" in stage["data"]:
            stage["data"]["before"] = masking.answers(masks, stage["data"]["before"], shown)
    name = case.applicant_name if "name" in shown else mask("name", case.applicant_name)
    return value | {"form": masking.answers(masks, case.form, shown), "applicant_name": name}


def action_faults(ask: Ask, case: Case, action: str, given: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is wrong with the fields of a desk action, in both languages; nothing for actions without a form."""
    if action not in action_forms.schemas_of_actions():
        return []
    world, staff = ask.house.desk.world(case, ask.now), ask.visitor.staff
    assert staff is not None
    chinese = action_forms.form_for(action, case, staff, world, "zh")
    unknown = [name for name in given if not chinese.has(name)]
    english = {
        f.field: f.message
        for f in action_forms.form_for(action, case, staff, world, "en").faults(given, today=ask.today)
    }
    found = [
        {
            "pointer": f"/{f.field}",
            "code": f.code,
            "message": f.message,
            "message_en": english.get(f.field, f.message),
        }
        for f in chinese.faults(given, today=ask.today)
    ]
    return found + [
        {
            "pointer": f"/{escaped(name)}",
            "code": "unknown",
            "message": words.say("api", "unknown_field", "zh", name=name[:60]),
            "message_en": words.say("api", "unknown_field", "en", name=name[:60]),
        }
        for name in unknown
    ]


def _desk_case(ask: Ask) -> Case | Refusal:
    case, staff = case_of(ask), ask.visitor.staff
    if case is None:
        return Refusal("not_found")
    return case if staff and case.concerns(staff) else masking.turned_away(ask, case)
