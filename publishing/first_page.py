"""The first page of an application, published as a file: what form.html is given before anybody has answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.forms import Form

AFTER_FORM = 2  # steps of an application after its form pages: materials, check


def first_page(form: Form, item: Mapping[str, str], *, action: str) -> dict[str, Any]:
    """The page of this form; `item` has id, name and url of what is applied for."""
    first = form.pages[0]
    count = len(form.pages) + AFTER_FORM
    return {
        "item": item,
        "page": {"n": 1, "count": count, "title": first.title, "intro": first.intro},
        "controls": form.controls(form.names(0), instance={}),
        "errors": [],
        "action": action,
        "back_url": None,
        "hidden": {},
        "submit_label": None,
    }
