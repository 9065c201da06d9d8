"""The files of a site as they stand in the bucket: pages under their addresses, each with its hash and headers."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.published_names import never_changes

_TYPES = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
    ".js": "text/javascript; charset=utf-8", ".json": "application/json; charset=utf-8",
    ".xml": "application/xml; charset=utf-8", ".txt": "text/plain; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
}  # fmt: skip
_VERSION = re.compile(r"catalogue/[^/]+/[0-9a-f]{16}\.json")


@dataclass(frozen=True, slots=True)
class File:
    """One file to be published."""

    sha256: str
    path: Path

    @property
    def kind(self) -> str:
        """Its media type."""
        return (
            _TYPES.get(self.path.suffix)
            or mimetypes.guess_type(self.path.name)[0]
            or "application/octet-stream"
        )

    @property
    def caching(self) -> str:
        """How long browsers and the CDN may keep it: for ever where the name says the content."""
        return (
            "public, max-age=31536000, immutable" if never_changes(self.path.name) else "public, max-age=60"
        )


def listed(site: Path) -> Iterator[tuple[str, File]]:
    """(name in the bucket, file), in order of names."""
    for path in sorted(site.rglob("*")):
        if path.is_file():
            yield key_of(path.relative_to(site).as_posix()), File(_digest(path), path)


def key_of(name: str) -> str:
    """A page's key is its address, so that the CDN needs no rewriting; the home page's is what the CDN asks for."""
    return name.removesuffix("index.html") if name.endswith("/index.html") else name


def address(key: str) -> str:
    """The path under which a reader finds it."""
    return "/" if key == "index.html" else f"/{key}"


def is_kept(key: str) -> bool:
    """Whether it stays when a site no longer has it: running cases are judged by the version they began with."""
    return bool(_VERSION.fullmatch(key))


def turn(key: str) -> int:
    """When it is uploaded: first what nothing refers to yet, then pages, last what the functions read first."""
    if never_changes(key):
        return 0
    return 2 if key.startswith("catalogue/") or key == "search-index/index.json" else 1


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
