"""The JSON interface of packages (一件事): handed in as one, looked up as one, taken back as one."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from schemas.packages import Bundle

from .. import applications, packages
from ..applications import Application, Request
from ..domain.case import File
from ..domain.numbers import grouped, normalise
from ..domain.package import Parcel, Standing, standings, state_of
from ..domain.refusal import Refusal
from . import acting
from .api_input import checked, errors, files_of, key_of, unknown
from .ask import Ask
from .package_views import cases_of, state_text
from .reply import Reply, data, problem
from .throttle import guessing


def apply(ask: Ask) -> Reply | Refusal:
    """POST /packages: hand in; the same key and content again gives the same package, completed if a crash cut it."""
    key, body = key_of(ask), checked(ask, "package_application")
    if isinstance(key, Refusal):
        return key
    if not isinstance(body, dict):
        return body
    files = files_of(ask, body.get("materials", {}))
    if isinstance(files, Refusal):
        return files
    content = applications.content(f"{body['package']} {body.get('grant', '')}", body["form"], files)
    request = Request(ask.visitor.citizen, f"api {key}", content)
    parcel = packages.earlier(ask.house.store, request, now=ask.now)
    if isinstance(parcel, Parcel):
        packages.advance(ask.house.desk, parcel.number, now=ask.now)
    outcome = parcel or _new(ask, body, files, request)
    return outcome if isinstance(outcome, Reply | Refusal) else data(_receipt(ask, outcome), status=201)


def status(ask: Ask) -> Reply | Refusal:
    """GET /packages/{number}?code=…: where the whole and each of its items stand."""
    number = normalise(ask.params["number"])
    held = guessing(ask, number or "")
    if held:
        return held
    parcel = packages.find(ask.house.store, number, now=ask.now) if number else None
    given = "".join(sign for sign in ask.query.get("code", "").upper() if sign.isalnum())
    fits = hmac.compare_digest(given.encode(), (parcel.query_code if parcel else "-").encode())
    return data(_whole(ask, parcel)) if parcel and fits else Refusal("wrong_code")


def act(ask: Ask) -> Reply | Refusal:
    """POST /packages/{number}/actions: its applicant takes the whole back; twice is once."""
    body = checked(ask, "package_action")
    if not isinstance(body, dict):
        return body
    number = normalise(ask.params["number"])
    parcel = packages.find(ask.house.store, number, now=ask.now) if number else None
    if parcel is None:
        return Refusal("not_found")
    if parcel.applicant != ask.visitor.sub:
        return Refusal("not_yours")
    if parcel.stopped is None:
        packages.stop(ask.house.desk, parcel.number, now=ask.now)
    return data(_whole(ask, packages.find(ask.house.store, parcel.number, now=ask.now) or parcel))


def _new(
    ask: Ask, body: Mapping[str, Any], files: Mapping[str, tuple[File, ...]], request: Request
) -> Parcel | Refusal | Reply:
    package = ask.house.packages.current(body["package"])
    if package is None:
        return Refusal("unknown_item")
    if ask.visitor.assurance < ask.house.settings.assurance:
        return Refusal("assurance_low")
    applicant = acting.applicant(ask, body.get("grant", ""), package.id)
    if isinstance(applicant, Refusal):
        return applicant
    application = Application(package.with_answers(body["form"]), body["form"], files)
    return _handed_in(ask, application, replace(request, applicant=applicant))


def _handed_in(ask: Ask, application: Application, request: Request) -> Parcel | Refusal | Reply:
    bundle = application.item
    assert isinstance(bundle, Bundle)
    extra = unknown(application)
    whole = application.pruned()
    wrong = [*extra, *packages.faults(bundle, whole, lang="zh", now=ask.now)]
    if wrong:
        english = packages.faults(bundle, whole, lang="en", now=ask.now)
        return problem(Refusal("invalid"), errors=errors(wrong, [*extra, *english], application))
    return packages.submit(bundle, whole, request, desk=ask.house.desk, now=ask.now)


def _receipt(ask: Ask, parcel: Parcel) -> dict[str, Any]:
    """The same for every retry: what was handed in, and the number and code it is found by."""
    return {
        "number": parcel.number,
        "number_grouped": grouped(parcel.number),
        "query_code": parcel.query_code,
        "package": parcel.package_id,
        "package_version": parcel.package_version,
        "received_at": parcel.received_at.isoformat(),
        "receipt_sha256": parcel.fingerprint,
        "status_url": f"{ask.house.settings.base_url}/api/v1/packages/{parcel.number}",
    }


def _whole(ask: Ask, parcel: Parcel) -> dict[str, Any]:
    children = standings(parcel, cases_of(ask, parcel))
    state = state_of(children)
    return {
        "number": parcel.number,
        "package": parcel.package_id,
        "package_version": parcel.package_version,
        "state": state,
        "state_text": state_text(state, "zh"),
        "state_text_en": state_text(state, "en"),
        "received_at": parcel.received_at.isoformat(),
        "stopped": parcel.stopped.isoformat() if parcel.stopped else None,
        "items": [_item(one) for one in children],
    }


def _item(one: Standing) -> dict[str, Any]:
    return {
        "key": one.planned.key,
        "item": one.planned.item_id,
        "name": one.planned.name,
        "name_en": one.planned.name_en,
        "state": one.state,
        "after": list(one.planned.after),
        "case": one.case.number if one.case else None,
    }
