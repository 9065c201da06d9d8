"""The papers of a case (通知书、决定书): written from the stored event, so they read the same for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from schemas.calendar import day_of
from schemas.items import Item

from ..domain.case import Case, Event
from ..domain.history import owed, process_of
from ..domain.numbers import grouped
from . import words
from .linked import seal_line
from .progress import DOCUMENTS
from .views import item_name


def paper(case: Case, event: Event, item: Item, *, lang: str, back_url: str) -> dict[str, Any] | None:
    """The document an event produced; None when it produced none that is written as a letter."""
    kind = DOCUMENTS.get(event.action)
    if kind is None or kind == "receipt":
        return None
    return {
        "title": words.say("documents", kind, lang),
        "doc_no": words.say("papers", "doc_no", lang, number=grouped(case.number), seq=event.seq),
        "to": case.applicant_name,
        "paragraphs": _paragraphs(case, event, kind, lang) + _tolerance(event, kind, item, lang),
        "points": _listed(case, event, kind, item, lang),
        "remedies": _remedies(item, lang) if kind in ("denial", "refusal", "revocation") else [],
        "signer": item.dept_name(lang),
        "seal": seal_line(case, event.seq, lang) or words.say("papers", "seal", lang),
        "date_text": words.day_text(day_of(event.at), lang),
        "back_url": back_url,
    }


def listed_points(fields: Iterable[str], materials: Iterable[str], item: Item, lang: str) -> list[str]:
    """The labels of what is to be handed in again."""
    form = item.form(lang)
    titles = {material.id: material.title(lang) for material in item.materials}
    answers = [words.say("papers", "field", lang, name=form.label(name)) for name in fields if form.has(name)]
    return answers + [
        words.say("papers", "material", lang, name=titles.get(name, name)) for name in materials
    ]


def _listed(case: Case, event: Event, kind: str, item: Item, lang: str) -> list[str]:
    """What a correction notice lists, or what may follow an acceptance (容缺)."""
    if kind == "correction":
        return listed_points(event.data.get("fields", ()), event.data.get("materials", ()), item, lang)
    owes = kind == "acceptance" and "owed" in event.data.get("due", {})
    brought = {
        name for later in case.events if later.action == "add_owed" for name in later.data.get("changed", ())
    }
    late = {m.id for m in owed(case, item)} | brought
    return [m.title(lang) for m in item.materials if m.id in late and m.need == "3"] if owes else []


def _tolerance(event: Event, kind: str, item: Item, lang: str) -> list[str]:
    """The limit and the stated consequence of late materials."""
    due = event.data.get("due", {}).get("owed")
    if kind != "acceptance" or due is None:
        return []
    consequence = words.say("papers", f"consequence_{process_of(item, 'owed_consequence', 'close')}", lang)
    day = words.day_text(date.fromisoformat(due), lang)
    return [words.say("papers", "acceptance_owed", lang, owed_due=day, consequence=consequence)]


def _paragraphs(case: Case, event: Event, kind: str, lang: str) -> list[str]:
    dues = event.data.get("due", {})
    facts = {
        "item": item_name(case, lang),
        "received": words.day_text(day_of(case.received_at), lang),
        "day": words.day_text(day_of(event.at), lang),
        "reason": str(event.data.get("reason", "")),
        "body": str(event.data.get("right_body", "")),
        "kind": str(event.data.get("kind", "")),
        "basis": str(event.data.get("basis", "")),
        "days": str(event.data.get("days", "")),
        "inspectors": "、".join(str(event.data.get(name, "")) for name in ("inspector_a", "inspector_b")),
        **{f"{name}_due": words.day_text(date.fromisoformat(due), lang) for name, due in dues.items()},
    }
    if event.action == "deem_accepted":
        kind = "deemed"
    texts = [
        words.say("papers", f"{kind}_{line}", lang, **facts)
        for line in (1, 2, 3)
        if words.has("papers", f"{kind}_{line}")
    ]
    return [*texts, *([event.note] if event.note else [])]


def _remedies(item: Item, lang: str) -> list[str]:
    """Review and lawsuit rights (行政许可法 38(2)): the item's own words, or the general ones."""
    named = item.guide.get("remedies") if lang == "zh" else None
    if named:
        return [named["review"], named["lawsuit"]]
    return [words.say("papers", "review", lang), words.say("papers", "lawsuit", lang)]
