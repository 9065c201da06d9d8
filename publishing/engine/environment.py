"""Everything besides content that decides how pages look: code, templates, schemas, libraries, site.yaml."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from publishing.sources import ROOT

_ROOMS = ("publishing", "theme", "schemas")
_LIBRARIES = ("jinja2", "markdown", "markupsafe", "pyyaml")


def digest(content: Path, forms: Path) -> str:
    """One number for all of it. When it differs from the last build's, that build's results do not count."""
    total = hashlib.blake2b(digest_size=16)
    for path in _files(forms):
        total.update(f"{path}\0".encode() + path.read_bytes())
    for name in _LIBRARIES:
        total.update(f"{name} {version(name)}\0".encode())
    site = content / "site.yaml"
    total.update(f"{sys.version}\0{content}\0{forms}\0".encode())
    total.update(site.read_bytes() if site.is_file() else b"")
    return total.hexdigest()


def _files(forms: Path) -> Iterator[Path]:
    for room in _ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            ours = path.is_file() and path.suffix != ".pyc" and not path.is_relative_to(forms)
            if ours:
                yield path
