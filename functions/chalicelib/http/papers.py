"""The papers of a case (通知书、决定书): written from the stored event, so they read the same for ever."""

from __future__ import annotations

from datetime import date
from typing import Any

from schemas.calendar import day_of
from schemas.items import Item

from ..domain.case import Case, Event
from ..domain.numbers import grouped
from . import words
from .views import DOCUMENTS, item_name


def paper(case: Case, event: Event, item: Item, *, lang: str, back_url: str) -> dict[str, Any] | None:
    """The document an event produced; None when it produced none that is written as a letter."""
    kind = DOCUMENTS.get(event.action)
    if kind is None or kind == "receipt":
        return None
    return {
        "title": words.say("documents", kind, lang),
        "doc_no": words.say("papers", "doc_no", lang, number=grouped(case.number), seq=event.seq),
        "to": case.applicant_name,
        "paragraphs": _paragraphs(case, event, kind, lang),
        "points": points(event, item, lang) if kind == "correction" else [],
        "remedies": _remedies(item, lang) if kind in ("denial", "refusal") else [],
        "signer": item.dept_name(lang),
        "date_text": words.day_text(day_of(event.at), lang),
        "back_url": back_url,
    }


def points(event: Event, item: Item, lang: str) -> list[str]:
    """The labels of what a correction notice lists."""
    form = item.form(lang)
    titles = {material.id: material.title(lang) for material in item.materials}
    fields = [
        words.say("papers", "field", lang, name=form.label(n))
        for n in event.data.get("fields", ())
        if form.has(n)
    ]
    files = [
        words.say("papers", "material", lang, name=titles.get(n, n)) for n in event.data.get("materials", ())
    ]
    return fields + files


def _paragraphs(case: Case, event: Event, kind: str, lang: str) -> list[str]:
    dues = event.data.get("due", {})
    facts = {
        "item": item_name(case, lang),
        "received": words.day_text(day_of(case.received_at), lang),
        "day": words.day_text(day_of(event.at), lang),
        "reason": str(event.data.get("reason", "")),
        "body": str(event.data.get("right_body", "")),
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
