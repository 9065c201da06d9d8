"""Services that a case uses tell how far they are: each telling is an event of the case, written once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.forms import Form
from schemas.interfaces import signature
from schemas.interfaces.agreed import contract

from ..domain.case import Actor, Case, canonical
from ..domain.guards import Move
from ..domain.lifecycle import LINK
from ..domain.links import LINKS, SEAL, fact, request
from ..domain.numbers import normalise
from ..domain.refusal import Refusal
from ..interfaces import seals
from ..interfaces.outside import Subscriber
from ..keys import fingerprint
from . import systems, words
from .api_shapes import faults_in
from .ask import Ask, read_json
from .reply import Reply, data, problem

_TRIES = 4


def described(ask: Ask) -> Reply:
    """GET /openapi.json: the contract."""
    return data({**contract("links.openapi"), "servers": [{"url": ask.house.settings.base_url}]})


def heard(ask: Ask) -> Reply | Refusal:
    """POST /heard. Refusals: not_found, not_asked, seal_invalid, not_allowed (a host), and those of the desk."""
    one = systems.system_of(ask, LINK)
    body = read_json(ask.body)
    if one is None or isinstance(body, Refusal):
        return body if isinstance(body, Refusal) else Refusal("signature_invalid")
    wrong = faults_in(body, contract("links.openapi")["components"]["schemas"][one.facts["kind"]])
    if wrong or not isinstance(body, dict):
        return problem(Refusal("invalid"), errors=wrong)
    for _ in range(_TRIES):
        outcome = _written(ask, one, body)
        if not (isinstance(outcome, Refusal) and outcome.code == "changed_meanwhile"):
            return outcome
    return Refusal("changed_meanwhile")


def _written(ask: Ask, one: Subscriber, body: Mapping[str, Any]) -> Reply | Refusal:
    number = normalise(body["number"])
    case = ask.house.desk.find(number, now=ask.now) if number else None
    if case is None or not one.serves(case.dept, case.item_id):
        return Refusal("not_found")
    mark = fingerprint(ask.headers[signature.ID].encode(), canonical(dict(body)))[:32]
    earlier = next((event for event in case.events if event.data.get("request") == f"{one.id}.{mark}"), None)
    if earlier is not None:
        return data({"number": case.number, "seq": earlier.seq})
    form = ask.house.desk.world(case, ask.now).item.form()
    move = _move(case, one, body, f"{one.id}.{mark}", form)
    no = _untrue(ask, one, case, move)
    if no:
        return no
    outcome = ask.house.desk.perform(case.number, move, version=case.version, now=ask.now)
    if isinstance(outcome, Refusal):
        return outcome
    return data({"number": outcome.number, "seq": outcome.events[-1].seq})


def _move(case: Case, one: Subscriber, body: Mapping[str, Any], mark: str, form: Form) -> Move:
    """What was told, as an action: the step that ends a delivery closes the case."""
    kind = one.facts["kind"]
    asked = request(case, kind, body["ref"])
    told = {
        "kind": kind,
        **{name: value for name, value in body.items() if name != "number"},
        "request": mark,
    }
    if "differs" in told:
        told["labels"] = [form.label(name) for name in told["differs"] if form.has(name)]
    if kind == SEAL and asked:
        told["digest"] = fact(asked, "digest")
    if asked and body["step"] == LINKS[kind].ends:
        told |= {"method": "post", "proof": _proof(asked.data, body)}
    name = str(one.facts["name"])
    actor = Actor(f"link:{one.id}", name, frozenset({LINK}), post=name, depts=frozenset({case.dept}))
    return Move("deliver" if "proof" in told else "hear", actor, told)


def _proof(asked: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    whose = words.say("linked", body.get("received_by", "self"), "zh")
    return words.say(
        "linked", "arrived", "zh", carrier=asked["carrier"], tracking=asked["tracking"], whose=whose
    )


def _untrue(ask: Ask, one: Subscriber, case: Case, move: Move) -> Refusal | None:
    """What the shape alone cannot say: a seal verifies, a meeting is on an agreed host."""
    told = {**move.data, "number": case.number}
    if "url" in told and ask.house.outside.allowed.why_not(told["url"]):
        return Refusal("not_allowed")
    if told["kind"] != SEAL:
        return None
    asked = request(case, SEAL, told["ref"])
    good = asked is not None and seals.holds(told["token"], one.facts["key_set"], told)
    return None if good else Refusal("seal_invalid")
