"""The JSON interface (/api/v1): the same cases, the same rules, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import uploads
from ..applications import Application
from ..domain.case import Actor, Case, File
from ..domain.guards import Move, Supply
from ..domain.history import is_confidential
from ..domain.numbers import normalise
from ..domain.refusal import Refusal
from ..domain.timeline import stages
from . import acting
from .api_hand_in import Kind, hand_in, refused
from .api_input import case_of, checked, files_of, performed
from .api_views import case_json, receipt_json
from .ask import Ask
from .openapi import document
from .reply import Reply, data
from .status import find
from .supplies import supply_of
from .throttle import wrong_code

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
    return hand_in(ask, _ITEM)


def _receipt(ask: Ask, case: Case) -> dict[str, Any]:
    return receipt_json(case, ask.house.settings.base_url)


_ITEM = Kind("application", "item", _receipt)


def status(ask: Ask) -> Reply | Refusal:
    """GET /applications/{number}?code=…: where the case stands."""
    case = find(ask, ask.params["number"], ask.query.get("code", ""))
    if not isinstance(case, Case):
        return case or wrong_code(ask, normalise(ask.params["number"]) or "")
    covered = is_confidential(ask.house.desk.world(case, ask.now).item)
    told = stages(case, ask.now, calendar=ask.house.calendar)
    return data(case_json(case, told, private=False, covered=covered))


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
    return refused(ask, application, []) or Move(body["action"], actor, {}, supply)


def _unchanged(
    ask: Ask, case: Case, body: Mapping[str, Any], files: Mapping[str, tuple[File, ...]]
) -> Supply:
    """A supply as it was sent, for a case with nothing open: a replay is recognised by it, all else is refused."""
    item = ask.house.desk.world(case, ask.now).item
    form = item.form().prune({**case.form, **body.get("form", {})})
    return Supply(form, {**case.materials, **files})


def _said(actor: Actor, body: Mapping[str, Any]) -> Move:
    """A withdrawal or a rating."""
    said = {name: body[name] for name in ("note", "score", "use", "trust") if body.get(name)}
    return Move(body["action"], actor, said)
