"""The small site, made by the scaffolds, one for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from publishing.scaffold import scaffold
from tests.publishing.sample_site import KINDS, SITE, TODAY, Sample


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return small_site(tmp_path)


def small_site(folder: Path) -> Sample:
    """One document of each kind."""
    made = Sample(folder / "content", folder / "forms", folder / "var" / "site")
    made.content.mkdir()
    made.path("site").write_text(SITE, "utf-8")
    for kind, slug in KINDS.items():
        assert not isinstance(scaffold(kind, slug, content=made.content, today=TODAY, forms=made.forms), str)
    made.edit("guide", ('state: "2"', 'state: "1"'))
    return made
