"""Both engines, each empty: moto in this process, and a real SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.models import Endpoint
from chalicelib.store.port import Store
from moto import mock_aws

from tests.store.cloud import BUCKET, REGION, aws, emptied


@pytest.fixture(scope="module")
def cloud() -> Iterator[DynamoStore]:
    """One moto that stands in for AWS, with its bucket; the client is dear, so a module shares it."""
    with mock_aws():
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield DynamoStore(Endpoint(REGION, prefix="test-"), bucket=BUCKET)


@pytest.fixture
def dynamo(cloud: DynamoStore) -> DynamoStore:
    return emptied(cloud)


@pytest.fixture
def embedded(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path)


@pytest.fixture(params=["dynamo", "embedded"])
def store(request: pytest.FixtureRequest) -> Store:
    engine: Store = request.getfixturevalue(request.param)
    return engine
