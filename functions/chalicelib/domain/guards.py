"""The conditions of the lifecycle table, each a clause that agrees (None) or refuses with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .case import Actor, Case, File
from .refusal import Refusal


@dataclass(frozen=True, slots=True)
class Supply:
    """What a supplement hands in: the whole new answers and files.

    `follows` names answers that may change because a listed answer decides whether they are asked.
    """

    form: Mapping[str, Any]
    materials: Mapping[str, tuple[File, ...]]
    follows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """An action somebody asks for. `data` has passed its JSON Schema; only a supplement has a supply."""

    action: str
    actor: Actor
    data: Mapping[str, Any] = field(default_factory=dict)
    supply: Supply | None = None


Guard = Callable[[Case, Move, date], Refusal | None]


def within_intake(case: Case, move: Move, today: date) -> Refusal | None:
    """The five working days of Art 32 have not passed; afterwards silence has already accepted the case."""
    late = case.clocks["intake"].passed(today) and not case.clocks["intake"].provisional
    return Refusal("intake_passed") if late else None


def intake_over(case: Case, move: Move, today: date) -> Refusal | None:
    """Silence accepts only after the intake limit, and never on a provisional calendar."""
    over = case.clocks["intake"].passed(today) and not case.clocks["intake"].provisional
    return None if over else Refusal("intake_running")


def correction_over(case: Case, move: Move, today: date) -> Refusal | None:
    """The applicant's own limit has passed on an official calendar."""
    over = case.clocks["correction"].passed(today) and not case.clocks["correction"].provisional
    return None if over else Refusal("correction_running")


def within_correction(case: Case, move: Move, today: date) -> Refusal | None:
    """A supplement arrives before the limit set in the notice."""
    return None if correction_over(case, move, today) else Refusal("correction_passed")


def reason_given(case: Case, move: Move, today: date) -> Refusal | None:
    """A refusal says why (行政许可法 38(2))."""
    return None if str(move.data.get("reason", "")).strip() else Refusal("reason_missing")


def right_body_named(case: Case, move: Move, today: date) -> Refusal | None:
    """Who is not competent names who is (行政许可法 32(1)2)."""
    return None if str(move.data.get("right_body", "")).strip() else Refusal("right_body_missing")


def points_listed(case: Case, move: Move, today: date) -> Refusal | None:
    """A correction notice lists every point at once (行政许可法 32(1)4)."""
    listed = [*move.data.get("fields", ()), *move.data.get("materials", ())]
    return None if listed else Refusal("points_missing")


def first_correction(case: Case, move: Move, today: date) -> Refusal | None:
    """Only one notice; a second needs a recorded override."""
    again = case.last("correct") is not None
    overridden = str(move.data.get("override_reason", "")).strip()
    return Refusal("second_correction") if again and not overridden else None


def only_listed_points(case: Case, move: Move, today: date) -> Refusal | None:
    """A supplement changes nothing the notice did not list."""
    if case.correction is None or move.supply is None:
        return Refusal("nothing_listed")
    listed = {*case.correction.fields, *case.correction.materials, *move.supply.follows}
    extra = set(changes(case, move.supply)) - listed
    return Refusal("not_listed", {"points": "、".join(sorted(extra))}) if extra else None


def every_listed_point(case: Case, move: Move, today: date) -> Refusal | None:
    """Each material asked for again is handed in again, and different."""
    wanted = case.correction.materials if case.correction else ()
    after = move.supply.materials if move.supply else {}
    silent = [
        name for name in wanted if not after.get(name) or _same(after[name], case.materials.get(name, ()))
    ]
    return Refusal("points_open", {"points": "、".join(silent)}) if silent else None


def proof_of_delivery(case: Case, move: Move, today: date) -> Refusal | None:
    """A case closes only with a record of how the result reached the applicant (行政许可法 44)."""
    return None if str(move.data.get("proof", "")).strip() else Refusal("proof_missing")


GUARDS: Mapping[str, Guard] = {
    guard.__name__: guard
    for guard in (
        within_intake,
        intake_over,
        correction_over,
        within_correction,
        reason_given,
        right_body_named,
        points_listed,
        first_correction,
        only_listed_points,
        every_listed_point,
        proof_of_delivery,
    )
}


def changes(case: Case, supply: Supply) -> list[str]:
    """Names of the answers and materials a supply changes, sorted."""
    names = {
        name for name in case.form.keys() | supply.form.keys() if case.form.get(name) != supply.form.get(name)
    }
    for name in case.materials.keys() | supply.materials.keys():
        if not _same(case.materials.get(name, ()), supply.materials.get(name, ())):
            names.add(name)
    return sorted(names)


def _same(before: tuple[File, ...], after: tuple[File, ...]) -> bool:
    return [file.sha256 for file in before] == [file.sha256 for file in after]
