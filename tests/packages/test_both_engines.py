"""Handing in, going on and taking back on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from chalicelib import packages as parcels
from chalicelib.actions import Desk
from chalicelib.applications import Request, content_of
from chalicelib.domain.case import Actor
from chalicelib.domain.package import Parcel
from chalicelib.jobs.release import release
from chalicelib.store.port import Store

from schemas.packages import Packages
from tests.comfort.citizen import MONDAY, Town
from tests.packages import life
from tests.store.conftest import cloud as cloud
from tests.store.conftest import dynamo as dynamo
from tests.store.conftest import embedded as embedded
from tests.store.conftest import store as store

CITIZEN = Actor("lin-he", "林禾", frozenset({"applicant"}))


@pytest.fixture
def there(here: Town, store: Store) -> Town:
    """The town with its store replaced by the engine under test."""
    desk = Desk(store=store, catalogue=here.house.catalogue, calendar=here.house.calendar)
    return replace(here, house=replace(here.house, store=store, desk=desk))


def test_a_package_goes_its_way_on_either_engine(there: Town, packages: Packages) -> None:
    package = packages.current("package-shenhou-shi")
    assert package
    bundle = life.bundle_of(package)
    what = life.application(bundle)
    request = Request(CITIZEN, "draft 1", content_of(what))
    first, again = (
        parcels.submit(bundle, what, request, desk=there.house.desk, now=MONDAY) for _ in range(2)
    )
    assert isinstance(first, Parcel) and isinstance(again, Parcel) and first.number == again.number
    assert set(life.cases(there.house.store)) == {"shenhou-shi-siwang-zhengming"}
    life.granted(there, life.cases(there.house.store)["shenhou-shi-siwang-zhengming"].key)
    life.jobs(there)
    assert len(life.cases(there.house.store)) == 3
    parcels.stop(there.house.desk, first.number, now=there.clock.now)
    life.jobs(there)
    assert {row.head["state"] for row in life.cases(there.house.store).values()} == {"closed", "withdrawn"}
    assert release(there.house.desk, now=there.clock.now) == 0
