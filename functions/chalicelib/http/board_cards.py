"""One card (预警、纠错): what it says, answering it, ruling on it; a card written by hand; one's reminders."""

from __future__ import annotations

from typing import Any

from .. import ledger
from ..domain.case import Event
from ..domain.lights import BY_ID, RULES, post_on
from ..domain.numbers import normalise
from ..domain.refusal import Refusal
from ..domain.rights import ACT, RULE_ON, may
from ..jobs.watch import inbox
from ..store.port import NOTICES, Record
from ..watch import cards
from . import words
from .ask import Ask
from .board import card_row, reaches, staff_of
from .reply import Reply, redirect
from .show import show

WORDS = 500  # signs of an answer or a ruling
_MOST = 50
_NEEDS = {"answer": ACT, "uphold": RULE_ON, "excuse": RULE_ON}


def reminders(ask: Ask) -> Reply:
    """GET: the newest reminders of whoever asks."""
    staff = staff_of(ask)
    found = ask.house.store.query(NOTICES, "owner", inbox(staff.sub), limit=_MOST, newest_first=True)
    return show(
        ask,
        "review/reminders.html",
        staff=True,
        nav_current="/review/reminders/",
        rows=[card_row(ask, row.head) for row in found.rows],
    )


def card(ask: Ask) -> Reply | Refusal:
    """GET: one card with its history and what may be done."""
    found = _mine(ask)
    return found if isinstance(found, Refusal) else _page(ask, found)


def step(ask: Ask) -> Reply | Refusal:
    """POST: an answer or a ruling."""
    found = _mine(ask)
    if isinstance(found, Refusal):
        return found
    action, why = ask.posted.first("action"), ask.posted.first("why")[:WORDS]
    if not action:
        return _page(ask, found, wrong=words.say("board", "choose", ask.lang), at="f-action")
    if not may(staff_of(ask), _NEEDS.get(action, ACT)):
        return Refusal("not_allowed")
    outcome = cards.step(found, action, why, actor=staff_of(ask), now=ask.now)
    if isinstance(outcome, Refusal):
        if outcome.code != "reason_missing":
            return outcome
        return _page(ask, found, wrong=words.explain(outcome, ask.lang), at="f-why", chosen=action)
    if not cards.save(ask.house.store, outcome):
        return Refusal("changed_meanwhile")
    return redirect(f"/review/cards/{found.key}/")


def new_page(ask: Ask) -> Reply | Refusal:
    """GET: the form for a card written by hand (督办)."""
    return _new(ask, number=ask.query.get("number", "")[:20])


def new(ask: Ask) -> Reply | Refusal:
    """POST: writes a card by hand."""
    staff, number = staff_of(ask), normalise(ask.posted.first("number"))
    rule, why = ask.posted.first("rule"), ask.posted.first("why")[:WORDS]
    given = {"number": ask.posted.first("number")[:20], "rule": rule, "why": why}
    found = ledger.find(ask.house.store, number, now=ask.now) if number else None
    if found is None:
        return _new(ask, **given, wrong=("f-number", words.say("board", "no_case", ask.lang)))
    case = found[0]
    if not case.belongs_to(staff):
        return Refusal("not_yours")
    post = post_on(case, ask.house.desk.world(case, ask.now).item, ask.today)
    no = cards.by_hand(ask.house.store, case, rule, why, actor=staff, post=post, now=ask.now)
    if no:
        at = "f-why" if no.code == "reason_missing" else "f-rule"
        text = words.explain(no, ask.lang) if at == "f-why" else words.say("board", "choose", ask.lang)
        return _new(ask, **given, wrong=(at, text))
    return redirect(f"/review/cards/{cards.key_of(case.number, rule, len(case.events))}/")


def _new(
    ask: Ask, *, number: str, rule: str = "urged", why: str = "", wrong: tuple[str, str] | None = None
) -> Reply:
    return show(
        ask,
        "review/card_new.html",
        status=422 if wrong else 200,
        staff=True,
        nav_current="/review/board/",
        number=number,
        why=why,
        rule=rule,
        rules=[(one.id, one.cn) for one in RULES if one.by_hand],
        errors=[wrong] if wrong else [],
    )


def _mine(ask: Ask) -> Record | Refusal:
    """The card in the address, if it is about one's own work."""
    found = cards.find(ask.house.store, ask.params["card"], now=ask.now)
    if found is None:
        return Refusal("not_found")
    return found if reaches(staff_of(ask), found.head) else Refusal("not_yours")


def _page(ask: Ask, record: Record, *, wrong: str = "", at: str = "", chosen: str = "") -> Reply:
    head, rule = record.head, BY_ID[record.head["rule"]]
    return show(
        ask,
        "review/card.html",
        status=422 if wrong else 200,
        staff=True,
        nav_current="/review/board/",
        c={**card_row(ask, head), "source": rule.source, "case_url": f"/review/{head['number']}/"},
        lines=[_line(line) for line in cards.history(record)],
        choices=_choices(ask, head["state"]),
        chosen=chosen,
        action=f"/review/cards/{record.key}/",
        errors=[(at, wrong)] if wrong else [],
        why=ask.posted.first("why")[:WORDS],
    )


def _choices(ask: Ask, state: str) -> list[tuple[str, str]]:
    staff = staff_of(ask)
    return [
        (one.action, one.cn) for one in cards.STEPS if state in one.source and may(staff, _NEEDS[one.action])
    ]


def _line(line: Event) -> dict[str, Any]:
    by_rule = line.role == "system"
    raised = words.say("board", "by_rule" if by_rule else "by_hand", "zh")
    return {
        "name": raised if line.action == "raise" else cards.BY_ACTION[line.action].cn,
        "at": line.at.isoformat(),
        "who": "" if by_rule else f"{line.post} {line.actor_name}".strip(),
        "note": line.note,
    }
