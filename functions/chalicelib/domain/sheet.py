"""The desk's sheet on a case (办理底稿): who is working on it and what colleagues tell each other.

It stands beside the case and never in it: nothing an applicant can see is made from a sheet. Everything it
says follows from its entries, which are only ever added to.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from .case import Actor
from .lifecycle import REVIEWER, rule_for
from .refusal import Refusal

CLAIM, TAKE_OVER, RELEASE, HAND_OVER = "claim", "take_over", "release", "hand_over"
ASSIGN, RECUSE, NOTE, ASK, SECOND = "assign", "recuse", "note", "ask_second", "second"
DONE, LEFT = "done", "left"  # a step was taken; with LEFT the case went on to another part of the work
_ENDS, _OWN_ENDS = (HAND_OVER, DONE, LEFT), (RELEASE, RECUSE)
_PARTS = (
    frozenset({"submitted", "correcting"}),
    frozenset({"accepted", "reviewing", "special", "on_hold"}),
    frozenset({"granted", "delivering", "denied"}),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: who did what and when. `to` is the colleague it is for; `until` ends a claim."""

    at: datetime
    act: str
    actor: str
    name: str
    post: str
    text: str = ""
    to: str = ""
    to_name: str = ""
    until: datetime | None = None


class Hold(NamedTuple):
    """A claim that stands: whose, and until when."""

    actor: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """The entries on one case; version 0 is a sheet nobody has written on."""

    number: str
    dept: str
    entries: tuple[Entry, ...] = ()
    version: int = 0

    def hold(self, now: datetime) -> Hold | None:
        """The claim that stands now: the newest one, unless it has run out or was given up."""
        last: Entry | None = None
        for entry in self.entries:
            if entry.act in (CLAIM, TAKE_OVER):
                last = entry
            elif last and (entry.act in _ENDS or (entry.actor == last.actor and entry.act in _OWN_ENDS)):
                last = None
        if last is None or last.until is None or last.until <= now:
            return None
        return Hold(last.actor, last.name, last.until)

    @property
    def assigned(self) -> tuple[str, str] | None:
        """(sub, name) of the colleague this part of the work was given to, by lot or by hand."""
        given: tuple[str, str] | None = None
        for entry in self.entries:
            if entry.act in (ASSIGN, HAND_OVER):
                given = (entry.to, entry.to_name)
            elif entry.act == TAKE_OVER and given:
                given = (entry.actor, entry.name)
            elif entry.act == LEFT or (entry.act == RECUSE and given and given[0] == entry.actor):
                given = None
        return given

    @property
    def recused(self) -> frozenset[str]:
        """Who must not work on it (回避)."""
        return frozenset(entry.actor for entry in self.entries if entry.act == RECUSE)

    @property
    def asked(self) -> Entry | None:
        """The request for a second opinion that is open."""
        last = next((e for e in reversed(self.entries) if e.act in (ASK, SECOND)), None)
        return last if last and last.act == ASK else None


def claim(sheet: Sheet, actor: Actor, *, now: datetime, minutes: int) -> Sheet | Refusal:
    """The sheet with the actor's claim on it, begun or begun anew. Refusals: recused, held, assigned_other."""
    no = _not_theirs(sheet, actor, now)
    if no:
        return no
    if sheet.assigned and sheet.assigned[0] != actor.sub and REVIEWER in actor.roles:
        return Refusal("assigned_other", {"name": sheet.assigned[1]})
    return _added(sheet, actor, CLAIM, now, until=now + timedelta(minutes=minutes))


def take_over(sheet: Sheet, actor: Actor, reason: str, *, now: datetime, minutes: int) -> Sheet | Refusal:
    """The actor's claim in place of a colleague's, with the reason on record. Refusals: recused, reason_missing."""
    if actor.sub in sheet.recused:
        return Refusal("recused")
    if not reason.strip():
        return Refusal("reason_missing")
    return _added(sheet, actor, TAKE_OVER, now, text=reason, until=now + timedelta(minutes=minutes))


def release(sheet: Sheet, actor: Actor, *, now: datetime) -> Sheet:
    """The claim given up; the same sheet when it was not theirs."""
    hold = sheet.hold(now)
    return _added(sheet, actor, RELEASE, now) if hold and hold.actor == actor.sub else sheet


def hand_over(
    sheet: Sheet, actor: Actor, reason: str, *, to: Actor | None, now: datetime, anyway: bool = False
) -> Sheet | Refusal:
    """The work given to a colleague whose work it could be (`to`). Refusals: colleague_unknown, recused,
    colleague_recused, held (unless `anyway`: a chief hands over what a colleague holds), reason_missing."""
    no = (None if anyway else _not_theirs(sheet, actor, now)) or _unfit(sheet, actor, to)
    if no or to is None:
        return no or Refusal("colleague_unknown")
    if not reason.strip():
        return Refusal("reason_missing")
    return _added(sheet, actor, HAND_OVER, now, text=reason, to=to.sub, to_name=to.name)


def recuse(sheet: Sheet, actor: Actor, reason: str, *, now: datetime) -> Sheet | Refusal:
    """The actor steps back for good (回避), which frees the case. Refusal: reason_missing."""
    if actor.sub in sheet.recused:
        return sheet
    if not reason.strip():
        return Refusal("reason_missing")
    return _added(sheet, actor, RECUSE, now, text=reason)


def in_review(state: str) -> bool:
    """Whether the case is with the reviewers."""
    return state in _PARTS[1]


def assign(sheet: Sheet, to: Actor | None, *, by: Actor, now: datetime) -> Sheet:
    """The review given to somebody by lot; the same sheet when it was given already or there is nobody."""
    if sheet.assigned or to is None:
        return sheet
    return _added(sheet, by, ASSIGN, now, to=to.sub, to_name=to.name)


def done(sheet: Sheet, actor: Actor, *, source: str, target: str, now: datetime) -> Sheet:
    """After a step: the claim is over, and the assignment too once the case has gone on to another part."""
    stays = any({source, target} <= part for part in _PARTS)
    idle = sheet.hold(now) is None and (stays or sheet.assigned is None)
    return sheet if idle else _added(sheet, actor, DONE if stays else LEFT, now, text=target)


def note(sheet: Sheet, actor: Actor, text: str, *, now: datetime) -> Sheet | Refusal:
    """A note for colleagues (内部备注). Refusal: note_empty."""
    return _added(sheet, actor, NOTE, now, text=text.strip()) if text.strip() else Refusal("note_empty")


def ask_second(sheet: Sheet, actor: Actor, text: str, *, to: Actor | None, now: datetime) -> Sheet | Refusal:
    """A colleague asked for a second opinion. Refusals: second_open, colleague_unknown, recused, note_empty."""
    if sheet.asked:
        return Refusal("second_open", {"name": sheet.asked.to_name})
    no = _unfit(sheet, actor, to)
    if no or to is None:
        return no or Refusal("colleague_unknown")
    if not text.strip():
        return Refusal("note_empty")
    return _added(sheet, actor, ASK, now, text=text.strip(), to=to.sub, to_name=to.name)


def second(sheet: Sheet, actor: Actor, text: str, *, now: datetime) -> Sheet | Refusal:
    """The answer of the colleague who was asked. Refusals: second_not_asked, note_empty."""
    if sheet.asked is None or sheet.asked.to != actor.sub:
        return Refusal("second_not_asked")
    return _added(sheet, actor, SECOND, now, text=text.strip()) if text.strip() else Refusal("note_empty")


def stops(sheet: Sheet, actor: Actor, action: str, state: str, *, now: datetime) -> Refusal | None:
    """Why a step on the case is not the actor's to do now: recused, held by a colleague, given to another reviewer.

    An opinion that another department was asked for is its own affair and stopped by nothing here.
    """
    if action == "give_opinion":
        return None
    rule = rule_for(state, action)
    acting = next((role for role in (rule.by if rule else ()) if role in actor.roles), "")
    other = sheet.assigned is not None and sheet.assigned[0] != actor.sub
    if acting == REVIEWER and other and sheet.assigned:
        return Refusal("assigned_other", {"name": sheet.assigned[1]})
    return _not_theirs(sheet, actor, now)


def entitled(staff: Collection[Actor], sheet: Sheet, role: str) -> list[Actor]:
    """Who of those whose work the case is may be given it in that role: not recused, in a fixed order."""
    fit = (actor for actor in staff if role in actor.roles and actor.sub not in sheet.recused)
    return sorted(fit, key=lambda actor: actor.sub)


def _not_theirs(sheet: Sheet, actor: Actor, now: datetime) -> Refusal | None:
    if actor.sub in sheet.recused:
        return Refusal("recused")
    hold = sheet.hold(now)
    return Refusal("held", {"name": hold.name}) if hold and hold.actor != actor.sub else None


def _unfit(sheet: Sheet, actor: Actor, to: Actor | None) -> Refusal | None:
    """Whether the work can go to that colleague: another person, not recused."""
    if to is None or to.sub == actor.sub:
        return Refusal("colleague_unknown")
    return Refusal("colleague_recused", {"name": to.name}) if to.sub in sheet.recused else None


def _added(
    sheet: Sheet, actor: Actor, act: str, now: datetime, *, text: str = "", to: str = "", to_name: str = "",
    until: datetime | None = None,
) -> Sheet:  # fmt: skip
    entry = Entry(now, act, actor.sub, actor.name, actor.post, text, to, to_name, until)
    return replace(sheet, entries=(*sheet.entries, entry))
