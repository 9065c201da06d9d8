"""What the tests agree on about the AWS that moto plays."""

from __future__ import annotations

from typing import Any

import botocore.session
from chalicelib.store.dynamo import DynamoStore
from moto.dynamodb.models import dynamodb_backends

REGION = "cn-north-1"
BUCKET = "banshi-test"
_ACCOUNT = "123456789012"  # the one that moto gives everybody


def emptied(store: DynamoStore) -> DynamoStore:
    """The same store with nothing in its tables, which are made if they are missing.

    Behind moto's back: making new tables takes it longer than a whole life of a case.
    """
    store.create_tables()
    played = dynamodb_backends[_ACCOUNT][REGION]
    for model in store._models.values():
        played.tables[model.Meta.table_name].items.clear()  # type: ignore[attr-defined]
    return store


def aws(service: str) -> Any:
    """A plain client, to look behind the store's back."""
    return botocore.session.get_session().create_client(service, REGION)
