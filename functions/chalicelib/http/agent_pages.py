"""Letting somebody act for you (委托代办): giving the authority, accepting it, seeing what was done, ending it."""

from __future__ import annotations

import secrets
from typing import Any

from .. import grants, uploads
from ..domain.grant import APPLY, ENDED, OFFERED, OVER, RUNNING, Grant
from ..domain.numbers import grouped
from ..domain.refusal import Refusal
from ..store.port import CASES
from . import words
from .agent_form import Typed, form_page, made
from .applicable import current
from .ask import Ask
from .material_slots import size_text
from .reply import Reply, download, redirect
from .show import show

_CASES_SHOWN = 50


def home(ask: Ask) -> Reply:
    """GET: whom the visitor lets act, for whom they act, and accepting an authority."""
    return _home(ask)


def new_page(ask: Ask) -> Reply | Refusal:
    """GET: the form; a case's page leads here with its number."""
    return form_page(ask, Typed(case=ask.query.get("case", "")[:20], key=secrets.token_urlsafe(18)))


def new(ask: Ask) -> Reply | Refusal:
    """POST: the authority, once however often it is sent."""
    outcome = made(ask)
    return redirect(ask.url(f"/me/agents/{outcome.number}/")) if isinstance(outcome, Grant) else outcome


def take(ask: Ask) -> Reply | Refusal:
    """POST of number and code: accepted by the person it names."""
    typed = ask.posted.first("number")[:40], ask.posted.first("code")[:40]
    visitor = ask.visitor
    if visitor.assurance < ask.house.settings.assurance:
        return Refusal("assurance_low")
    outcome = grants.take(
        ask.house.store, *typed, sub=visitor.sub, name=visitor.name, helper=visitor.staff is not None, now=ask.now,
        today=ask.today,
    )  # fmt: skip
    if isinstance(outcome, Refusal):
        return _home(ask, number=typed[0], refusal=outcome)
    return redirect(ask.url(f"/me/agents/{outcome.number}/"))


def one(ask: Ask) -> Reply | Refusal:
    """GET: one authority, for the principal and for the agent."""
    grant = _mine(ask)
    if isinstance(grant, Refusal):
        return grant
    return show(ask, "agent.html", g=_view(ask, grant), cases=_cases(ask, grant), items=_to_apply(ask, grant))


def paper(ask: Ask) -> Reply | Refusal:
    """GET: the letter of authority that was attached."""
    grant = _mine(ask)
    if isinstance(grant, Refusal):
        return grant
    file = grant.evidence
    data = ask.house.store.get_file(file.sha256) if file else None
    if file is None or data is None:
        return Refusal("not_found")
    return download(data, name=file.name, content_type=uploads.MEDIA_TYPES[file.kind])


def end_page(ask: Ask) -> Reply | Refusal:
    """GET: what ending means."""
    grant = _mine(ask)
    if isinstance(grant, Refusal):
        return grant
    name = _ending(ask, grant)
    return show(
        ask, "confirm.html", heading=words.say("grants", name, ask.lang),
        text=words.say("grants", f"{name}_text", ask.lang), action=ask.url(f"/me/agents/{grant.number}/end/"),
        controls=[], errors=[], button=words.say("grants", name, ask.lang), danger=True,
        back_url=ask.url(f"/me/agents/{grant.number}/"),
    )  # fmt: skip


def end(ask: Ask) -> Reply | Refusal:
    """POST: ended by the principal, or given back by the agent."""
    grant = _mine(ask)
    if isinstance(grant, Refusal):
        return grant
    outcome = grants.end(ask.house.store, grant.number, sub=ask.visitor.sub, now=ask.now)
    if isinstance(outcome, Refusal):
        return outcome
    mine = grant.principal == ask.visitor.sub
    return redirect(ask.url(f"/me/agents/{grant.number}/" if mine else "/me/agents/"))


def _mine(ask: Ask) -> Grant | Refusal:
    """The principal sees it always, the agent while it is in force; for others it does not exist."""
    grant = grants.find(ask.house.store, ask.params["number"], now=ask.now)
    sub = ask.visitor.sub
    if grant and (grant.principal == sub or (grant.agent == sub and grant.state(ask.today) == RUNNING)):
        return grant
    return Refusal("not_found")


def _home(ask: Ask, *, number: str = "", refusal: Refusal | None = None) -> Reply:
    store, sub = ask.house.store, ask.visitor.sub
    held = (grant for grant in grants.held_by(store, sub) if grant.state(ask.today) == RUNNING)
    return show(
        ask,
        "agents.html",
        status=words.status(refusal) if refusal else 200,
        given=[_row(ask, grant) for grant in grants.given_by(store, sub)],
        held=[_row(ask, grant) for grant in held],
        errors=[("f-number", words.explain(refusal, ask.lang))] if refusal else [],
        number=number,
        action=ask.url("/me/agents/take/"),
        new_url=ask.url("/me/agents/new/"),
    )


def _row(ask: Ask, grant: Grant) -> dict[str, Any]:
    state, mine = grant.state(ask.today), grant.principal == ask.visitor.sub
    return {
        "url": ask.url(f"/me/agents/{grant.number}/"),
        "name": grant.agent_name if mine else grant.principal_name,
        "what": _items_text(ask, grant),
        "until": grant.ends,
        "state": words.say("grant_states", state, ask.lang),
        "tone": words.tone("grant_states", state),
    }


def _view(ask: Ask, grant: Grant) -> dict[str, Any]:
    state, mine, lang = grant.state(ask.today), grant.principal == ask.visitor.sub, ask.lang
    joint = words.say("grants", "joint", lang)
    base = f"/me/agents/{grant.number}"
    file = grant.evidence
    return _row(ask, grant) | {
        "number": grouped(grant.number),
        "code": grant.code if mine and state == OFFERED else None,
        "principal": grant.principal_name,
        "agent": grant.agent_name,
        "kind": words.say("grant_kinds", grant.kind, lang),
        "powers": joint.join(words.say("grant_powers", power, lang) for power in grant.powers),
        "made": grant.made_at,
        "taken": grant.taken_at,
        "ended": grant.ended_at,
        "paper": {"name": file.name, "meta": size_text(file), "url": ask.url(f"{base}/paper/")}
        if file
        else None,
        "end_url": ask.url(f"{base}/end/") if state not in (ENDED, OVER) else None,
        "end_label": words.say("grants", _ending(ask, grant), lang),
    }


def _ending(ask: Ask, grant: Grant) -> str:
    return "end" if grant.principal == ask.visitor.sub else "give_back"


def _items_text(ask: Ask, grant: Grant) -> str:
    if grant.case_number:
        return words.say("grants", "case", ask.lang, number=grouped(grant.case_number))
    names = [_item_name(ask, item_id) for item_id in grant.items]
    return words.say("grants", "joint", ask.lang).join(names) or words.say("grants", "items_all", ask.lang)


def _item_name(ask: Ask, item_id: str) -> str:
    item = current(ask, item_id)
    return item.name(ask.lang) if item else item_id


def _cases(ask: Ask, grant: Grant) -> list[dict[str, Any]]:
    """The principal's cases that belong to this grant, newest first."""
    page = ask.house.store.query(CASES, "owner", grant.principal, limit=_CASES_SHOWN, newest_first=True)
    mine = (
        row.head for row in page.rows if grant.number == row.head.get("grant") or row.key == grant.case_number
    )
    return [
        {
            "url": ask.url(f"/me/{head['number']}/"),
            "name": head["item_name_en" if ask.lang == "en" else "item_name"],
            "number": grouped(head["number"]),
            "state": words.say("states", head["state"], ask.lang),
            "tone": words.tone("states", head["state"]),
        }
        for head in mine
    ]


def _to_apply(ask: Ask, grant: Grant) -> list[tuple[str, str]]:
    """(address, name) of the items the agent may apply for, where the grant names them."""
    acts = grant.agent == ask.visitor.sub and APPLY in grant.powers
    return [(ask.url(f"/apply/{item}/"), _item_name(ask, item)) for item in grant.items if acts]
