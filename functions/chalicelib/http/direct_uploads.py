"""Files that go straight to the bucket (直传) and come back as an address of ours; no scripts needed.

The bucket's own policy bounds the size; type, size and hash are judged here when the browser comes back.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit

from schemas.items import Material

from .. import uploads
from ..domain.refusal import Refusal
from ..drafts import Draft
from .ask import Ask
from .material_slots import Change, adding

_MEGABYTE = 1024 * 1024


def ticketed(
    ask: Ask, slots: list[dict[str, Any]], materials: Iterable[Material], draft: Draft
) -> list[dict[str, Any]]:
    """The slots, each with the bucket's form where the store has one."""
    wanted = {material.id: material for material in materials if material.upload}
    return [
        slot | {"direct": _ticket(ask, wanted[slot["id"]], draft) if slot["id"] in wanted else None}
        for slot in slots
    ]


def origin_of(slots: Iterable[dict[str, Any]]) -> str:
    """The bucket's origin, which the page's forms must be allowed to reach; "" where nothing goes there."""
    url = next((slot["direct"]["url"] for slot in slots if slot["direct"]), "")
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if url else ""


def arrived(
    ask: Ask, materials: Iterable[Material], draft: Draft
) -> tuple[Material, Change | Refusal] | Refusal:
    """What came with the address the bucket sent the browser to, kept under its hash like any upload.

    Refusals: forged (not an address we gave for this draft), file_missing, and those of `uploads.keep`.
    """
    slot, token, key = (ask.query.get(name, "") for name in ("slot", "t", "key"))
    material = next((one for one in materials if one.id == slot and one.upload), None)
    ours = ask.house.keys.holds(ask.query.get("m", ""), "direct upload", draft.id, slot, token)
    if material is None or not ours:
        return Refusal("forged")
    data = ask.house.store.take_upload(token, key, max_bytes=material.max_mb * _MEGABYTE)
    if data is None:
        return material, Refusal("file_missing")
    file = uploads.keep(ask.house.store, name=key.rpartition("/")[2], data=data, material=material)
    return material, file if isinstance(file, Refusal) else adding(material.id, file)


def _ticket(ask: Ask, material: Material, draft: Draft) -> dict[str, Any] | None:
    token = secrets.token_hex(16)
    mark = ask.house.keys.mark("direct upload", draft.id, material.id, token)
    path = ask.url(f"/apply/{draft.item_id}/{draft.id}/sent")
    back = f"{ask.house.settings.base_url}{path}?{urlencode({'slot': material.id, 't': token, 'm': mark})}"
    ticket = ask.house.store.upload_ticket(token, max_bytes=material.max_mb * _MEGABYTE, back=back)
    return {"url": ticket.url, "fields": ticket.fields} if ticket else None
