"""One published site a session; a fresh house over it for each test."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from publishing.build import build
from publishing.faults import serious
from tests.comfort.citizen import ROOT, Town, town


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("published") / "site"
    assert not list(serious(build(ROOT / "content", output, today=date(2026, 11, 23))))
    return output


@pytest.fixture
def here(site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path)
