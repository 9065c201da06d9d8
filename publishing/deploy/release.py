"""A release: everything that one deployment put in place, enough to put it there again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LIVE = "live.json"


@dataclass(frozen=True, slots=True)
class Release:
    """`files` are {key: (sha256, version in the bucket)}; `template` and the zips are names in the release bucket."""

    id: int
    at: str
    before: int | None
    template: str
    code: str
    layer: str
    parameters: Mapping[str, str]
    settings: Mapping[str, str]
    files: Mapping[str, tuple[str, str]]

    def packed(self) -> bytes:
        """As it is kept."""
        return gzip.compress(json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode(), mtime=0)


def unpacked(data: bytes) -> Release:
    """As it was kept."""
    facts: dict[str, Any] = json.loads(gzip.decompress(data))
    files = {key: (sha, version) for key, (sha, version) in facts.pop("files").items()}
    return Release(**facts, files=files)


def key_of(number: int) -> str:
    """Where a release is kept."""
    return f"releases/{number:06d}.json.gz"
