"""An expected "no" is a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action was not done. `code` is looked up in the table of words and statuses."""

    code: str
    detail: Mapping[str, str] = field(default_factory=dict)
