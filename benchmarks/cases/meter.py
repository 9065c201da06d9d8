"""A store on DynamoDB and S3 that says what each request costs, whatever plays them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.packing import pack
from chalicelib.store.port import Page, Record, Table
from chalicelib.store.wire import dump

from benchmarks.cases.sizes import Item, bytes_of, read, write_units

KEYS = 160  # bytes of a row of an index beside its head: the keys of the record and of the index, the version


class Meter:
    """Counts units, requests and bytes under the name of what is being done."""

    def __init__(self, store: DynamoStore, client: Any) -> None:
        self._store, self._client = store, client
        self.doing = "setting up"
        self.spent: dict[str, Counter[str]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def note(self, **amounts: float) -> None:
        """Adds to what is being done."""
        counter = self.spent.setdefault(self.doing, Counter())
        for name, amount in amounts.items():
            counter[name] += amount  # type: ignore[assignment]

    def create(self, table: Table, record: Record, **more: Any) -> bool:
        return bool(self._write("create", table, record.key, record, **more))

    def update(self, table: Table, record: Record, **more: Any) -> bool:
        return bool(self._write("update", table, record.key, record, **more))

    def unmark(self, table: Table, key: str, **more: Any) -> bool:
        return bool(self._write("unmark", table, key, key, **more))

    def relist(self, table: Table, key: str, *given: Any, **more: Any) -> bool:
        return bool(self._write("relist", table, key, key, *given, **more))

    def delete(self, table: Table, key: str, **more: Any) -> bool:
        return bool(self._write("delete", table, key, key, **more))

    def find(self, table: Table, key: str, *, fresh: bool = True, **more: Any) -> Record | None:
        item = self._item(table, key)
        self.note(reads=1, read_units=read(bytes_of(item or {}), consistent=fresh))
        return self._store.find(table, key, fresh=fresh, **more)

    def find_each(
        self, wanted: Sequence[tuple[Table, str]], *, fresh: bool = True, **more: Any
    ) -> tuple[Record | None, ...]:
        items = [self._item(table, key) for table, key in wanted if key]
        self.note(reads=1, read_units=sum(read(bytes_of(item or {}), consistent=fresh) for item in items))
        return self._store.find_each(wanted, fresh=fresh, **more)

    def query(self, table: Table, index: str, partition: str, **more: Any) -> Page:
        page = self._store.query(table, index, partition, **more)
        size = sum(len(pack(dump(row.head))) + KEYS for row in page.rows)
        self.note(queries=1, read_units=read(size, consistent=False))
        return page

    def count(self, table: Table, index: str, partition: str, **more: Any) -> int:
        self.note(queries=1, read_units=0.5)
        return self._store.count(table, index, partition, **more)

    def put_file(self, data: bytes) -> str:
        self.note(puts=1, file_bytes=len(data))
        return self._store.put_file(data)

    def hold_file(self, sha256: str) -> bool:
        self.note(puts=1)
        return self._store.hold_file(sha256)

    def get_file(self, sha256: str) -> bytes | None:
        self.note(gets=1)
        return self._store.get_file(sha256)

    def _write(self, name: str, table: Table, key: str, *what: Any, **more: Any) -> bool:
        before = self._item(table, key)
        done: bool = getattr(self._store, name)(table, *what, **more)
        after = self._item(table, key)
        units = write_units(before, after, table.indexes)
        self.note(writes=1, write_units=units, table_bytes=bytes_of(after or {}) - bytes_of(before or {}))
        return done

    def _item(self, table: Table, key: str) -> Item | None:
        """The raw item, looked at behind the store's back and not charged."""
        model = self._store._models[table.name]
        found = self._client.get_item(
            TableName=model.Meta.table_name, Key={"key": {"S": key}}, ConsistentRead=True
        )
        item: Item | None = found.get("Item")
        return item
