"""What colleagues do around a case without deciding it: claim, hand over, step back, note, ask each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import sheets
from ..domain import sheet as rules
from ..domain.case import Actor, Case
from ..domain.numbers import grouped
from ..domain.refusal import Refusal
from ..domain.rights import ACT, CASE, CLAIM, HAND_OVER, NOTE, may
from ..domain.sheet import Entry, Sheet
from ..drawing import drawn
from . import words
from .access import desk_case
from .ask import Ask
from .queue_view import clock_text, wanted_of
from .reply import Reply, redirect
from .show import show

TEXT_SIGNS = 500
_STANDS = ("claim", "release", "renew")  # afterwards the page is as it was; else it goes to what was written
Deed = Callable[[Ask, Sheet, Actor], Sheet | Refusal]


def write(ask: Ask) -> Reply | Refusal:
    """POST: one deed on the desk's sheet (`_do`), then the case again."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    outcome = do(ask, found, ask.posted.first("_do"))
    if isinstance(outcome, Refusal):
        return outcome
    anchor = "" if ask.posted.first("_do") in _STANDS else "#sheet"
    return redirect(f"/review/{found.number}/{_query(ask)}{anchor}")


def more(ask: Ask) -> Reply | Refusal:
    """GET: the deeds that are rare: asking a colleague, handing over, stepping back."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    return show(
        ask,
        "review/sheet.html",
        staff=True,
        nav_current="/review/",
        number=grouped(found.number),
        item_name=found.item_name,
        case_url=f"/review/{found.number}/{_query(ask)}",
        sheet=view(ask, found, ask.house.desk.sheet(found, ask.now)),
    )


def do(ask: Ask, case: Case, name: str) -> Sheet | Refusal:
    """The sheet after a deed. Refusals: unknown_action, not_allowed, not_yours, those of `domain.sheet`."""
    staff = ask.visitor.staff
    if name not in _DEEDS or staff is None:
        return Refusal("unknown_action")
    right, deed = _DEEDS[name]
    if not may(staff, right):
        return Refusal("not_allowed")
    if name != "note" and not case.belongs_to(staff):
        return Refusal("not_yours")
    return sheets.change(
        ask.house.store, case.number, lambda sheet: deed(ask, sheet, staff), dept=case.dept, now=ask.now
    )


def colleagues(ask: Ask, case: Case) -> list[Actor]:
    """Others whose work the case could be, in the directory's order."""
    others = (one for one in ask.house.staff.everybody() if one.sub != ask.visitor.sub)
    return [one for one in others if case.belongs_to(one) and may(one, ACT)]


def view(ask: Ask, case: Case, sheet: Sheet) -> dict[str, Any]:
    """The sheet on the case page: who is at work, what may be done about it, what colleagues wrote."""
    staff = ask.visitor.staff
    assert staff is not None
    hold, given, own = sheet.hold(ask.now), sheet.assigned, case.belongs_to(staff)
    names = [(one.sub, f"{one.name}（{one.post}）") for one in colleagues(ask, case)]
    mine = hold is not None and hold.actor == staff.sub
    other = given is not None and given[0] != staff.sub
    return {
        "action": f"/review/{case.number}/sheet/{_query(ask)}",
        "status": _status(ask, sheet, staff),
        "mine": mine,
        "free": hold is None and staff.sub not in sheet.recused,
        "blocked": staff.sub not in sheet.recused and bool((hold and not mine) or (other and not mine)),
        "recused": staff.sub in sheet.recused,
        "may_claim": own and may(staff, CLAIM),
        "may_hand_over": own and bool(names) and (_is_theirs(sheet, staff, ask) or may(staff, HAND_OVER)),
        "may_note": may(staff, NOTE),
        "asked_me": sheet.asked.text if sheet.asked and sheet.asked.to == staff.sub else "",
        "asked": bool(sheet.asked),
        "colleagues": names,
        "entries": [_entry(entry) for entry in sheet.entries if own and entry.act in _SHOWN],
        "limit": TEXT_SIGNS,
    }


def _status(ask: Ask, sheet: Sheet, staff: Actor) -> dict[str, str]:
    """One line on who works on it, and its tone."""
    hold, given = sheet.hold(ask.now), sheet.assigned
    if staff.sub in sheet.recused:
        return {"text": words.say("desk", "you_recused", "zh"), "tone": "mute"}
    if hold:
        mine = hold.actor == staff.sub
        code = "yours_until" if mine else "held_by"
        text = words.say("desk", code, "zh", name=hold.name, time=clock_text(hold.until))
        return {"text": text, "tone": "ok" if mine else "warn"}
    if given:
        code = "given_you" if given[0] == staff.sub else "given_other"
        return {"text": words.say("desk", code, "zh", name=given[1]), "tone": "mute"}
    return {"text": words.say("desk", "nobody", "zh"), "tone": "mute"}


_SHOWN = frozenset(
    {rules.TAKE_OVER, rules.HAND_OVER, rules.ASSIGN, rules.RECUSE, rules.NOTE, rules.ASK, rules.SECOND}
)


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "name": words.say("sheet_entries", entry.act, "zh", to=entry.to_name),
        "who": f"{entry.name} {entry.post}".strip(),
        "at": entry.at,
        "text": entry.text,
    }


def _query(ask: Ask) -> str:
    """The list the case was opened from, so that the way back leads there."""
    staff = ask.visitor.staff
    return wanted_of(ask, staff).query() if staff else ""


def _text(ask: Ask) -> str:
    return ask.posted.first("text").strip()[:TEXT_SIGNS]


def _to(ask: Ask) -> Actor | None:
    """The colleague chosen, if the case could be theirs."""
    found = ask.house.staff.find(ask.posted.first("to"))
    case = desk_case(ask)
    return found if found and isinstance(case, Case) and found in colleagues(ask, case) else None


def _minutes(ask: Ask) -> int:
    return ask.house.desk.policy.claim_minutes


def _claim(ask: Ask, sheet: Sheet, staff: Actor) -> Sheet | Refusal:
    return rules.claim(sheet, staff, now=ask.now, minutes=_minutes(ask))


def _take_over(ask: Ask, sheet: Sheet, staff: Actor) -> Sheet | Refusal:
    return rules.take_over(sheet, staff, _text(ask), now=ask.now, minutes=_minutes(ask))


def _release(ask: Ask, sheet: Sheet, staff: Actor) -> Sheet | Refusal:
    return rules.release(sheet, staff, now=ask.now)


def _hand_over(ask: Ask, sheet: Sheet, staff: Actor) -> Sheet | Refusal:
    """One's own work is everybody's to hand over; a colleague's only with the right to."""
    anyway = may(staff, HAND_OVER)
    if not (anyway or _is_theirs(sheet, staff, ask)):
        return Refusal("not_allowed")
    return rules.hand_over(sheet, staff, _text(ask), to=_to(ask), now=ask.now, anyway=anyway)


def _is_theirs(sheet: Sheet, staff: Actor, ask: Ask) -> bool:
    """Whether the case is claimed by them or was given to them."""
    hold, given = sheet.hold(ask.now), sheet.assigned
    return staff.sub in (hold.actor if hold else "", given[0] if given else "")


def _recuse(ask: Ask, sheet: Sheet, staff: Actor) -> Sheet | Refusal:
    """Who steps back from a review that was drawn by lot is replaced by lot, in the same write."""
    after = rules.recuse(sheet, staff, _text(ask), now=ask.now)
    lost = isinstance(after, Sheet) and sheet.assigned is not None and after.assigned is None
    case = desk_case(ask)
    if not lost or isinstance(after, Refusal) or isinstance(case, Refusal):
        return after
    among = [one for one in ask.house.staff.everybody() if case.belongs_to(one)]
    return drawn(after, case.state, among=among, draw=ask.house.draw, now=ask.now)


def _note(ask: Ask, sheet: Sheet, staff: Actor) -> Sheet | Refusal:
    return rules.note(sheet, staff, _text(ask), now=ask.now)


def _ask_second(ask: Ask, sheet: Sheet, staff: Actor) -> Sheet | Refusal:
    return rules.ask_second(sheet, staff, _text(ask), to=_to(ask), now=ask.now)


def _second(ask: Ask, sheet: Sheet, staff: Actor) -> Sheet | Refusal:
    return rules.second(sheet, staff, _text(ask), now=ask.now)


_DEEDS: dict[str, tuple[str, Deed]] = {
    "claim": (CLAIM, _claim),
    "renew": (CLAIM, _claim),
    "take_over": (CLAIM, _take_over),
    "release": (CLAIM, _release),
    "hand_over": (CASE, _hand_over),
    "recuse": (CLAIM, _recuse),
    "note": (NOTE, _note),
    "ask_second": (NOTE, _ask_second),
    "second": (NOTE, _second),
}
