"""Exchange with departments' own systems (/api/v1/exchange): they take cases and hand in results with their own key.

Taking is by lease: what is not confirmed before the lease ends is given again. Handing in is an action of the
lifecycle like any other, done once for each Idempotency-Key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from schemas.interfaces.agreed import contract

from ..domain.case import Case, Event, canonical
from ..domain.guards import Move
from ..domain.refusal import Refusal
from ..domain.timeline import stages
from ..interfaces import streams
from ..interfaces.outside import Subscriber
from ..interfaces.streams import Stream
from ..keys import fingerprint
from . import api_review, masking, systems
from .access import desk_case
from .api_shapes import faults_in
from .api_views import case_json, listed_json
from .ask import Ask, read_json
from .desk_lists import Wanted, rows_of
from .material_slots import send_file
from .reply import Reply, data, problem

_PAGE = 50
_MOST_TAKEN = 20
_LEASE_SECONDS = 600
_OWN = ("action", "version", "operator")  # the other names of the body are the action's fields


def described(ask: Ask) -> Reply:
    """GET /openapi.json: the contract."""
    return data({**contract("exchange.openapi"), "servers": [{"url": ask.house.settings.base_url}]})


def take(ask: Ask) -> Reply | Refusal:
    """POST /take: the next cases with something new, each leased to the caller."""
    body = _checked(ask, "Take")
    if not isinstance(body, dict):
        return body
    one, lasts = _system(ask), timedelta(seconds=body.get("lease_seconds", _LEASE_SECONDS))
    rows = streams.due(ask.house.store, one.id, now=ask.now, most=3 * _MOST_TAKEN)
    given = (_delivery(ask, row.head["number"], one, lasts) for row in list(rows))
    most = int(body.get("limit", _MOST_TAKEN))  # JSON Schema takes 20.0 for whole
    return data({"deliveries": list(islice((found for found in given if found), most))})


def confirm(ask: Ask) -> Reply | Refusal:
    """POST /confirm: what was taken for good; a lease that somebody else holds by now is lost."""
    body = _checked(ask, "Confirm")
    if not isinstance(body, dict):
        return body
    said = [(one["number"], _confirmed(ask, one)) for one in body["taken"]]
    return data(
        {
            "taken": [number for number, good in said if good],
            "lost": [number for number, good in said if not good],
        }
    )


def cases(ask: Ask) -> Reply:
    """GET /cases: all cases of the caller's departments, for comparing with its own (对账)."""
    staff = ask.visitor.staff
    assert staff is not None
    wanted = Wanted(state=ask.query.get("state", "")[:20], after=ask.query.get("after", "")[:80])
    rows, after = rows_of(ask.house.store, staff, wanted, limit=_PAGE)
    return data({"cases": [listed_json(row.head, row.version) for row in rows], "after": after})


def case(ask: Ask) -> Reply | Refusal:
    """GET /cases/{number}: one case with answers and files."""
    found = desk_case(ask)
    return found if isinstance(found, Refusal) else _shown(ask, found)


def file(ask: Ask) -> Reply | Refusal:
    """GET /cases/{number}/files/{sha256}: the bytes of one document."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    return masking.file_seen(ask, found, ask.params["sha256"][:12]) or send_file(ask, found.materials)


def act(ask: Ask) -> Reply | Refusal:
    """POST /cases/{number}/actions: a result or an opinion from the department's system.

    Refusals: key_missing, key_reused, not_allowed (the step was not agreed for this system), and those of the desk.
    """
    key = ask.headers.get("idempotency-key", "")
    if not (16 <= len(key) <= 128 and key.isascii() and key.isprintable()):
        return Refusal("key_missing")
    body = _checked(ask, "Act")
    if not isinstance(body, dict):
        return body
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    earlier = _earlier(found, ask, key)
    if earlier is not None:
        return _shown(ask, found) if _same(earlier, key, body) else Refusal("key_reused")
    return _done(ask, found, key, body)


def _done(ask: Ask, found: Case, key: str, body: Mapping[str, Any]) -> Reply | Refusal:
    one, action = _system(ask), body["action"]
    if action not in one.facts["actions"]:
        return Refusal("not_allowed")
    given = {name: value for name, value in body.items() if name not in _OWN}
    wrong = api_review.action_faults(ask, found, action, given)
    if wrong:
        return problem(Refusal("invalid"), errors=wrong)
    operator = body["operator"]
    actor = systems.actor(one, name=operator["name"], post=f"{operator['post']}（{one.facts['name']}）")
    move = Move(action, actor, {**given, "request": _request(key, body)})
    outcome = ask.house.desk.perform(found.number, move, version=body["version"], now=ask.now)
    return outcome if isinstance(outcome, Refusal) else _shown(ask, outcome)


def _delivery(ask: Ask, number: str, one: Subscriber, lasts: timedelta) -> dict[str, Any] | None:
    """One case leased to the caller; None when it is not due after all or no longer concerns them."""
    house = ask.house
    stream = streams.find(house.store, number, one.id, now=ask.now)
    held = streams.claim(house.store, stream, now=ask.now, lasts=lasts) if stream else None
    found = house.desk.find(number, now=ask.now) if held else None
    if held is None:
        return None
    if found is None or not _concerns(ask, found):
        why = "no longer theirs" if found else "no such case"
        streams.failed(house.store, held, upto=held.done, why=why, now=ask.now, never=True)
        return None
    return None if masking.handed_over(ask, found) else _given(ask, held, found)


def _given(ask: Ask, held: Stream, found: Case) -> dict[str, Any]:
    new = found.events[held.done :]
    return {
        "number": held.number,
        "lease": held.lease,
        "until": held.at,
        "new": [event.seq for event in new],
        "upto": len(found.events),
        "case": _whole(ask, found),
    }


def _confirmed(ask: Ask, one: Mapping[str, Any]) -> bool:
    store = ask.house.store
    stream = streams.find(store, one["number"], _system(ask).id, now=ask.now)
    held = stream if stream and stream.lease and stream.lease == one["lease"] else None
    return held is not None and streams.taken(store, held, upto=int(one["upto"]), now=ask.now)


def _earlier(found: Case, ask: Ask, key: str) -> Event | None:
    """The event that an earlier request of this system with this key left behind."""
    mark = f"{fingerprint(key.encode())[:32]}."
    mine = (event for event in found.events if event.actor == ask.visitor.sub)
    return next((event for event in mine if str(event.data.get("request", "")).startswith(mark)), None)


def _same(event: Event, key: str, body: Mapping[str, Any]) -> bool:
    return bool(event.data["request"] == _request(key, body))


def _request(key: str, body: Mapping[str, Any]) -> str:
    """The request as history keeps it: which key, and what was asked."""
    return f"{fingerprint(key.encode())[:32]}.{fingerprint(canonical(body))[:32]}"


def _system(ask: Ask) -> Subscriber:
    one = systems.system_of(ask)
    assert one is not None
    return one


def _concerns(ask: Ask, found: Case) -> bool:
    return ask.visitor.staff is not None and found.concerns(ask.visitor.staff)


def _shown(ask: Ask, found: Case) -> Reply | Refusal:
    """The case in full, once the access log knows of it."""
    return masking.handed_over(ask, found) or data(_whole(ask, found))


def _whole(ask: Ask, found: Case) -> dict[str, Any]:
    return case_json(found, stages(found, ask.now, calendar=ask.house.calendar), private=True)


def _checked(ask: Ask, name: str) -> dict[str, Any] | Refusal | Reply:
    body = read_json(ask.body)
    if isinstance(body, Refusal):
        return body
    wrong = faults_in(body, contract("exchange.openapi")["components"]["schemas"][name])
    return problem(Refusal("invalid"), errors=wrong) if wrong else body
