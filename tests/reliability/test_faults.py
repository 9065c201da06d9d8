"""A fault at every single write, before it, after it, or with the outcome unknown: nothing is lost or doubled.

moto plays DynamoDB and S3; what it cannot play (partitions, throttling) is not claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.models import Endpoint
from moto import mock_aws

from tests.reliability.lives import every_fault
from tests.store.cloud import BUCKET, REGION, aws, emptied


def test_a_fault_at_every_write_of_a_case_on_the_embedded_engine(tmp_path: Path) -> None:
    folders: Iterator[Path] = (tmp_path / str(n) for n in range(10_000))
    counts = every_fault(lambda: EmbeddedStore(next(folders)))
    print(f"\nembedded: {counts}")
    assert counts["lives"] > counts["writes"] * 2


def test_a_fault_at_every_second_write_of_a_case_on_dynamodb(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        store = DynamoStore(Endpoint(REGION, prefix="life-"), bucket=BUCKET)
        store.create_tables()
        counts = every_fault(lambda: emptied(store), step=2)
        print(f"\ndynamodb on moto: {counts}")
        assert counts["lives"] > 50
