"""How a guard is written: it agrees (None) or refuses with a reason, and is entered under its own name."""

from __future__ import annotations

from collections.abc import Callable

from ..case import Case
from ..refusal import Refusal
from ..world import World
from .move import Move

Guard = Callable[[Case, Move, World], Refusal | None]
GUARDS: dict[str, Guard] = {}


def guard(function: Guard) -> Guard:
    """Enters a guard under its own name, by which the table calls it."""
    GUARDS[function.__name__] = function
    return function


def unless(holds: object, code: str, **detail: str) -> Refusal | None:
    """The refusal, unless the condition holds."""
    return None if holds else Refusal(code, detail)


def over(case: Case, clock: str, world: World) -> bool:
    """Whether a running clock has passed on an official calendar: a provisional date never acts by itself."""
    measured = case.clocks.get(clock)
    return bool(measured and measured.running and measured.passed(world.today) and not measured.provisional)


def text(move: Move, name: str) -> str:
    return str(move.data.get(name, "")).strip()
