"""What the tests agree on about the AWS that moto plays."""

from __future__ import annotations

from typing import Any

import botocore.session
from chalicelib.store.dynamo import DynamoStore

REGION = "cn-north-1"
BUCKET = "banshi-test"


def emptied(store: DynamoStore) -> DynamoStore:
    """The same store with new tables."""
    for model in store._models.values():
        if model.exists():
            model.delete_table()
    store.create_tables()
    return store


def aws(service: str) -> Any:
    """A plain client, to look behind the store's back."""
    return botocore.session.get_session().create_client(service, REGION)
