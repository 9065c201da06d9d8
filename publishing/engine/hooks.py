"""The shapes of what plugs into a build (registry.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from publishing.page import Page, Stencil, Text
from publishing.portal import Portal
from publishing.rows import Row


@dataclass(frozen=True, slots=True)
class Blob:
    """One file of bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of last time that is still wanted as it is."""

    path: str


Output = Page | Stencil | Text | Blob | Kept
SAME = "same"  # what a producer's `inputs` may answer when it knows that nothing it reads has changed


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a list; the head stands at the list's own address, which `suffix` continues for the others."""

    rows: list[Row]
    suffix: str
    total: int
    newer: str | None
    older: str | None

    @property
    def head(self) -> bool:
        """Whether it is the first, newest part, which also shows what belongs to the list as a whole."""
        return not self.suffix

    def label(self, lang: str = "zh") -> str:
        """What titles say of a part that is not the head."""
        if self.head:
            return ""
        return f"，从“{self.rows[0]['name']}”起" if lang == "zh" else f", from “{self.rows[0]['name_en']}”"


@dataclass(frozen=True, slots=True)
class ListKind:
    """A family of paged lists of guides.

    `keys(front, site)` says which lists a guide is in, `all_keys(portal)` which there are, `page` plans one.
    """

    name: str
    url: str  # with {key}
    keys: Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[str]]
    all_keys: Callable[[Portal], Iterable[str]]
    page: Callable[[Portal, str, Part], Page]


@dataclass(frozen=True, slots=True)
class Change:
    """What this build changes, as (kind, id); `cold` means everything is new."""

    cold: bool
    changed: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    came: frozenset[str] = frozenset()  # addresses, as far as those that read them last need to know
    went: frozenset[str] = frozenset()


class Producer(Protocol):
    """Makes files from the whole. It is skipped while `inputs` answers SAME or what it answered last time."""

    name: str
    daily: bool  # whether the day matters
    last: bool  # whether it reads the addresses of the pages made in this build

    def inputs(self, portal: Portal, change: Change) -> str | None:
        """A digest of what it reads; None to run every time anything changed."""

    def outputs(self, portal: Portal, change: Change) -> Iterator[Output]:
        """Its files; what it made last time and leaves out now is deleted."""
