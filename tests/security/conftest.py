"""One published site and one served house for the attacks; a signed-in page of a real browser for each role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.comfort.conftest import site as site
from tests.http.served import served
from tests.http.stand_in import Town, town


@pytest.fixture(scope="module")
def attacked(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    return town(site, tmp_path_factory.mktemp("attacked"))


@pytest.fixture
def here(site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path)


@pytest.fixture(scope="module")
def base(attacked: Town) -> Iterator[str]:
    """The address of the served house."""

    with served(attacked.gateway) as address:
        yield address
