"""The published sample site, both engines, and a fresh house for each test."""

from __future__ import annotations

from tests.http.conftest import cloud as cloud
from tests.http.conftest import deeds as deeds
from tests.http.conftest import either as either
from tests.http.conftest import here as here
from tests.http.conftest import site as site
from tests.http.conftest import store as store
