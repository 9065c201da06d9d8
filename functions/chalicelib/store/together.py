"""Items of several tables in one request (BatchGetItem), which PynamoDB does for one table only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .models import RecordModel
from .port import StoreUnavailable

_ROUNDS = 4  # DynamoDB may leave some for later; when it does so again and again it is too busy

Named = tuple[str, str]  # the name of the table with us, and the key


def together(
    models: Mapping[str, type[RecordModel]], names: Collection[Named], *, fresh: bool = True
) -> dict[Named, RecordModel]:
    """Those of at most 100 items that are there, as last written or, without `fresh`, as they were a moment ago."""
    tables = {models[name].Meta.table_name: name for name, _ in names}
    left = {
        physical: {
            "Keys": [_key(key) for name, key in sorted(names) if name == ours],
            "ConsistentRead": fresh,
        }
        for physical, ours in tables.items()
    }
    found: dict[Named, RecordModel] = {}
    for _ in range(_ROUNDS):
        if not left:
            return found
        shared = models[tables[next(iter(left))]]._get_connection().connection
        answer = shared.dispatch("BatchGetItem", {"RequestItems": left})
        found |= dict(_read(models, tables, answer["Responses"]))
        left = answer.get("UnprocessedKeys") or {}
    raise StoreUnavailable("items left for later again and again")


def _key(key: str) -> dict[str, dict[str, str]]:
    return {"key": {"S": key}}


def _read(
    models: Mapping[str, type[RecordModel]], tables: Mapping[str, str], given: Mapping[str, Any]
) -> Iterator[tuple[Named, RecordModel]]:
    for physical, raw in given.items():
        name = tables[physical]
        for one in raw:
            item = models[name].from_raw_data(one)
            yield (name, item.key), item
