"""The JSON interface of grants (委托): given, listed, taken, ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import grants
from ..domain.case import Case, File
from ..domain.grant import OFFERED, RUNNING, Grant
from ..domain.refusal import Refusal
from ..ledger import file_out
from .agent_form import grant_of, items_named, own_case, terms_wrong
from .api_input import checked, files_of, key_of
from .ask import Ask
from .reply import Reply, data, problem


def listed(ask: Ask) -> Reply:
    """GET /grants: those the caller gave, and those in force that they hold."""
    store, sub = ask.house.store, ask.visitor.sub
    held = (grant for grant in grants.held_by(store, sub) if grant.state(ask.today) == RUNNING)
    given = [_json(ask, grant) for grant in grants.given_by(store, sub)]
    return data({"given": given, "held": [_json(ask, grant) for grant in held]})


def give(ask: Ask) -> Reply | Refusal:
    """POST /grants: an offer to the person it names; the same key and terms again give the same grant."""
    key, body = key_of(ask), checked(ask, "grant_offer")
    if isinstance(key, Refusal):
        return key
    if not isinstance(body, dict):
        return body
    if ask.visitor.assurance < ask.house.settings.assurance:
        return Refusal("assurance_low")
    paper = files_of(ask, {"evidence": [body["evidence"]]} if "evidence" in body else {})
    case = own_case(ask, body["case"]) if "case" in body else None
    if isinstance(paper, Refusal) or isinstance(case, Refusal):
        return paper if isinstance(paper, Refusal) else Refusal("not_found")
    return _given(ask, body, case, next(iter(paper.get("evidence", ())), None), key)


def act(ask: Ask) -> Reply | Refusal:
    """POST /grants/{number}/actions: take it with its code, or end it."""
    body = checked(ask, "grant_action")
    if not isinstance(body, dict):
        return body
    outcome = _taken(ask, body.get("code", "")) if body["action"] == "take" else _ended(ask)
    return outcome if isinstance(outcome, Refusal) else data(_json(ask, outcome))


def _given(
    ask: Ask, body: dict[str, Any], case: Case | None, paper: File | None, key: str
) -> Reply | Refusal:
    items = items_named(ask, "\n".join(body.get("items", ())))
    wrong = {lang: terms_wrong(replace(ask, lang=lang), body, items, paper) for lang in ("zh", "en")}
    if wrong["zh"] or isinstance(items, str):
        return problem(Refusal("invalid"), errors=[_fault(name, wrong) for name in wrong["zh"]])
    outcome = grants.make(ask.house.store, grant_of(ask, body, items, case, paper), key=key, now=ask.now)
    return outcome if isinstance(outcome, Refusal) else data(_json(ask, outcome), status=201)


def _fault(name: str, wrong: dict[str, dict[str, str]]) -> dict[str, str]:
    pointer = {"paper": "evidence"}.get(name, name)
    return {
        "pointer": f"/{pointer}",
        "code": "terms",
        "message": wrong["zh"][name],
        "message_en": wrong["en"][name],
    }


def _taken(ask: Ask, code: str) -> Grant | Refusal:
    visitor = ask.visitor
    if visitor.assurance < ask.house.settings.assurance:
        return Refusal("assurance_low")
    return grants.take(
        ask.house.store, ask.params["number"], code, sub=visitor.sub, name=visitor.name,
        helper=visitor.staff is not None, now=ask.now, today=ask.today,
    )  # fmt: skip


def _ended(ask: Ask) -> Grant | Refusal:
    """A stranger's grant does not exist for them."""
    found = grants.find(ask.house.store, ask.params["number"], now=ask.now)
    if found is None or ask.visitor.sub not in (found.principal, found.agent):
        return Refusal("not_found")
    return grants.end(ask.house.store, found.number, sub=ask.visitor.sub, now=ask.now)


def _json(ask: Ask, grant: Grant) -> dict[str, Any]:
    """A grant; its code only for the principal and until it is taken."""
    state = grant.state(ask.today)
    offered = state == OFFERED and grant.principal == ask.visitor.sub
    return {
        "number": grant.number,
        "state": state,
        "kind": grant.kind,
        "principal_name": grant.principal_name,
        "agent_name": grant.agent_name,
        "items": list(grant.items),
        "case": grant.case_number or None,
        "powers": list(grant.powers),
        "made_at": grant.made_at.isoformat(),
        "ends": grant.ends.isoformat(),
        "evidence": file_out(grant.evidence) if grant.evidence else None,
        **({"code": grant.code} if offered else {}),
    }
