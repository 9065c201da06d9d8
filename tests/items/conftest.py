"""One published site, a house of its own for each test."""

from __future__ import annotations

from tests.http.conftest import here, site  # noqa: F401
