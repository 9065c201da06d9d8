"""The JSON interface (/api/v1): the same cases, the same rules, for programs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from schemas.items import Item
from schemas.masks import mask

from .. import applications, uploads
from ..applications import Application, Fault, Request
from ..domain.act import World
from ..domain.case import Case, File
from ..domain.guards import Move, Supply
from ..domain.numbers import normalise
from ..domain.refusal import Refusal
from ..domain.timeline import stages
from . import action_forms, masking, words
from .api_shapes import faults_in, schema
from .api_views import case_json, listed_json, receipt_json
from .ask import Ask, read_json
from .desk_lists import Wanted, rows_of
from .openapi import document
from .reply import Reply, data, problem
from .status import find
from .supplement import supply_of

_PAGE = 50
_HANDS_IN = ("supplement", "fix", "add_owed")
_ENTRY = re.compile(
    r"^([a-z][a-z0-9_]*)\[([0-9]+)\]\.(.+)$"
)  # members[0].name, a field of an entry of a group


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
    key = ask.headers.get("idempotency-key", "")
    if not (16 <= len(key) <= 128 and key.isascii() and key.isprintable()):
        return Refusal("key_missing")
    body = _checked(ask, "application")
    if not isinstance(body, dict):
        return body
    files = _files(ask, body.get("materials", {}))
    if isinstance(files, Refusal):
        return files
    content = applications.content(body["item"], body["form"], files)
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
    return _hand_in(ask, Application(item, body["form"], files), item, request)


def _hand_in(ask: Ask, application: Application, item: Item, request: Request) -> Case | Refusal | Reply:
    unknown = [n for n in application.form if not application.item.form().has(n)]
    known = {material.id for material in application.item.materials}
    extra = [Fault("field", n, "unknown") for n in unknown]
    extra += [Fault("material", n, "material_unknown") for n in application.materials if n not in known]
    whole = application.pruned()
    wrong = [*extra, *applications.faults(whole, lang="zh", now=ask.now)]
    if wrong:
        english = applications.faults(whole, lang="en", now=ask.now)
        return problem(Refusal("invalid"), errors=_errors(wrong, [*extra, *english], application))
    world = World(item, ask.house.calendar, ask.now, ask.house.desk.policy)
    return applications.submit(whole, request, store=ask.house.store, world=world)


def status(ask: Ask) -> Reply | Refusal:
    """GET /applications/{number}?code=…: where the case stands."""
    case = find(ask, ask.params["number"], ask.query.get("code", ""))
    if case is None:
        return Refusal("wrong_code")
    return data(case_json(case, stages(case, ask.now, calendar=ask.house.calendar), private=False))


def applicant_action(ask: Ask) -> Reply | Refusal:
    """POST /applications/{number}/actions: hand in what was asked for, withdraw or rate, by the applicant."""
    body = _checked(ask, "applicant_action")
    if not isinstance(body, dict):
        return body
    case = _case(ask)
    if case is None:
        return Refusal("not_found")
    if case.applicant != ask.visitor.sub:
        return Refusal("not_yours")
    move = _handed_in(ask, case, body) if body["action"] in _HANDS_IN else _said(ask, body)
    if not isinstance(move, Move):
        return move
    return _performed(ask, case, move, body["version"])


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
    body = _checked(ask, "review_action")
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


def openapi(ask: Ask) -> Reply:
    """GET /openapi.json: this interface, described."""
    return data(document(ask.house.settings.base_url))


def _for_desk(ask: Ask, case: Case, shown: frozenset[str]) -> dict[str, Any]:
    """A case for the desk: answers masked but for `shown`, also those that a supplement replaced."""
    masks = ask.house.desk.world(case, ask.now).item.form().masks
    value = case_json(case, stages(case, ask.now, calendar=ask.house.calendar), private=True)
    for stage in value["timeline"]:
        if "before" in stage["data"]:
            stage["data"]["before"] = masking.answers(masks, stage["data"]["before"], shown)
    name = case.applicant_name if "name" in shown else mask("name", case.applicant_name)
    return value | {"form": masking.answers(masks, case.form, shown), "applicant_name": name}


def _performed(ask: Ask, case: Case, move: Move, version: int) -> Reply | Refusal:
    outcome = ask.house.desk.perform(case.number, move, version=version, now=ask.now)
    if isinstance(outcome, Refusal):
        return outcome
    return data(case_json(outcome, stages(outcome, ask.now, calendar=ask.house.calendar), private=True))


def _handed_in(ask: Ask, case: Case, body: Mapping[str, Any]) -> Move | Refusal | Reply:
    """The whole of what is handed in; answers of the case that are not sent stay as they are."""
    files = _files(ask, body.get("materials", {}))
    if isinstance(files, Refusal):
        return files
    if case.correction is None and body["action"] != "add_owed":
        return Move(body["action"], ask.visitor.citizen, {}, _unchanged(ask, case, body, files))
    item = ask.house.desk.world(case, ask.now).item
    supply = supply_of(case, item, {**case.form, **body.get("form", {})}, files)
    application = Application(item, supply.form, supply.materials)
    wrong = applications.faults(application, lang="zh", now=ask.now)
    if wrong:
        english = applications.faults(application, lang="en", now=ask.now)
        return problem(Refusal("invalid"), errors=_errors(list(wrong), list(english), application))
    return Move(body["action"], ask.visitor.citizen, {}, supply)


def _unchanged(
    ask: Ask, case: Case, body: Mapping[str, Any], files: Mapping[str, tuple[File, ...]]
) -> Supply:
    """A supply as it was sent, for a case with nothing open: a replay is recognised by it, all else is refused."""
    item = ask.house.desk.world(case, ask.now).item
    form = item.form().prune({**case.form, **body.get("form", {})})
    return Supply(form, {**case.materials, **files})


def _said(ask: Ask, body: Mapping[str, Any]) -> Move:
    """A withdrawal or a rating."""
    said = {name: body[name] for name in ("note", "score") if body.get(name)}
    return Move(body["action"], ask.visitor.citizen, said)


def _checked(ask: Ask, name: str) -> dict[str, Any] | Refusal | Reply:
    """The body as the named schema describes it."""
    body = read_json(ask.body)
    if isinstance(body, Refusal):
        return body
    wrong = faults_in(body, schema(name))
    return problem(Refusal("invalid"), errors=wrong) if wrong else body


def _files(ask: Ask, sent: Mapping[str, Any]) -> dict[str, tuple[File, ...]] | Refusal:
    """The files referred to; each must carry the ticket this caller got for it."""
    found: dict[str, tuple[File, ...]] = {}
    for name, references in sent.items():
        for ref in references:
            parts = (ask.visitor.sub, ref["sha256"], ref["name"], str(ref["size"]), ref["type"])
            if not ask.house.keys.holds(ref["ticket"], "file", *parts):
                return Refusal("file_unknown")
            file = File(ref["sha256"], ref["name"], ref["size"], ref["type"])
            found[name] = (*found.get(name, ()), file)
    return found


def _errors(wrong: list[Fault], english: list[Fault], application: Application) -> list[dict[str, str]]:
    in_english = {(fault.kind, fault.name): fault for fault in english}
    titles = {m.id: (m.title("zh"), m.title("en")) for m in application.item.materials}
    return [
        {
            "pointer": f"/{'form' if fault.kind == 'field' else 'materials'}/{_escaped(fault.name)}",
            "code": fault.code,
            "message": _text(fault, titles.get(fault.name, (fault.name,) * 2)[0], "zh"),
            "message_en": _text(
                in_english.get((fault.kind, fault.name), fault),
                titles.get(fault.name, (fault.name,) * 2)[1],
                "en",
            ),
        }
        for fault in wrong
    ]


def _text(fault: Fault, title: str, lang: str) -> str:
    if fault.kind == "material":
        return words.explain(Refusal(fault.code, {"name": title}), lang)
    return fault.message or words.say("api", "unknown_field", lang, name=fault.name[:60])


def _escaped(name: str) -> str:
    plain = name.replace("~", "~0").replace("/", "~1")
    return _ENTRY.sub(r"\1/\2/\3", plain)


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
            "pointer": f"/{_escaped(name)}",
            "code": "unknown",
            "message": words.say("api", "unknown_field", "zh", name=name[:60]),
            "message_en": words.say("api", "unknown_field", "en", name=name[:60]),
        }
        for name in unknown
    ]


def _case(ask: Ask) -> Case | None:
    number = normalise(ask.params["number"])
    return ask.house.desk.find(number, now=ask.now) if number else None


def _desk_case(ask: Ask) -> Case | Refusal:
    case, staff = _case(ask), ask.visitor.staff
    if case is None:
        return Refusal("not_found")
    return case if staff and case.concerns(staff) else masking.turned_away(ask, case)
