"""The staff directory: who holds which post, with which roles, in which departments.

The identity provider says who somebody is; this file says what they may do. A person who is not in it
is a member of the public, whatever the provider claims.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .domain.case import Actor
from .domain.lifecycle import STAFF_ROLES


class Directory:
    """Staff by subject identifier."""

    def __init__(self, entries: Iterable[dict[str, Any]]) -> None:
        self._staff = {entry["sub"]: _actor(entry) for entry in entries}

    @classmethod
    def in_file(cls, path: Path) -> Directory:
        """The directory kept as a JSON list of {sub, name, post, roles, depts}."""
        return cls(json.loads(path.read_text("utf-8")))

    def find(self, sub: str) -> Actor | None:
        """The member of staff, or None for everybody else."""
        return self._staff.get(sub)


def _actor(entry: dict[str, Any]) -> Actor:
    unknown = set(entry["roles"]) - set(STAFF_ROLES)
    if unknown:
        raise ValueError(f"staff directory: {entry['sub']} has unknown roles {sorted(unknown)}")
    return Actor(
        sub=entry["sub"],
        name=entry["name"],
        roles=frozenset(entry["roles"]),
        post=entry["post"],
        depts=frozenset(entry["depts"]),
    )
