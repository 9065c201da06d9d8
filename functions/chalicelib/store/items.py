"""A record as a DynamoDB item, an update as one list of actions, and both ways back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from .models import RecordModel
from .port import Listed, Record, Table
from .wire import dump, load, seconds_of

Body = tuple[str | None, str | None]  # (text kept in the item, hash of a text kept as a file): one of the two


def item_of(model: type[RecordModel], record: Record, *, body: Body, stamp: str) -> RecordModel:
    """The whole item of a new record."""
    parts: dict[str, Any] = {"body": body[0], "body_sha256": body[1], **_index_values(record.index)}
    if record.expires_at is not None:
        parts["expires"] = record.expires_at
    return model(
        record.key,
        version=record.version,
        stamp=stamp,
        head=dump(record.head),
        events=[dump(event) for event in record.events],
        **parts,
    )


def _index_values(index: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    partitions = {f"{name}_pk": partition for name, (partition, _) in index.items()}
    return partitions | {f"{name}_sk": sort for name, (_, sort) in index.items()}


def changes(table: Table, record: Record, *, version: int, stamp: str) -> list[Action]:
    """What every update sets, and the index keys and the expiry it takes away."""
    actions: list[Action] = [
        RecordModel.version.set(version),
        RecordModel.stamp.set(stamp),
        RecordModel.head.set(dump(record.head)),
        *placing({name: record.index.get(name) for name in table.indexes}),
    ]
    return actions + ([_expiry(record)] if table.expires else [])


def placing(index: Mapping[str, tuple[str, str] | None]) -> list[Action]:
    """What puts a record into indexes and out of those whose place is None."""
    return [
        set_or_remove(Path(f"{name}_{end}"), place[n] if place else None)
        for name, place in index.items()
        for n, end in enumerate(("pk", "sk"))
    ]


def _expiry(record: Record) -> Action:
    seconds = None if record.expires_at is None else int(record.expires_at.timestamp())
    return set_or_remove(Path("expires"), seconds)


def appending(events: Sequence[Mapping[str, Any]]) -> list[Action]:
    """The action that puts events after the stored ones; none for none."""
    if not events:
        return []
    return [RecordModel.events.set(RecordModel.events.append([dump(event) for event in events]))]


def replacing(body: Body) -> list[Action]:
    text = RecordModel.body.remove() if body[0] is None else RecordModel.body.set(body[0])
    return [text, set_or_remove(Path("body_sha256"), body[1])]


def set_or_remove(path: Path, value: str | int | None) -> Action:
    return path.remove() if value is None else path.set(value)


def record_of(table: Table, item: RecordModel, *, body: str) -> Record:
    """The record that an item holds; its body's text may have come from the bucket."""
    held = item.attribute_values
    keys = {name: (held.get(f"{name}_pk"), held.get(f"{name}_sk")) for name in table.indexes}
    return Record(
        key=item.key,
        head=load(item.head),
        body=load(body),
        events=tuple(load(event) for event in item.events),
        index={name: (pk, sk) for name, (pk, sk) in keys.items() if pk and sk},
        version=int(item.version),
        expires_at=held.get("expires"),
    )


def expired(item: RecordModel, seconds: int) -> bool:
    """Whether the item is over; the engine takes it away when it comes to it."""
    expires = item.attribute_values.get("expires")
    return expires is not None and seconds_of(expires) <= seconds


def listed_of(item: RecordModel, index: str) -> Listed:
    sort: str = item.attribute_values[f"{index}_sk"]
    return Listed(item.key, int(item.version), load(item.head), sort)


def within(index: str, *, low: str | None, high: str | None) -> Condition | None:
    """The key condition of a range that is known not to be empty."""
    sort = Path(f"{index}_sk")
    if low and high is not None:
        return sort.between(low, high)
    if low:
        return sort >= low
    return None if high is None else sort <= high


def is_empty(partition: str, *, low: str | None, high: str | None) -> bool:
    """Ranges that hold nothing, which DynamoDB refuses instead of answering with nothing."""
    return not partition or (high is not None and (not high or high < (low or "")))


def start_key(index: str, partition: str, start: tuple[str, str] | None) -> dict[str, dict[str, str]] | None:
    """Where a page begins, made from our own cursor so that it can name no other partition."""
    if start is None:
        return None
    sort, key = start
    return {"key": {"S": key}, f"{index}_pk": {"S": partition}, f"{index}_sk": {"S": sort}}
