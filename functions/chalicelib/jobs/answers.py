"""Telling askers that their enquiry was answered: in the inbox, and by the contact they left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from schemas.formats import is_mobile, mobile

from .. import enquiries
from ..domain.enquiry import ANSWER_TOLD, Enquiry
from ..http import words
from ..notify import post
from ..notify.message import compose
from ..store.port import NOTICES, Listed, Record, Store
from .deliver import INBOX_ONLY, Outward

_SEQ = "answer"  # the one event of an enquiry that is told


def tell_askers(store: Store, *, now: datetime, outward: Outward = INBOX_ONLY) -> int:
    """Tells each asker once, by keys that are known when it comes to a second time; how many were told."""
    return sum(_tell(store, row, now, outward) for row in list(_untold(store)))


def _untold(store: Store) -> Iterator[Listed]:
    after: str | None = None
    while True:
        page = enquiries.untold(store, after=after)
        yield from page.rows
        after = page.after
        if after is None:
            return


def _tell(store: Store, row: Listed, now: datetime, outward: Outward) -> bool:
    found = enquiries.find(store, row.key, now=now)
    if found is None or found.answer is None:
        return False
    head, event = (
        _head(found),
        {"seq": _SEQ, "action": ANSWER_TOLD, "at": found.answer.at.isoformat(), "data": {}},
    )
    if found.sub:
        store.create(NOTICES, _notice(found, head, event))
    for way, to in reached(found.contact).items():
        if way in outward.ways:
            post.queue(store, compose(head, event, way=way, to=to, site=outward.site), now=now)
    enquiries.told(store, row)
    return True


def reached(contact: str) -> dict[str, str]:
    """The way that a contact as typed leads: a mobile number or a mail address, or none."""
    if is_mobile(mobile(contact)):
        return {"sms": mobile(contact)}
    return {"mail": contact.strip()} if "@" in contact else {}


def _head(enquiry: Enquiry) -> dict[str, str]:
    return {
        "number": enquiry.number,
        "item_name": enquiry.item_name or words.say("enquiries", "nameless", "zh"),
        "item_name_en": enquiry.item_name_en or words.say("enquiries", "nameless", "en"),
    }


def _notice(enquiry: Enquiry, head: Mapping[str, str], event: Mapping[str, Any]) -> Record:
    at = event["at"]
    return Record(
        key=f"{enquiry.number}#{_SEQ}", head={**head, "action": ANSWER_TOLD, "at": at},
        index={"owner": (enquiry.sub, f"{at}#{enquiry.number}")},
    )  # fmt: skip
