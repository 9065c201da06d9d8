"""The PynamoDB model of each table: one item is one record, one sparse index per declared name."""

from __future__ import annotations

from dataclasses import dataclass
from types import new_class
from typing import Any

from pynamodb.attributes import Attribute, ListAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.constants import BINARY, STRING
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from .packing import pack, unpack
from .port import TABLES, Table


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Which DynamoDB, or compatible engine, and how long to wait for it."""

    region: str
    prefix: str = ""
    url: str | None = None
    timeout_seconds: float = 5.0
    pool: int = 32
    retries: int = 2


class PackedAttribute(Attribute[str]):
    """A text, packed; what an earlier release stored as a string is read as it stands."""

    attr_type = BINARY

    def serialize(self, value: str) -> bytes:
        return pack(value)

    def deserialize(self, value: bytes | str) -> str:
        return value if isinstance(value, str) else unpack(value)

    def get_value(self, value: dict[str, Any]) -> Any:
        return value[STRING] if STRING in value else super().get_value(value)


class RecordModel(Model):
    """What every table has. JSON is text that we wrote, since JSONAttribute would escape Chinese.

    `stamp` is random in each write: by it a write that was repeated on the wire knows itself again.
    """

    key = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    stamp = UnicodeAttribute()
    head = PackedAttribute()
    body = PackedAttribute(null=True)
    body_sha256 = UnicodeAttribute(null=True)
    events: ListAttribute[Any] = ListAttribute(of=PackedAttribute)


def models(endpoint: Endpoint) -> dict[str, type[RecordModel]]:
    """A model per table by its name, all on one connection: a client of its own would cost each some 60 ms."""
    made = {table.name: _model(table, endpoint) for table in TABLES}
    shared = Connection(
        region=endpoint.region,
        host=endpoint.url,
        connect_timeout_seconds=min(2.0, endpoint.timeout_seconds),
        read_timeout_seconds=endpoint.timeout_seconds,
        max_retry_attempts=endpoint.retries,
        max_pool_connections=endpoint.pool,
    )
    for model in made.values():
        own = model._get_connection()
        shared.add_meta_table(own.get_meta_table())
        own.connection = shared
    return made


def _model(table: Table, endpoint: Endpoint) -> type[RecordModel]:
    parts: dict[str, Any] = {"Meta": _meta(table, endpoint), "__module__": __name__}
    for name in table.indexes:
        parts[f"{name}_pk"] = UnicodeAttribute(null=True)
        parts[f"{name}_sk"] = UnicodeAttribute(null=True)
        parts[name] = _index(name)
    if table.expires:
        parts["expires"] = TTLAttribute(null=True)
    model: type[RecordModel] = new_class(
        f"{table.name.title()}Model", (RecordModel,), exec_body=lambda namespace: namespace.update(parts)
    )
    return model


def _meta(table: Table, endpoint: Endpoint) -> type:
    settings = {
        "table_name": endpoint.prefix + table.name,
        "region": endpoint.region,
        "host": endpoint.url,
        "billing_mode": "PAY_PER_REQUEST",
    }
    return type("Meta", (), settings)


def _index(name: str) -> GlobalSecondaryIndex[RecordModel]:
    """Lists need head and version only; Alternator projects everything whatever we ask."""
    meta = type("Meta", (), {"index_name": name, "projection": IncludeProjection(["head", "version"])})
    parts = {
        "Meta": meta,
        "pk": UnicodeAttribute(hash_key=True, attr_name=f"{name}_pk"),
        "sk": UnicodeAttribute(range_key=True, attr_name=f"{name}_sk"),
    }
    index: GlobalSecondaryIndex[RecordModel] = type(f"{name.title()}Index", (GlobalSecondaryIndex,), parts)()
    return index
