"""Personal data on the desk: masked for everybody, shown in full to whose post needs it, and each time noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.masks import mask

from .. import access_log
from ..access_log import Line
from ..domain.case import Actor, Case
from ..domain.refusal import Refusal
from ..domain.rights import SEE_CONTACT, SEE_IDENTITY, may
from .ask import Ask

_NEEDS: Mapping[str, tuple[str, ...]] = {
    "name": (SEE_IDENTITY, SEE_CONTACT),
    "id": (SEE_IDENTITY,),
    "bank": (SEE_IDENTITY,),
    "address": (SEE_IDENTITY,),
    "phone": (SEE_CONTACT,),
}
NOTHING: frozenset[str] = frozenset()


def kinds_for(staff: Actor | None) -> frozenset[str]:
    """The kinds of personal data that this person may ask to see in full."""
    return frozenset(kind for kind, rights in _NEEDS.items() if any(may(staff, one) for one in rights))


def answers(
    masks: Mapping[str, str], form: Mapping[str, Any], shown: frozenset[str] = NOTHING
) -> dict[str, Any]:
    """The answers with every personal value masked, but those of the kinds in `shown`.

    `masks` is `Form.masks`: {"phone": "phone", "members[].id_no": "id"}.
    """
    hidden = {name: kind for name, kind in masks.items() if kind not in shown}
    return {name: _hidden(name, value, hidden) for name, value in form.items()}


def can_reveal(masks: Mapping[str, str], form: Mapping[str, Any], staff: Actor | None) -> bool:
    """Whether there is something masked in the answers that this person may ask to see."""
    return answers(masks, form) != answers(masks, form, kinds_for(staff))


def reveal(ask: Ask, case: Case) -> frozenset[str] | Refusal:
    """Notes that this person now sees the case in full, and says which kinds of data may be shown.

    Refusals: not_allowed, unavailable (the log could not be written).
    """
    staff = ask.visitor.staff
    shown = kinds_for(staff)
    if staff is None or not shown:
        return Refusal("not_allowed")
    return _noted(ask, Line(case, access_log.SEEN, tuple(sorted(shown))), staff) or shown


def handed_over(ask: Ask, case: Case) -> Refusal | None:
    """Notes that another system now gets the case in full, as was agreed with it."""
    assert ask.visitor.staff is not None
    return _noted(ask, Line(case, access_log.SEEN, tuple(sorted(_NEEDS))), ask.visitor.staff)


def file_seen(ask: Ask, case: Case, name: str) -> Refusal | None:
    """Notes that a file of the case is opened."""
    assert ask.visitor.staff is not None
    return _noted(ask, Line(case, access_log.FILE, (name,)), ask.visitor.staff)


def turned_away(ask: Ask, case: Case) -> Refusal:
    """not_yours for a member of staff, noted: somebody looked for a case that is not theirs."""
    if ask.visitor.staff is not None:
        _noted(ask, Line(case, access_log.REFUSED), ask.visitor.staff)
    return Refusal("not_yours")


def _noted(ask: Ask, line: Line, staff: Actor) -> Refusal | None:
    try:
        access_log.note(ask.house.store, line, staff, now=ask.now)
    except access_log.Busy:
        return Refusal("unavailable")
    return None


def _hidden(name: str, value: Any, hidden: Mapping[str, str]) -> Any:
    if isinstance(value, str) and name in hidden:
        return mask(hidden[name], value)
    if isinstance(value, (list, tuple)):
        return [_row_hidden(name, row, hidden) for row in value]
    return value


def _row_hidden(name: str, row: Any, hidden: Mapping[str, str]) -> Any:
    """One entry of a group."""
    if not isinstance(row, Mapping):
        return row
    return {key: _hidden(f"{name}[].{key}", value, hidden) for key, value in row.items()}
