"""The add and remove buttons of repeating groups: the page comes back with one entry more or less, nothing judged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from schemas.form_fields import GROUP
from schemas.forms import Form

from .ask import Ask

_BUTTON = re.compile(rf"(add|drop):({GROUP})(?::([0-9]{{1,2}}))?")


def wanted(ask: Ask) -> bool:
    """Whether the button pressed adds or removes an entry."""
    return _BUTTON.fullmatch(ask.posted.first("_go")) is not None


def changed(ask: Ask, form: Form, names: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(answers, as typed) of the page after the button: blank entries stay, so that they can be filled in."""
    pressed = _BUTTON.fullmatch(ask.posted.first("_go"))
    assert pressed
    action, group, row = pressed.groups()
    answers, raw = form.parse(ask.posted.fields, names=names, keep_blanks=True)
    count = len(answers.get(group, ()))
    for kept in (answers, raw):
        entries = list(kept.get(group, ()))
        if action == "add" and count < form.most(group):
            kept[group] = [*entries, {}]
        elif action == "drop" and row is not None:
            kept[group] = [one for n, one in enumerate(entries) if n != int(row)]
    return answers, raw
