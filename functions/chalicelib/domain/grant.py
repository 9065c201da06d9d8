"""A grant (委托、代办授权): who may act for whom, in what, and until when. The principal ends it at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from .case import Actor, Case, File
from .lifecycle import APPLICANT
from .refusal import Refusal

PERSON, STAFF, HELPER = "person", "staff", "helper"  # 自然人, 单位经办人, 政务帮办代办人员
KINDS = (PERSON, STAFF, HELPER)
APPLY, SUPPLY, WITHDRAW = "apply", "supply", "withdraw"
POWERS = (APPLY, SUPPLY, WITHDRAW)
OFFERED, RUNNING, ENDED, OVER = "offered", "running", "ended", "over"
LONGEST = timedelta(days=366)
_POWER_FOR: Mapping[str, str] = {
    "submit": APPLY, "supplement": SUPPLY, "fix": SUPPLY, "add_owed": SUPPLY, "withdraw": WITHDRAW,
}  # fmt: skip  # rating stays with the principal


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant. `items` empty means every item; `case_number` limits it to one case that exists already.

    `ends` is the last day on which it holds. `agent` is "" until the named person has taken it. `evidence` is
    the signed paper, if there is one; the principal's own signed-in confirmation (`assurance`) always is.
    """

    number: str
    code: str
    kind: str
    principal: str
    principal_name: str
    agent_name: str
    items: tuple[str, ...]
    powers: tuple[str, ...]
    made_at: datetime
    ends: date
    assurance: int
    case_number: str = ""
    evidence: File | None = None
    agent: str = ""
    taken_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    version: int = 1

    def state(self, today: date) -> str:
        """offered, running, ended (by somebody) or over (its last day has passed)."""
        if self.ended_at:
            return ENDED
        if today > self.ends:
            return OVER
        return RUNNING if self.agent else OFFERED

    def covers(self, case: Case) -> bool:
        """Whether the case is one of this grant: handed in under it, or the one it names."""
        return case.applicant == self.principal and (
            case.grant == self.number or case.number == self.case_number
        )

    def as_actor(self) -> Actor:
        """The agent as somebody who acts for the principal."""
        return Actor(
            self.agent, self.agent_name, frozenset({APPLICANT}), principal=self.principal,
            principal_name=self.principal_name, grant=self.number,
        )  # fmt: skip


def taken(grant: Grant, *, sub: str, name: str, helper: bool, now: datetime, today: date) -> Grant | Refusal:
    """The grant in the hands of the person it names; the code was right.

    Refusals: grant_over, grant_taken (by somebody else), own_grant, grant_other_name, grant_no_helper.
    """
    if grant.state(today) in (ENDED, OVER):
        return Refusal("grant_over")
    if grant.agent:
        return grant if grant.agent == sub else Refusal("grant_taken")
    if sub == grant.principal:
        return Refusal("own_grant")
    if name.strip() != grant.agent_name:
        return Refusal("grant_other_name")
    if grant.kind == HELPER and not helper:
        return Refusal("grant_no_helper")
    return replace(grant, agent=sub, taken_at=now, version=grant.version + 1)


def ended(grant: Grant, *, sub: str, now: datetime) -> Grant | Refusal:
    """The grant ended by its principal or given back by its agent; ending twice changes nothing.

    Refusals: not_yours.
    """
    if sub not in (grant.principal, grant.agent or grant.principal):
        return Refusal("not_yours")
    if grant.ended_at:
        return grant
    return replace(grant, ended_at=now, ended_by=sub, version=grant.version + 1)


def for_application(grant: Grant, item_id: str, today: date) -> Refusal | None:
    """Why an application for this item cannot be handed in under the grant; None when it can.

    Refusals: grant_over, grant_no_power, grant_no_item.
    """
    if grant.case_number or (grant.items and item_id not in grant.items):
        return Refusal("grant_no_item")
    return _in_force(grant, "submit", today)


def for_action(grant: Grant, case: Case, action: str, today: date) -> Refusal | None:
    """Why the agent cannot do this on the case; None when they can. Refusals: grant_over, grant_no_power, not_yours."""
    return _in_force(grant, action, today) if grant.covers(case) else Refusal("not_yours")


def _in_force(grant: Grant, action: str, today: date) -> Refusal | None:
    if grant.state(today) != RUNNING:
        return Refusal("grant_over")
    return None if _POWER_FOR.get(action) in grant.powers else Refusal("grant_no_power")


def told(actor: Actor) -> dict[str, Any]:
    """What history keeps of an action done for somebody else: for whom, and by which grant."""
    return {"for": actor.principal_name, "grant": actor.grant} if actor.grant else {}
