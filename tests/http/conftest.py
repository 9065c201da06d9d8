"""One published site a session; a fresh house over it for each test that wants one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.models import Endpoint
from chalicelib.store.port import Store
from moto import mock_aws

from publishing.build import build
from publishing.faults import serious
from tests.http.deeds import Deeds
from tests.http.front_door import Caller
from tests.http.stand_in import Town, town
from tests.store.cloud import BUCKET, REGION, aws, emptied

CONTENT = Path(__file__).parents[2] / "content"
TODAY = date(2026, 11, 23)


class OneAtATime:
    """A store on moto: it reads, compares and writes without the lock that AWS has, so this lends it one."""

    def __init__(self, store: DynamoStore) -> None:
        self._store, self._lock = store, Lock()

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._store, name)
        return partial(self._alone, act) if callable(act) else act

    def _alone(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        with self._lock:
            return act(*given, **named)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("published") / "site"
    assert not list(serious(build(CONTENT, output, today=TODAY)))
    return output


@pytest.fixture
def here(site: Path, tmp_path: Path) -> Town:
    return town(site, tmp_path)


@pytest.fixture(scope="module")
def shared(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A house for tests that only read, or that do not mind each other."""
    return town(site, tmp_path_factory.mktemp("shared"))


@pytest.fixture
def program(here: Town) -> Caller:
    return here.program


@pytest.fixture
def deeds(here: Town) -> Deeds:
    return Deeds(here)


@pytest.fixture(scope="module")
def cloud() -> Iterator[DynamoStore]:
    with mock_aws():
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield DynamoStore(Endpoint(REGION, prefix="test-"), bucket=BUCKET)


@pytest.fixture(params=["dynamo", "embedded"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Both engines, each empty."""
    if request.param == "embedded":
        return EmbeddedStore(tmp_path)
    return OneAtATime(emptied(request.getfixturevalue("cloud")))  # type: ignore[return-value]


@pytest.fixture
def either(store: Store, site: Path, tmp_path: Path) -> Town:
    """A house over each engine."""
    return town(site, tmp_path, store=store)
