"""Whose turn it is with a case, by its state: what a post has to do stands in one place, whatever the state.

Derived from the lifecycle: a turn is the set of posts that the office's next step waits for.
"""

from __future__ import annotations

from collections.abc import Collection

from .lifecycle import FINAL, RULES, STAFF_ROLES, STATES, SYSTEM, WAITS_FOR_APPLICANT

APPLICANT_TURN, CLOSED = "applicant", "closed"
_AWAITED = frozenset(  # what a post waits for; the rest it may do besides
    {"accept", "prepare", "deliver", "pass_on", "file_result", "resume", "grant"}
)
OFFICE = tuple(state for state in STATES if state not in FINAL and state not in WAITS_FOR_APPLICANT)


def posts_of(state: str) -> frozenset[str]:
    """The posts that a state waits for."""
    by = (role for rule in RULES if rule.action in _AWAITED and state in rule.source for role in rule.by)
    return frozenset(by).intersection(STAFF_ROLES)


def _turn(state: str) -> str:
    if state in FINAL:
        return CLOSED
    if state in WAITS_FOR_APPLICANT:
        return APPLICANT_TURN
    onward = (rule.target for rule in RULES if state in rule.source and _by_itself(rule.by, rule.guards))
    return "+".join(sorted(posts_of(state))) or _turn(next(onward))


def _by_itself(by: tuple[str, ...], guards: tuple[str, ...]) -> bool:
    """A step that the system takes at once, so that the state before it waits for nobody."""
    return by == (SYSTEM,) and not guards


TURN_OF = {state: _turn(state) for state in STATES}
OFFICE_TURNS = tuple(dict.fromkeys(TURN_OF[state] for state in OFFICE))
TURNS = (*OFFICE_TURNS, APPLICANT_TURN, CLOSED)


def states_of(roles: Collection[str]) -> tuple[str, ...]:
    """The states in which a case waits for somebody of these roles; every open one for roles that only look on."""
    return tuple(state for state in OFFICE if posts_of(state).intersection(roles)) or OFFICE
