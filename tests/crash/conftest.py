"""A built site for the live servers, and one live house a test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.onpremise import serve
from tests.crash.live_house import LiveHouse


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample content, published once."""
    site = tmp_path_factory.mktemp("published") / "site"
    command = [sys.executable, "publish.py", "build", "--output", str(site)]
    subprocess.run(command, cwd=serve.ROOT, check=True, capture_output=True)
    return site


@pytest.fixture
def live(tmp_path: Path, published: Path) -> Iterator[LiveHouse]:
    """Everything running, with an empty store."""
    house = LiveHouse(tmp_path, site=published)
    try:
        house.start()
        yield house
    finally:
        house.stop()
