"""A person's own data (个人信息): what is kept, a copy to take away, and erasing drafts and profile (个保法 45、47).

Cases stay: they are files of the administration, kept as long as their item says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from schemas.masks import mask

from .. import drafts, enquiries, ledger
from ..domain.refusal import Refusal
from ..drafts import Draft
from ..store.port import CASES, DRAFTS, NOTICES, Listed, Table
from . import favourites, words
from .ask import Ask
from .reply import Reply, download
from .show import show
from .visitor import known, write

_KINDS = {"name": "name", "id_no": "id", "phone": "phone"}
_PAGE = 50
_MOST = 2000  # of anything, in one copy


def page(ask: Ask) -> Reply:
    """GET: what is kept about the person, and what they can do with it."""
    counts = {"cases": len(list(_rows(ask, CASES))), "drafts": len(list(_drafts(ask)))}
    return show(
        ask,
        "my_data.html",
        counts=counts,
        facts=[
            (words.say("my_data", key, ask.lang), mask(_KINDS[key], text))
            for key, text in _profile(ask).items()
        ],
        export=ask.url("/me/data/copy/"),
        action=ask.url("/me/data/"),
    )


def copy(ask: Ask) -> Reply:
    """GET: everything about the person as one JSON file."""
    value = {
        "person": {"sub": ask.visitor.sub, **_profile(ask)},
        "drafts": [_draft(ask, draft) for draft in _drafts(ask)],
        "favourites": list(favourites.names_of(ask)),
        "cases": [one for row in _rows(ask, CASES) if (one := _case(ask, row.key))],
        "notices": [dict(row.head) for row in _rows(ask, NOTICES)],
        "enquiries": [
            dict(row.head) for row in enquiries.of_person(ask.house.store, ask.visitor.sub, limit=_PAGE)
        ],
    }
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return download(text.encode(), name="my-data.json", content_type="application/json")


def erase(ask: Ask) -> Reply | Refusal:
    """POST: every draft and favourite is deleted and what the provider told of the person is forgotten; cases stay."""
    if ask.posted.first("sure") != "yes":
        return Refusal("not_sure")
    found = list(_drafts(ask))
    for draft in found:
        drafts.erase(ask.house.store, draft, now=ask.now)
    favourites.forget(ask)
    forgotten = replace(ask.visitor, sealed="")
    said = words.say("my_data", "erased_text", ask.lang, n=len(found))
    title = words.say("my_data", "erased", ask.lang)
    links = [(ask.url("/me/"), words.say("my_data", "back", ask.lang))]
    done = show(
        replace(ask, visitor=forgotten), "message.html", title=title, heading=title, paragraphs=[said], links=links,
        tone="ok", alt_url=None,
    )  # fmt: skip
    secure = ask.house.settings.secure
    return done.with_cookie(write(forgotten, ask.house.keys, now=ask.now, secure=secure))


def _profile(ask: Ask) -> dict[str, str]:
    """What the provider told: name, number of the identity card, telephone, as far as it did."""
    return {"name": ask.visitor.name} | known(ask.visitor, ask.house.keys)


def _drafts(ask: Ask) -> Iterator[Draft]:
    for row in _rows(ask, DRAFTS):
        draft = drafts.find(ask.house.store, row.key, now=ask.now)
        if draft and draft.applicant == ask.visitor.sub and not draft.number:
            yield draft


def _draft(ask: Ask, draft: Draft) -> dict[str, Any]:
    return {
        "item": draft.item_id,
        "name": draft.item_name,
        "saved_at": draft.saved_at,
        "form": dict(draft.form),
        "materials": _files(draft.materials),
    }


def _case(ask: Ask, number: str) -> dict[str, Any] | None:
    found = ledger.find(ask.house.store, number, now=ask.now)
    if found is None:
        return None
    case = found[0]
    return {
        "number": case.number,
        "item": case.item_id,
        "name": case.item_name,
        "state": case.state,
        "received_at": case.received_at,
        "form": dict(case.form),
        "materials": _files(case.materials),
    }


def _files(materials: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {name: [ledger.file_out(file) for file in kept] for name, kept in materials.items()}


def _rows(ask: Ask, table: Table) -> Iterator[Listed]:
    """The person's rows of a table, page by page."""
    after, given = None, 0
    while given < _MOST:
        found = ask.house.store.query(table, "owner", ask.visitor.sub, limit=_PAGE, after=after)
        yield from found.rows
        after, given = found.after, given + len(found.rows)
        if after is None:
            return
