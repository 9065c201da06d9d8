"""The published sample site, both engines, and a town with several reviewers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chalicelib.staff import Directory
from chalicelib.store.port import Store

from tests.http.conftest import cloud as cloud
from tests.http.conftest import site as site
from tests.http.conftest import store as store
from tests.http.deeds import Deeds
from tests.http.stand_in import STAFF, Town, town

MORE = [
    {"sub": "no-card", "name": "丁若谷", "post": "审查岗", "roles": ["reviewer"], "depts": ["csgl"]},
    {"sub": "zhou-man", "name": "周满", "post": "审查岗", "roles": ["reviewer"], "depts": ["csgl"]},
]


@pytest.fixture
def either(store: Store, site: Path, tmp_path: Path) -> Town:
    """A house over each engine, with two reviewers more than the sample has."""
    staff = Directory([*json.loads(STAFF.read_text("utf-8")), *MORE], top="990102")
    return town(site, tmp_path, store=store, staff=staff, draw=lambda left: left[0])


@pytest.fixture
def deeds(either: Town) -> Deeds:
    return Deeds(either)
