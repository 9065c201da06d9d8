"""What the last supplement changed: each answer and file as it was before it, told by the history alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.items import Item

from ..domain.case import Case, Event, File

_SUPPLIES = ("supplement", "fix", "add_owed")


@dataclass(frozen=True, slots=True)
class Before:
    """Names of what changed; the earlier answers as text, the earlier files."""

    changed: frozenset[str] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[File, ...]] = field(default_factory=dict)


def before_supplement(
    case: Case, item: Item, lang: str, *, hide: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Before:
    """The state before the newest supplement, through `hide`, which masks; nothing where there was none."""
    at = next((n for n in reversed(range(len(case.events))) if case.events[n].action in _SUPPLIES), None)
    if at is None:
        return Before()
    told = case.events[at].data
    changed = frozenset(told.get("changed", ()))
    older = {name: value for name, value in case.form.items() if name not in changed} | dict(
        told.get("before", {})
    )
    texts = {name: text for page in item.form(lang).rows(hide(older)) for name, _, text in page["rows"]}
    earlier = _files_before(case.events[:at])
    return Before(
        changed,
        {name: text for name, text in texts.items() if name in changed},
        {name: files for name, files in earlier.items() if name in changed},
    )


def every_file(case: Case) -> Mapping[str, tuple[File, ...]]:
    """Every file that was ever handed in with the case, for opening what a supplement replaced."""
    known: dict[str, tuple[File, ...]] = {}
    for n, event in enumerate(case.events):
        known |= {f"{name}#{n}": files for name, files in _files_of(event).items()}
    return {**known, **case.materials}


def _files_before(events: tuple[Event, ...]) -> dict[str, tuple[File, ...]]:
    """The newest files of each material among these events."""
    found: dict[str, tuple[File, ...]] = {}
    for event in events:
        found |= _files_of(event)
    return found


def _files_of(event: Event) -> dict[str, tuple[File, ...]]:
    told: Mapping[str, list[list[str | int]]] = event.data.get("files", {})
    return {
        name: tuple(
            File(str(sha256), str(title), int(size), str(kind)) for title, size, kind, sha256 in files
        )
        for name, files in told.items()
    }
