"""Who may see a draft, a case, the desk: each answer is the thing itself or a refusal."""

from __future__ import annotations

from .. import drafts
from ..domain.case import Case
from ..domain.numbers import normalise
from ..domain.refusal import Refusal
from ..drafts import Draft
from . import masking
from .acting import may_see
from .ask import Ask


def draft_of(ask: Ask) -> Draft | Refusal:
    """The visitor's own draft of the item in the address; a stranger's draft does not exist for them."""
    draft = drafts.find(ask.house.store, ask.params["draft"], now=ask.now)
    mine = draft is not None and draft.belongs_to(sessions=ask.visitor.sessions, sub=ask.visitor.sub)
    if draft is None or not mine or draft.item_id != ask.params["item"]:
        return Refusal("not_found")
    return draft


def own_case(ask: Ask) -> Case | Refusal:
    """The signed-in applicant's own case, or one that they handle for its applicant (代办)."""
    case = case_at(ask)
    if isinstance(case, Refusal):
        return case
    return case if may_see(ask, case) else Refusal("not_yours")


def desk_case(ask: Ask) -> Case | Refusal:
    """A case that is the work of the member of staff; who looks for another is turned away, and that is noted."""
    case = case_at(ask)
    if isinstance(case, Refusal):
        return case
    staff = ask.visitor.staff
    return case if staff and case.concerns(staff) else masking.turned_away(ask, case)


def case_at(ask: Ask) -> Case | Refusal:
    """The case whose number is in the address."""
    number = normalise(ask.params["number"])
    case = ask.house.desk.find(number, now=ask.now) if number else None
    return case or Refusal("not_found")
