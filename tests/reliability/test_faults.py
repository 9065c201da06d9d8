"""A fault at every single write, before it, after it, or with the outcome unknown: nothing is lost or doubled.

moto plays DynamoDB and S3; what it cannot play (partitions, throttling) is not claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.models import Endpoint
from chalicelib.store.port import Store
from moto import mock_aws

from tests.reliability.faulty import AFTER, BEFORE, TWICE, Faulty
from tests.reliability.life import Life, check
from tests.store.cloud import BUCKET, REGION, aws

MODES = (BEFORE, AFTER, TWICE)


def writes_of(store: Store) -> int:
    """How many writes a life without faults takes."""
    faulty = Faulty(store)
    life = Life(faulty)  # type: ignore[arg-type]
    check(life, life.whole())
    return faulty.done


def every_fault(fresh: Any, *, step: int = 1) -> dict[str, int]:
    """Lives with one fault each; gives the counts."""
    counts = {"lives": 0, "writes": writes_of(fresh()), "sent twice": 0}
    for at in range(1, counts["writes"] + 1, step):
        for mode in MODES if at % 4 == 1 else MODES[:2]:
            life = Life(Faulty(fresh(), at=at, mode=mode))  # type: ignore[arg-type]
            counts["sent twice"] += check(life, life.whole())["sent twice"]
            counts["lives"] += 1
    return counts


def test_a_fault_at_every_write_of_a_case_on_the_embedded_engine(tmp_path: Path) -> None:
    folders: Iterator[Path] = (tmp_path / str(n) for n in range(10_000))
    counts = every_fault(lambda: EmbeddedStore(next(folders)))
    print(f"\nembedded: {counts}")
    assert counts["lives"] > counts["writes"] * 2


def test_a_fault_at_every_third_write_of_a_case_on_dynamodb(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        made = iter(range(10_000))

        def fresh() -> DynamoStore:
            store = DynamoStore(Endpoint(REGION, prefix=f"life-{next(made)}-"), bucket=BUCKET)
            store.create_tables()
            return store

        counts = every_fault(fresh, step=3)
        print(f"\ndynamodb on moto: {counts}")
        assert counts["lives"] > 30
