"""An action somebody asks for, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..case import Actor, Case, File


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
    """An action somebody asks for. `data` has passed its JSON Schema; only what hands in has a supply."""

    action: str
    actor: Actor
    data: Mapping[str, Any] = field(default_factory=dict)
    supply: Supply | None = None


def changes(case: Case, supply: Supply) -> list[str]:
    """Names of the answers and materials a supply changes, sorted."""
    names = {
        name for name in case.form.keys() | supply.form.keys() if case.form.get(name) != supply.form.get(name)
    }
    for name in case.materials.keys() | supply.materials.keys():
        if not same(case.materials.get(name, ()), supply.materials.get(name, ())):
            names.add(name)
    return sorted(names)


def same(before: tuple[File, ...], after: tuple[File, ...]) -> bool:
    """Whether two lists of files hold the same contents."""
    return [file.sha256 for file in before] == [file.sha256 for file in after]
