"""The JSON interface of packages (一件事): handed in as one, looked up as one, taken back as one."""

from __future__ import annotations

import hmac
from typing import Any

from .. import packages
from ..domain.numbers import grouped, normalise
from ..domain.package import Parcel, Standing, standings, state_of
from ..domain.refusal import Refusal
from ..store.port import PACKAGES
from .api_hand_in import Kind, hand_in
from .api_input import checked
from .ask import Ask
from .package_views import cases_of, state_text
from .reply import Reply, data
from .throttle import unless_shut, wrong_code


def apply(ask: Ask) -> Reply | Refusal:
    """POST /packages: hand in; the same key and content again gives the same package, completed if a crash cut it."""
    return hand_in(ask, _PACKAGE)


def status(ask: Ask) -> Reply | Refusal:
    """GET /packages/{number}?code=…: where the whole and each of its items stand."""
    number = normalise(ask.params["number"]) or ""
    record = unless_shut(ask, PACKAGES, number)
    if isinstance(record, Refusal):
        return record
    parcel = packages.parcel_in(record) if record else None
    given = "".join(sign for sign in ask.query.get("code", "").upper() if sign.isalnum())
    fits = hmac.compare_digest(given.encode(), (parcel.query_code if parcel else "-").encode())
    return data(_whole(ask, parcel)) if parcel and fits else wrong_code(ask, number)


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


_PACKAGE = Kind("package_application", "package", _receipt)


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
