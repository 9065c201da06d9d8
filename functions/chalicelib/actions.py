"""Doing an action on a stored case: find, settle, decide, save; losing the race is a value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from schemas.calendar import Calendar
from schemas.items import Catalogue

from . import ledger, sheets
from .domain import sheet as sheet_rules
from .domain.act import World, act, settle
from .domain.case import Case
from .domain.guards import Move
from .domain.lifecycle import STAFF_ROLES
from .domain.links import needed_for
from .domain.policy import DEFAULT, Policy
from .domain.refusal import Refusal
from .store.port import CASES, Record, Store

_TRIES = 4
Offers = Callable[[str, str, str], bool]  # whether there is a service: kind, department, item


class LostItem(Exception):
    """A case pins an item version that the catalogue no longer holds: the deployment is broken."""


class Desk:
    """Cases at work: the store, the catalogue and the calendar together."""

    def __init__(
        self, *, store: Store, catalogue: Catalogue, calendar: Calendar, policy: Policy = DEFAULT,
        offers: Offers = lambda kind, dept, item: True,
    ) -> None:  # fmt: skip
        self.store, self.catalogue, self.calendar, self.policy = store, catalogue, calendar, policy
        self._offers = offers

    def world(self, case: Case, now: datetime) -> World:
        """What a decision on this case may look at: the item exactly as it was when the case was handed in."""
        item = self.catalogue.version(case.item_id, case.item_version)
        if item is None:
            raise LostItem(f"{case.item_id} {case.item_version}")
        return World(item, self.calendar, now, self.policy)

    def find(self, number: str, *, now: datetime) -> Case | None:
        """The case as the law sees it at this instant, saved if the law had moved it on."""
        found = self._settled(number, now)
        return found[0] if found else None

    def of(self, record: Record, *, now: datetime) -> Case | None:
        """The same as `find` for a case whose record was just read."""
        found = self._settled(record.key, now, record)
        return found[0] if found else None

    def perform(self, number: str, move: Move, *, version: int, now: datetime) -> Case | Refusal:
        """The case after the move.

        Refusals: not_found, changed_meanwhile (the case is no longer at `version`), those of `act`, not_served
        (no platform for it), and what the desk's sheet says: held, assigned_other, recused.
        The same move sent twice at the same version is done once and answered alike.
        """
        found = self._settled(number, now)
        if found is None:
            return Refusal("not_found")
        case, record = found
        if case.version != version:
            return case if _is_replay(case, move, version) else _moved(case, move)
        world = self.world(case, now)
        outcome = act(case, move, world)
        if isinstance(outcome, Refusal):
            return outcome
        sheet = self.sheet(case, now) if _is_staff(move) else None
        stopped = sheet and sheet_rules.stops(sheet, move.actor, move.action, case.state, now=now)
        no = stopped or self.unserved(case, move.action)
        if no:
            return no
        if ledger.save(self.store, outcome, read=record, world=world):
            self._step_taken(sheet, case, outcome, move, now=now)
            return outcome
        return self._after_lost_race(number, move, version=version, now=now)

    def sheet(self, case: Case, now: datetime) -> sheet_rules.Sheet:
        """The desk's own sheet on the case."""
        return sheets.find(self.store, case.number, dept=case.dept, now=now)

    def unserved(self, case: Case, action: str) -> Refusal | None:
        """Why a step that asks a service of others is not taken here: none was agreed for this case."""
        kind = needed_for(action)
        missing = kind and not self._offers(kind, case.dept, case.item_id)
        return Refusal("not_served") if missing else None

    def _step_taken(
        self, sheet: sheet_rules.Sheet | None, before: Case, after: Case, move: Move, *, now: datetime
    ) -> None:
        """The claim ends with the step. Were this lost, the claim would run out by itself."""
        if sheet is None or move.action == "give_opinion":
            return
        sheets.change(
            self.store,
            after.number,
            lambda sheet: sheet_rules.done(
                sheet, move.actor, source=before.state, target=after.state, now=now
            ),
            dept=after.dept,
            now=now,
            read=sheet,
        )

    def _after_lost_race(self, number: str, move: Move, *, version: int, now: datetime) -> Case | Refusal:
        found = ledger.find(self.store, number, now=now)
        if found is None:
            return Refusal("not_found")
        return found[0] if _is_replay(found[0], move, version) else Refusal("changed_meanwhile")

    def _settled(
        self, number: str, now: datetime, record: Record | None = None
    ) -> tuple[Case, Record] | None:
        for _ in range(_TRIES):
            record = record or self.store.find(CASES, number, now=now)
            if record is None:
                return None
            case = ledger.from_record(record)
            world = self.world(case, now)
            after = settle(case, world)
            if after is case:
                return case, record
            ledger.save(self.store, after, read=record, world=world)
            record = None
        raise TimeoutError(f"case {number} kept changing")


def _is_staff(move: Move) -> bool:
    return bool(move.actor.roles.intersection(STAFF_ROLES))


def _is_replay(case: Case, move: Move, version: int) -> bool:
    """Whether the newest write was this very request."""
    told = next((event for event in reversed(case.events) if event.role != "system"), None)
    if told is None or case.version != version + 1:
        return False
    asked = {key: value for key, value in move.data.items() if key != "note"}
    return (
        (told.action, told.actor, told.note) == (move.action, move.actor.sub, str(move.data.get("note", "")))
        and all(told.data.get(key) == asked[key] for key in asked)
        and (move.supply is None or (case.form, case.materials) == (move.supply.form, move.supply.materials))
    )


def _moved(case: Case, move: Move) -> Refusal:
    """Somebody else was faster, but a stranger is told nothing about it."""
    return Refusal("changed_meanwhile" if case.concerns(move.actor) else "not_yours")
