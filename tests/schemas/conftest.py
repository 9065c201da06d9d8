"""A small form for each test to change."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.schemas.small_form import SMALL, SMALL_EN


@pytest.fixture
def small() -> dict[str, Any]:
    """The small form's schema, free to change."""
    return copy.deepcopy(SMALL)


@pytest.fixture
def small_en() -> dict[str, str]:
    """Its English overlay."""
    return dict(SMALL_EN)


@pytest.fixture
def answers() -> dict[str, Any]:
    """A complete answer to it."""
    return copy.deepcopy(SMALL["examples"][0])
