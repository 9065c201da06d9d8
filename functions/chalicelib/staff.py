"""The staff directory: who holds which post, with which roles, in which departments, regions and items.

The identity provider says who somebody is; this file says what they may do. A person who is not in it
is a member of the public, whatever the provider claims.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from schemas.items import Catalogue

from .domain.case import Actor, within
from .domain.rights import mixed
from .settings import BadSettings

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_SHOWN = 12  # faults in one message


class Names(Protocol):
    """Names that there are; false when none is known."""

    def __bool__(self) -> bool: ...
    def __contains__(self, name: object, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Items:
    """The items of the catalogue, each looked up when it is asked about: a province's are many."""

    catalogue: Catalogue

    def __bool__(self) -> bool:
        return bool(self.catalogue.departments())

    def __contains__(self, name: object) -> bool:
        return self.catalogue.current(str(name)) is not None


@dataclass(frozen=True, slots=True)
class Known:
    """What directory entries may name; an empty set is not known yet, and anything may be named."""

    top: str = ""
    depts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    items: Names = frozenset()  # type: ignore[assignment]  # a set is as good


class Directory:
    """Staff by subject identifier."""

    def __init__(self, entries: Iterable[Mapping[str, Any]], *, top: str = "") -> None:
        self._staff = {entry["sub"]: _actor(entry, top) for entry in entries}

    @classmethod
    def in_file(cls, path: Path, known: Known = Known()) -> Directory:
        """The directory kept as JSON (`schemas/staff.schema.json`). BadSettings lists everything wrong in it."""
        try:
            entries = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise BadSettings(f"STAFF_FILE {path.name} cannot be read as JSON: {error}") from error
        wrong = list(faults(entries, known))
        if wrong:
            more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
            raise BadSettings("\n  ".join([f"STAFF_FILE {path.name}:", *wrong[:_SHOWN], *more]))
        return cls(entries, top=known.top)

    def find(self, sub: str) -> Actor | None:
        """The member of staff, or None for everybody else."""
        return self._staff.get(sub)

    def everybody(self) -> tuple[Actor, ...]:
        """All staff, in the file's order."""
        return tuple(self._staff.values())


def known_in(catalogue: Catalogue) -> Known:
    """The departments, regions and items of the published site."""
    site = catalogue.site()
    region = site.get("region", {})
    return Known(
        top=str(region.get("code", "")),
        depts=frozenset(dept["id"] for dept in site.get("departments", ())),
        regions=frozenset(_codes(region)),
        items=_Items(catalogue),
    )


def faults(entries: Any, known: Known) -> Iterator[str]:
    """Everything wrong with a directory, each with the entry it stands in."""
    wrong = sorted(_validator().iter_errors(entries), key=lambda error: [str(part) for part in error.path])
    if wrong:
        yield from (f"{_place(entries, list(error.path))}: {error.message[:200]}" for error in wrong)
        return
    seen: set[str] = set()
    for at, entry in enumerate(entries):
        told = [*_strange(entry, known), *_together(entry)]
        told += ["sub: stands twice in the file"] if entry["sub"] in seen else []
        yield from (f"{_place(entries, [at])}, {fault}" for fault in told)
        seen.add(entry["sub"])


def _strange(entry: Mapping[str, Any], known: Known) -> Iterator[str]:
    """Names that the published site does not have."""
    for key, names in (("depts", known.depts), ("regions", known.regions), ("items", known.items)):
        strange = [one for one in entry.get(key, ()) if names and one not in names]
        if key == "regions":
            strange = [one for one in strange if not within(known.top, one)]
        if strange:
            yield f"{key}: not in the published site: {', '.join(strange)}"


def _together(entry: Mapping[str, Any]) -> Iterator[str]:
    pair = mixed(entry["roles"])
    if pair:
        yield f"roles: one person cannot be both {pair[0]} and {pair[1]}"


def _place(entries: Any, path: list[Any]) -> str:
    """entry 3 (shen-lan), roles"""
    if not path:
        return "the file"
    entry = entries[path[0]]
    sub = entry.get("sub", "?") if isinstance(entry, dict) else "?"
    return ", ".join([f"entry {path[0] + 1} ({sub})", *(str(part) for part in path[1:2])])


def _actor(entry: Mapping[str, Any], top: str) -> Actor:
    """Somebody whose regions include the whole area has no limit by region."""
    regions = entry.get("regions", ())
    everywhere = any(within(top, one) for one in regions)
    return Actor(
        sub=entry["sub"],
        name=entry["name"],
        roles=frozenset(entry["roles"]),
        post=entry["post"],
        depts=frozenset(entry["depts"]),
        regions=frozenset(() if everywhere else regions),
        items=frozenset(entry.get("items", ())),
    )


def _codes(region: Mapping[str, Any]) -> Iterator[str]:
    if "code" in region:
        yield str(region["code"])
    for child in region.get("children", ()):
        yield from _codes(child)


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # heavy: no cold start should pay for it

    text = resources.files("schemas").joinpath("staff.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))
