"""The store on DynamoDB and S3, or on whatever answers as they do (ScyllaDB Alternator, MinIO)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import DoesNotExist, PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from . import items
from .bucket import BucketFiles
from .models import Endpoint, RecordModel, models
from .port import Page, Record, StoreUnavailable, Table
from .together import together
from .wire import check_index, check_places, check_record, dump, page_of, read_cursor, seconds_of, usable

LARGE_BODY_BYTES = 100_000


class DynamoStore(BucketFiles):
    """One item a record, one UpdateItem an update; bodies over 100 KB stand in the bucket by their hash."""

    def __init__(
        self, endpoint: Endpoint, *, bucket: str, files_url: str | None = None, direct: bool = False
    ) -> None:
        patience = 4 * endpoint.timeout_seconds
        super().__init__(
            bucket, region=endpoint.region, endpoint=files_url, timeout_seconds=patience, direct=direct
        )
        self._models = models(endpoint)

    def create_tables(self) -> None:
        """Makes the tables that are missing, for tests and self-hosted engines; AWS has its template."""
        with _answering():
            for model in self._models.values():
                model.create_table(wait=True)

    def find(self, table: Table, key: str, *, now: datetime, fresh: bool = True) -> Record | None:
        seconds = seconds_of(now)
        return self._record(table, self._get(table, key, fresh=fresh) if usable(key) else None, seconds)

    def find_each(
        self, wanted: Sequence[tuple[Table, str]], *, now: datetime, fresh: bool = True
    ) -> tuple[Record | None, ...]:
        seconds = seconds_of(now)
        with _answering():
            names = {(table.name, key) for table, key in wanted if usable(key)}
            held = together(self._models, names, fresh=fresh)
        given = ((table, held.get((table.name, key))) for table, key in wanted)
        return tuple(self._record(table, item, seconds) for table, item in given)

    def create(self, table: Table, record: Record, *, now: datetime | None = None) -> bool:
        check_record(table, record)
        free = RecordModel.key.does_not_exist()
        if now is not None and table.expires:
            free = free | (Path("expires") <= seconds_of(now))
        stamp = secrets.token_urlsafe(12)
        item = items.item_of(self._models[table.name], record, body=self._body(record), stamp=stamp)
        with _answering():
            created = _held(lambda: item.save(free))
        return created or self._landed(table, record.key, stamp)

    def update(
        self,
        table: Table,
        record: Record,
        *,
        expected: int,
        appended: Sequence[Mapping[str, Any]] = (),
        with_body: bool = False,
    ) -> bool:
        check_record(table, record)
        stamp = secrets.token_urlsafe(12)
        actions = items.changes(table, record, version=expected + 1, stamp=stamp) + items.appending(appended)
        if with_body:
            actions += items.replacing(self._body(record))
        unmoved = RecordModel.version == expected
        connection = self._models[table.name]._get_connection()
        with _answering():
            moved = _held(lambda: connection.update_item(record.key, actions=actions, condition=unmoved))
        return moved or self._landed(table, record.key, stamp)

    def unmark(self, table: Table, key: str, *, index: str, sort: str, version: int) -> bool:
        check_index(table, index)
        stands = (Path(f"{index}_sk") == sort) & (RecordModel.version == version)
        actions = [Path(f"{index}_pk").remove(), Path(f"{index}_sk").remove()]
        connection = self._models[table.name]._get_connection()
        with _answering():
            return _held(lambda: connection.update_item(key, actions=actions, condition=stands))

    def relist(
        self, table: Table, key: str, index: Mapping[str, tuple[str, str] | None], *, version: int
    ) -> bool:
        check_places(table, index)
        unmoved, connection = RecordModel.version == version, self._models[table.name]._get_connection()
        with _answering():
            return _held(lambda: connection.update_item(key, actions=items.placing(index), condition=unmoved))

    def query(
        self,
        table: Table,
        index: str,
        partition: str,
        *,
        limit: int = 25,
        after: str | None = None,
        low: str | None = None,
        high: str | None = None,
        newest_first: bool = False,
    ) -> Page:
        check_index(table, index)
        if items.is_empty(partition, low=low, high=high):
            return Page(())
        with _answering():
            found = self._models[table.name].query(
                partition,
                items.within(index, low=low, high=high),
                index_name=index,
                scan_index_forward=not newest_first,
                limit=limit + 1,
                last_evaluated_key=items.start_key(index, partition, read_cursor(after, low=low, high=high)),
                attributes_to_get=["key", "version", "head", f"{index}_sk"],
            )
            return page_of(tuple(items.listed_of(item, index) for item in found), limit=limit)

    def count(
        self,
        table: Table,
        index: str,
        partition: str,
        *,
        low: str | None = None,
        high: str | None = None,
        cap: int = 1000,
    ) -> int:
        check_index(table, index)
        if items.is_empty(partition, low=low, high=high):
            return 0
        span = items.within(index, low=low, high=high)
        with _answering():
            return self._count(table, index, partition, span, cap=cap)

    def sorts(self, table: Table, index: str, partition: str, *, cap: int) -> tuple[str, ...]:
        check_index(table, index)
        with _answering():
            found = self._models[table.name].query(
                partition, index_name=index, limit=cap, attributes_to_get=[f"{index}_sk"]
            )
            return tuple(str(item.attribute_values[f"{index}_sk"]) for item in found)

    def walk(self, table: Table, *, after: str | None = None, limit: int = 100) -> tuple[Record, ...]:
        """A strongly consistent scan, from a key on."""
        start = None if after is None else {"key": {"S": after}}
        with _answering():
            found = self._models[table.name].scan(
                limit=limit, page_size=limit, last_evaluated_key=start, consistent_read=True
            )
            return tuple(items.record_of(table, item, body=self._body_of(item)) for item in found)

    def delete(self, table: Table, key: str, *, expected: int) -> bool:
        unmoved = RecordModel.version == expected
        connection = self._models[table.name]._get_connection()
        with _answering():
            return _held(lambda: connection.delete_item(key, condition=unmoved))

    def drop_expired(self, table: Table, *, now: datetime, limit: int = 1000) -> int:
        """Nothing to do: the table's time to live does it."""
        return 0

    def _record(self, table: Table, item: RecordModel | None, seconds: int) -> Record | None:
        if item is None or items.expired(item, seconds):
            return None
        return items.record_of(table, item, body=self._body_of(item))

    def _get(self, table: Table, key: str, *, fresh: bool) -> RecordModel | None:
        try:
            with _answering():
                return self._models[table.name].get(key, consistent_read=fresh)
        except DoesNotExist:
            return None

    def _landed(self, table: Table, key: str, stamp: str) -> bool:
        """Whether a refused write was the echo of our own: a retry on the wire meets its first attempt."""
        connection = self._models[table.name]._get_connection()
        with _answering():
            answer = connection.get_item(key, consistent_read=True, attributes_to_get=["stamp"])
        return bool(answer.get("Item", {}).get("stamp") == {"S": stamp})

    def _count(self, table: Table, index: str, partition: str, span: Condition | None, *, cap: int) -> int:
        """Counts page by page, since Model.count would go on past its limit."""
        query = self._models[table.name]._get_connection().query
        total, start = 0, None
        while total < cap:
            page = query(
                partition,
                span,
                index_name=index,
                exclusive_start_key=start,
                limit=cap - total,
                select="COUNT",
            )
            total, start = total + page["Count"], page.get("LastEvaluatedKey")
            if start is None:
                break
        return total

    def _body(self, record: Record) -> items.Body:
        """A large body is durable in the bucket before the item names it."""
        text = dump(record.body)
        data = text.encode()
        return (None, self.put_file(data)) if len(data) > LARGE_BODY_BYTES else (text, None)

    def _body_of(self, item: RecordModel) -> str:
        if item.body is not None:
            return item.body
        data = self.get_file(item.body_sha256)
        if data is None:
            raise StoreUnavailable(f"the body of {item.key} is not in the bucket")
        return data.decode()


def _held(write: Callable[[], object]) -> bool:
    """Does a conditional write; False when its condition did not hold."""
    try:
        write()
    except PynamoDBException as error:
        if not _refused(error.cause):
            raise
        return False
    return True


def _refused(cause: Exception | None) -> bool:
    """Asked of the cause itself: PynamoDB's `cause_response_code` breaks on time-outs."""
    refused = "ConditionalCheckFailedException"
    return isinstance(cause, ClientError) and cause.response["Error"]["Code"] == refused


@contextmanager
def _answering() -> Iterator[None]:
    """Time-outs, throttling and refusals of any kind are StoreUnavailable; a missing item is not."""
    try:
        yield
    except DoesNotExist:
        raise
    except (PynamoDBException, BotoCoreError, ClientError) as error:
        raise StoreUnavailable(str(error)) from error
