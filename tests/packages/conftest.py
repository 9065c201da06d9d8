"""The published sample site and its packages, and a fresh house for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.items import Catalogue
from schemas.packages import Packages
from tests.comfort.citizen import Town, town
from tests.comfort.conftest import site as site


@pytest.fixture(scope="session")
def packages(site: Path) -> Packages:
    return Packages(Catalogue.in_folder(site / "catalogue"))


@pytest.fixture
def here(site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path)
