"""What every page of a draft needs: whose it is, where it stands, how it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from schemas.packages import Applicable

from .. import drafts
from ..domain.refusal import Refusal
from ..drafts import Draft
from . import applicable
from .access import draft_of
from .ask import Ask
from .reply import Reply, redirect


def draft_item(ask: Ask) -> tuple[Draft, Applicable] | Refusal | Reply:
    """The visitor's draft and its item; a draft already handed in leads to its receipt."""
    draft = draft_of(ask)
    if isinstance(draft, Refusal):
        return draft
    if draft.number:
        return redirect(applicable.receipt_url(ask, draft, draft.number))
    item = applicable.of_draft(ask, draft)
    return (draft, item) if item else Refusal("unknown_item")


def saved(ask: Ask, draft: Draft, edit: Callable[[Draft], Draft]) -> Draft | None:
    """Saves an edit; a signed-in visitor's draft becomes theirs on any device."""
    owner = draft.applicant or ask.visitor.sub
    return drafts.change(ask.house.store, draft, lambda d: replace(edit(d), applicant=owner), now=ask.now)


def item_facts(ask: Ask, item: Applicable) -> dict[str, str]:
    return {"id": item.id, "name": item.name(ask.lang), "url": item.guide_url(ask.lang)}


def page_count(item: Applicable) -> int:
    """Pages of answers, the materials, and the check."""
    return len(item.form().pages) + 2


def address(draft: Draft, page: str) -> str:
    return f"/apply/{draft.item_id}/{draft.id}/{page}"
