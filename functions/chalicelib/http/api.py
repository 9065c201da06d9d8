"""The JSON interface (/api/v1): the same cases, the same rules, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from schemas.items import Item

from .. import applications, uploads
from ..applications import Application, Request
from ..domain.act import World
from ..domain.case import Actor, Case, File
from ..domain.guards import Move, Supply
from ..domain.numbers import normalise
from ..domain.refusal import Refusal
from ..domain.timeline import stages
from . import acting
from .api_input import case_of, checked, errors, files_of, key_of, performed, unknown
from .api_views import case_json, receipt_json
from .ask import Ask
from .openapi import document
from .reply import Reply, data, problem
from .status import find
from .supplement import supply_of
from .throttle import guessing

_HANDS_IN = ("supplement", "fix", "add_owed")


def upload(ask: Ask) -> Reply | Refusal:
    """POST /files: one file's bytes; the reference to it works for this caller only."""
    if not ask.body:
        return Refusal("file_empty")
    file = uploads.inspect(ask.query.get("name", "file"), ask.body)
    if file is None:
        return Refusal("file_type", {"accept": "PDF、JPG、PNG"})
    ask.house.store.put_file(ask.body)
    ticket = ask.house.keys.mark("file", ask.visitor.sub, file.sha256, file.name, str(file.size), file.kind)
    reference = {
        "sha256": file.sha256,
        "name": file.name,
        "size": file.size,
        "type": file.kind,
        "ticket": ticket,
    }
    return data(reference, status=201)


def apply(ask: Ask) -> Reply | Refusal:
    """POST /applications: hand in; the same key and content again gives the same answer."""
    key, body = key_of(ask), checked(ask, "application")
    if isinstance(key, Refusal):
        return key
    if not isinstance(body, dict):
        return body
    files = files_of(ask, body.get("materials", {}))
    if isinstance(files, Refusal):
        return files
    what = f"{body['item']} {body['grant']}" if "grant" in body else body["item"]
    content = applications.content(what, body["form"], files)
    request = Request(ask.visitor.citizen, f"api {key}", content)
    case = applications.earlier(ask.house.store, request, now=ask.now) or _new(ask, body, files, request)
    if isinstance(case, Reply | Refusal):
        return case
    return data(receipt_json(case, ask.house.settings.base_url), status=201)


def _new(
    ask: Ask, body: Mapping[str, Any], files: Mapping[str, tuple[File, ...]], request: Request
) -> Case | Refusal | Reply:
    """A first try: the item must be there and the person known well enough."""
    item = ask.house.catalogue.current(body["item"])
    if item is None:
        return Refusal("unknown_item")
    if ask.visitor.assurance < ask.house.settings.assurance:
        return Refusal("assurance_low")
    applicant = acting.applicant(ask, body.get("grant", ""), item.id)
    if isinstance(applicant, Refusal):
        return applicant
    request = replace(request, applicant=applicant)
    return _hand_in(ask, Application(item, body["form"], files), item, request)


def _hand_in(ask: Ask, application: Application, item: Item, request: Request) -> Case | Refusal | Reply:
    extra = unknown(application)
    whole = application.pruned()
    wrong = [*extra, *applications.faults(whole, lang="zh", now=ask.now)]
    if wrong:
        english = applications.faults(whole, lang="en", now=ask.now)
        return problem(Refusal("invalid"), errors=errors(wrong, [*extra, *english], application))
    world = World(item, ask.house.calendar, ask.now, ask.house.desk.policy)
    return applications.submit(whole, request, store=ask.house.store, world=world)


def status(ask: Ask) -> Reply | Refusal:
    """GET /applications/{number}?code=…: where the case stands."""
    held = guessing(ask, normalise(ask.params["number"]) or "")
    if held:
        return held
    case = find(ask, ask.params["number"], ask.query.get("code", ""))
    if case is None:
        return Refusal("wrong_code")
    return data(case_json(case, stages(case, ask.now, calendar=ask.house.calendar), private=False))


def applicant_action(ask: Ask) -> Reply | Refusal:
    """POST /applications/{number}/actions: hand in what was asked for, withdraw or rate, by the applicant."""
    body = checked(ask, "applicant_action")
    if not isinstance(body, dict):
        return body
    case = case_of(ask)
    if case is None:
        return Refusal("not_found")
    actor = acting.citizen_on(ask, case, body["action"])
    if isinstance(actor, Refusal):
        return actor
    move = _handed_in(ask, case, actor, body) if body["action"] in _HANDS_IN else _said(actor, body)
    if not isinstance(move, Move):
        return move
    return performed(ask, case, move, body["version"])


def openapi(ask: Ask) -> Reply:
    """GET /openapi.json: this interface, described."""
    return data(document(ask.house.settings.base_url))


def _handed_in(ask: Ask, case: Case, actor: Actor, body: Mapping[str, Any]) -> Move | Refusal | Reply:
    """The whole of what is handed in; answers of the case that are not sent stay as they are."""
    files = files_of(ask, body.get("materials", {}))
    if isinstance(files, Refusal):
        return files
    if case.correction is None and body["action"] != "add_owed":
        return Move(body["action"], actor, {}, _unchanged(ask, case, body, files))
    item = ask.house.desk.world(case, ask.now).item
    supply = supply_of(case, item, {**case.form, **body.get("form", {})}, files)
    application = Application(item, supply.form, supply.materials)
    wrong = applications.faults(application, lang="zh", now=ask.now)
    if wrong:
        english = applications.faults(application, lang="en", now=ask.now)
        return problem(Refusal("invalid"), errors=errors(list(wrong), list(english), application))
    return Move(body["action"], actor, {}, supply)


def _unchanged(
    ask: Ask, case: Case, body: Mapping[str, Any], files: Mapping[str, tuple[File, ...]]
) -> Supply:
    """A supply as it was sent, for a case with nothing open: a replay is recognised by it, all else is refused."""
    item = ask.house.desk.world(case, ask.now).item
    form = item.form().prune({**case.form, **body.get("form", {})})
    return Supply(form, {**case.materials, **files})


def _said(actor: Actor, body: Mapping[str, Any]) -> Move:
    """A withdrawal or a rating."""
    said = {name: body[name] for name in ("note", "score") if body.get(name)}
    return Move(body["action"], actor, said)
