"""The review desk: the queue (待审队列), one case with everything needed to decide it, and the way to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import sheets
from ..domain.case import Actor, Case
from ..domain.guards import Move
from ..domain.lifecycle import rule_for
from ..domain.numbers import normalise
from ..domain.refusal import Refusal
from ..domain.sheet import Hold
from ..domain.turns import states_of
from ..listing import OFFICE_LANE
from ..store.port import Listed
from . import action_forms, batch, masking, package_pages, phrase_pages, queue_view, sheet_desk, words
from .access import desk_case
from .ask import Ask
from .case_view import Attempt, case_page
from .comparison import every_file
from .desk_lists import Wanted, place_of, rows_of, tally
from .material_slots import send_file
from .queue_view import wanted_of
from .reply import Reply, redirect
from .show import show

_BATCH = 25
_CANDIDATES = 25  # how many cases of a list are tried before saying that colleagues have them all
_MENDED_HERE = {  # refusals that the reviewer can mend on the spot, and the control each belongs to
    "points_missing": "fields",
    "second_correction": "override_reason",
    "reason_missing": "reason",
    "hearing_not_served": "hearing",
    "two_inspectors": "inspector_b",
    "extension_too_long": "days",
    "special_unlawful": "basis",
    "meeting_passed": "meeting_on",
}


def queue(ask: Ask) -> Reply:
    """GET: one of the lists of the desk, the most pressing case first."""
    staff = _staff(ask)
    number = normalise(ask.query.get("search", ""))
    if number:
        return redirect(package_pages.desk_url(ask, number))
    wanted = wanted_of(ask, staff)
    store = ask.house.store
    held = sheets.claims(store, now=ask.now)
    own, asked = queue_view.own_rows(ask, staff, held), queue_view.asked_rows(ask, staff)
    rows, after = _rows(ask, staff, wanted, own=own, asked=asked)
    whole = rows if wanted.plain and wanted.view in ("", "all") and after is None else None
    return show(
        ask,
        "review/queue.html",
        staff=True,
        nav_current="/review/",
        q=tally(store, staff, ask.today, post=wanted.post, rows=whole),
        tabs=queue_view.tabs(ask, wanted, {"mine": len(own), "asked": len(asked)}),
        states=queue_view.state_links(wanted, states_of(staff.roles)) if wanted.lane == OFFICE_LANE else [],
        filters=queue_view.filters(ask, staff, wanted),
        rows=[_row(ask, staff, row, wanted, held) for row in rows],
        batch=words.say("desk", f"batch_{batch.action_of(staff)}", "zh") if batch.action_of(staff) else "",
        batch_action=f"/review/batch/{wanted.query()}",
        next_url=f"/review/{wanted.query(after=after)}" if after else None,
        next_action=f"/review/next/{wanted.query()}",
        done=queue_view.done_text(ask),
    )


def case(ask: Ask) -> Reply | Refusal:
    """GET: one case, ready to be decided."""
    found = desk_case(ask)
    return found if isinstance(found, Refusal) else case_page(ask, found)


def take_next(ask: Ask) -> Reply | Refusal:
    """POST: claims the most pressing case of the list that nobody is working on, and opens it."""
    staff = _staff(ask)
    wanted = wanted_of(ask, staff)
    rows, _ = rows_of(ask.house.store, staff, wanted, limit=_CANDIDATES, today=ask.today)
    number = _claimed(ask, staff, rows)
    return redirect(
        f"/review/{number}/{wanted.query()}" if number else f"/review/{wanted.query(done='none')}"
    )


def decide(ask: Ask) -> Reply | Refusal:
    """POST: do what was chosen, then show the next case of the list, claimed, or this one again."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    staff, action = _staff(ask), ask.posted.first("action")
    if not action:
        return case_page(ask, found, errors=[("f-action", words.say("desk", "choose", ask.lang))])
    if action not in action_forms.schemas_of_actions():
        return Refusal("unknown_action")
    attempt = _attempt(ask, found, action)
    if attempt.wrong:
        return case_page(ask, found, attempt)
    move = Move(action, staff, attempt.data)
    outcome = ask.house.desk.perform(found.number, move, version=action_forms.version_of(ask), now=ask.now)
    if isinstance(outcome, Refusal):
        return _again(ask, found, attempt, outcome)
    return redirect(_onward(ask, staff, found, action))


def reveal(ask: Ask) -> Reply | Refusal:
    """POST: the case with the personal data that this post may see in full; each time is noted."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    shown = masking.reveal(ask, found)
    return shown if isinstance(shown, Refusal) else case_page(ask, found, shown=shown)


def file(ask: Ask) -> Reply | Refusal:
    """A file of a case, as an attachment; each time is noted."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    sent = send_file(ask, every_file(found))
    if isinstance(sent, Refusal):
        return sent
    return masking.file_seen(ask, found, ask.params["sha256"][:16]) or sent


def _attempt(ask: Ask, case: Case, action: str) -> Attempt:
    """What was filled in for an action, and what is wrong with it."""
    form = action_forms.form_for(action, case, _staff(ask), ask.house.desk.world(case, ask.now), ask.lang)
    typed = action_forms.unprefixed(ask.posted.fields, action)
    fields = phrase_pages.with_phrase(typed, form.names(0), ask.posted.first(phrase_pages.FIELD))
    data, raw = form.parse(fields, names=form.names(0))
    wrong = {fault.field: fault.message for fault in form.faults(form.prune(data), today=ask.today)}
    rule = rule_for(case.state, action)
    lists_points = rule is not None and "points_listed" in rule.guards
    if lists_points and not (data.get("fields") or data.get("materials")):
        wrong = {"fields": words.explain(Refusal("points_missing"), ask.lang), **wrong}
    return Attempt(action, form.prune(data), raw, wrong)


def _again(ask: Ask, case: Case, attempt: Attempt, refusal: Refusal) -> Reply | Refusal:
    """What can be mended comes back with the form, and so does what a colleague or the applicant was faster with:
    the case as it is now, and what was typed. Other refusals are pages of their own."""
    if refusal.code in _MENDED_HERE:
        name = _MENDED_HERE[refusal.code]
        return case_page(ask, case, attempt.with_fault(name, words.explain(refusal, ask.lang)))
    if refusal.code in ("changed_meanwhile", "not_in_state", "held", "assigned_other"):
        status = words.status(refusal)
        return case_page(ask, case, attempt, notice=words.explain(refusal, ask.lang), status=status)
    return refusal


def _onward(ask: Ask, staff: Actor, case: Case, action: str) -> str:
    """Where a decision leads: to the next case of the list where that was asked for, else back to this one."""
    wanted = wanted_of(ask, staff)
    if ask.posted.first("_go") != "next":
        return f"/review/{case.number}/{wanted.query(done=action)}"
    place = place_of(case, wanted, ask.house.desk.world(case, ask.now))
    number = _free_one(ask, staff, replace(wanted, after=place), case) or _free_one(ask, staff, wanted, case)
    said = wanted.query(done=action, of=case.number)
    return f"/review/{number}/{said}" if number else f"/review/{said}"


def _free_one(ask: Ask, staff: Actor, wanted: Wanted, case: Case) -> str:
    """Another case of a list that could be claimed; nothing when none was free."""
    rows, _ = rows_of(ask.house.store, staff, wanted, limit=_CANDIDATES, today=ask.today)
    return _claimed(ask, staff, [row for row in rows if row.key != case.number])


def _claimed(ask: Ask, staff: Actor, rows: list[Listed]) -> str:
    """The first of these cases that the reviewer could claim; nothing when none was free."""
    held = sheets.claims(ask.house.store, now=ask.now) if rows else {}
    for row in rows:
        hold = held.get(row.key)
        if hold is None or hold.actor == staff.sub:
            found = ask.house.desk.find(row.key, now=ask.now)
            if found and not isinstance(sheet_desk.do(ask, found, "claim"), Refusal):
                return row.key
    return ""


def _row(ask: Ask, staff: Actor, row: Listed, wanted: Wanted, held: Mapping[str, Hold]) -> dict[str, Any]:
    hold = held.get(row.key)
    free = hold is None or hold.actor == staff.sub
    view = queue_view.row_view(ask, row, wanted, held)
    return {**view, "tick": f"{row.key}:{row.version}" if batch.offered(ask, row, staff, free=free) else ""}


def _rows(
    ask: Ask, staff: Actor, wanted: Wanted, *, own: list[Listed], asked: list[Listed]
) -> tuple[list[Listed], str | None]:
    if wanted.view in ("mine", "asked"):
        return {"mine": own, "asked": asked}[wanted.view], None
    return rows_of(ask.house.store, staff, wanted, limit=_BATCH, today=ask.today)


def _staff(ask: Ask) -> Actor:
    assert ask.visitor.staff is not None
    return ask.visitor.staff
