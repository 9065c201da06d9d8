"""What goes over the wire to DynamoDB, since moto's yes is not AWS's.

moto takes unused expression values, empty index keys and unordered ranges that AWS refuses, and its
threads race where AWS's do not. So each request is looked at as sent.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.packing import pack
from chalicelib.store.port import CASES, DRAFTS, TABLES, Record, StoreUnavailable
from moto.core.models import botocore_stubber

from tests.store.cloud import BUCKET, aws

NOW = datetime(2026, 11, 23, 7, 40, tzinfo=UTC)
CASE = Record("k", {"n": 1}, {"f": "字"}, ({"e": 0},), {"queue": ("q", "1"), "outbox": ("all", "1")})
LARGE = replace(CASE, body={"text": "字" * 40_000})
WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


def _events(store: DynamoStore) -> Any:
    return store._models["cases"]._get_connection().connection.client.meta.events


@pytest.fixture
def sent(dynamo: DynamoStore) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every (operation, parameters) sent to DynamoDB from now on."""
    requests: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        requests.append((model.name, params))

    _events(dynamo).register("provide-client-params.dynamodb", note, unique_id="note")
    yield requests
    _events(dynamo).unregister("provide-client-params.dynamodb", unique_id="note")


CALLS: dict[str, Callable[[DynamoStore], object]] = {
    "find": lambda store: store.find(CASES, "k", now=NOW),
    "create": lambda store: store.create(CASES, replace(CASE, key="new")),
    "create, taken": lambda store: store.create(CASES, CASE),
    "create, at a time": lambda store: store.create(CASES, replace(CASE, key="new"), now=NOW),
    "create draft": lambda store: store.create(DRAFTS, Record("d", {}, expires_at=NOW)),
    "create draft, at a time": lambda store: store.create(DRAFTS, Record("d", {}), now=NOW),
    "update": lambda store: store.update(CASES, CASE, expected=1, appended=[{"e": 1}], with_body=True),
    "update, head only": lambda store: store.update(CASES, replace(CASE, index={}), expected=1),
    "update, large": lambda store: store.update(CASES, LARGE, expected=1, with_body=True),
    "update, lost": lambda store: store.update(CASES, CASE, expected=9),
    "update draft": lambda store: store.update(DRAFTS, Record("d", {}), expected=1),
    "unmark": lambda store: store.unmark(CASES, "k", index="outbox", sort="1", version=1),
    "delete": lambda store: store.delete(CASES, "k", expected=1),
    "query": lambda store: store.query(CASES, "queue", "q", limit=1),
    "query, range": lambda store: store.query(CASES, "queue", "q", low="0", high="2", newest_first=True),
    "query, empty range": lambda store: store.query(CASES, "queue", "q", low="2", high="1"),
    "query, no partition": lambda store: store.query(CASES, "queue", ""),
    "query, empty low": lambda store: store.query(CASES, "queue", "q", low="", high="2"),
    "count": lambda store: store.count(CASES, "queue", "q", low="0"),
}


@pytest.mark.parametrize("call", CALLS)
def test_each_request_is_one_that_aws_would_take(
    dynamo: DynamoStore, sent: list[tuple[str, dict[str, Any]]], call: str
) -> None:
    dynamo.create(CASES, CASE)
    sent.clear()
    CALLS[call](dynamo)
    for operation, params in sent:
        assert operation in WRITES | {"GetItem", "Query"}
        _check_placeholders(params)
        _check_strings(params)
        assert operation != "GetItem" or params["ConsistentRead"] is True
    writes = call.startswith(("create", "update", "unmark", "delete"))
    assert [operation in WRITES for operation, _ in sent].count(True) == writes


def _check_placeholders(params: dict[str, Any]) -> None:
    """AWS refuses a name or a value that no expression uses, and one that is used but not given."""
    text = " ".join(value for name, value in params.items() if name.endswith("Expression"))
    used = set(re.findall(r"[#:]\w+", text))
    given = {*params.get("ExpressionAttributeNames", {}), *params.get("ExpressionAttributeValues", {})}
    assert used == given


def _check_strings(params: dict[str, Any]) -> None:
    """Index keys are strings and not empty, in items and in expressions."""
    item = params.get("Item", {})
    keys = [value for name, value in item.items() if name.endswith(("_pk", "_sk"))]
    for value in [*keys, *params.get("ExpressionAttributeValues", {}).values()]:
        assert value != {"S": ""} and value != {"NULL": True}
    assert all(set(value) == {"S"} for value in keys)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("create", "attribute_not_exists (key)"),
        ("create draft, at a time", "(attribute_not_exists (key) OR expires <= {'N': '1795419600'})"),
        ("update", "version = {'N': '1'}"),
        ("unmark", "(outbox_sk = {'S': '1'} AND version = {'N': '1'})"),
        ("delete", "version = {'N': '1'}"),
    ],
)
def test_each_write_carries_its_condition_in_the_same_request(
    dynamo: DynamoStore, sent: list[tuple[str, dict[str, Any]]], call: str, expected: str
) -> None:
    dynamo.create(CASES, CASE)
    sent.clear()
    CALLS[call](dynamo)
    assert _spoken(sent[0][1], "ConditionExpression") == expected


def _spoken(params: dict[str, Any], which: str) -> str:
    """An expression with its placeholders filled in."""
    names, values = params["ExpressionAttributeNames"], params.get("ExpressionAttributeValues", {})
    known = names | {name: str(value) for name, value in values.items()}
    return re.sub(r"[#:]\w+", lambda found: known[found[0]], params[which])


def test_an_update_moves_everything_in_one_request(
    dynamo: DynamoStore, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    dynamo.create(CASES, CASE)
    sent.clear()
    moved = Record("k", {"n": 2}, index={"sweep": ("due", "2")})
    assert dynamo.update(CASES, moved, expected=1, appended=[{"e": 1}])
    ((operation, params),) = sent
    spoken = re.sub(r"stamp = {'S': '[^']+'}", "stamp = …", _spoken(params, "UpdateExpression"))
    head, event = pack('{"n":2}'), pack('{"e":1}')
    assert operation == "UpdateItem"
    assert spoken == (
        f"SET version = {{'N': '2'}}, stamp = …, head = {{'B': {head!r}}}, sweep_pk = {{'S': 'due'}}, "
        f"sweep_sk = {{'S': '2'}}, events = list_append (events, {{'L': [{{'B': {event!r}}}]}}) "
        "REMOVE " + ", ".join(f"{name}_pk, {name}_sk" for name in CASES.indexes if name != "sweep")
    )


def test_head_body_and_events_are_packed(dynamo: DynamoStore, sent: list[tuple[str, dict[str, Any]]]) -> None:
    dynamo.create(CASES, replace(CASE, body={"f": "字" * 99}))
    item = sent[0][1]["Item"]
    texts = [item["head"], item["body"], *item["events"]["L"]]
    assert {kind for text in texts for kind in text} == {"B"} and len(item["body"]["B"]) < 30


def test_what_an_earlier_release_wrote_as_strings_is_read_and_goes_on_as_packed(dynamo: DynamoStore) -> None:
    item = {
        "key": {"S": "k"}, "version": {"N": "1"}, "stamp": {"S": "s"}, "head": {"S": '{"n":1}'}, "body": {"S": '{"f":"字"}'},
        "events": {"L": [{"S": '{"e":1}'}]}, "queue_pk": {"S": "q"}, "queue_sk": {"S": "1"},
    }  # fmt: skip
    aws("dynamodb").put_item(TableName="test-cases", Item=item)
    old = Record("k", {"n": 1}, {"f": "字"}, ({"e": 1},), {"queue": ("q", "1")})
    assert dynamo.find(CASES, "k", now=NOW) == old
    assert dynamo.query(CASES, "queue", "q").rows[0].head == {"n": 1}
    assert dynamo.update(CASES, replace(old, head={"n": 2}), expected=1, appended=[{"e": 2}])
    assert dynamo.find(CASES, "k", now=NOW) == replace(
        old, head={"n": 2}, events=({"e": 1}, {"e": 2}), version=2
    )


def test_lists_read_only_what_the_index_holds(
    dynamo: DynamoStore, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    dynamo.query(CASES, "queue", "q")
    names = sent[0][1]["ExpressionAttributeNames"]
    shown = {names[name] for name in sent[0][1]["ProjectionExpression"].split(", ")}
    index = next(
        found
        for found in _described(dynamo, "cases")["GlobalSecondaryIndexes"]
        if found["IndexName"] == "queue"
    )
    held = {*index["Projection"]["NonKeyAttributes"], *(key["AttributeName"] for key in index["KeySchema"])}
    assert shown <= held | {"key"}


def _described(dynamo: DynamoStore, name: str) -> Any:
    return aws("dynamodb").describe_table(TableName=f"test-{name}")["Table"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_tables_are_as_declared(dynamo: DynamoStore, table: Any) -> None:
    described = _described(dynamo, table.name)
    assert {index["IndexName"] for index in described["GlobalSecondaryIndexes"]} == set(table.indexes)
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    life = aws("dynamodb").describe_time_to_live(TableName=f"test-{table.name}")
    wanted = "ENABLED" if table.expires else "DISABLED"
    assert life["TimeToLiveDescription"]["TimeToLiveStatus"] == wanted


def test_tables_that_exist_are_left_alone(dynamo: DynamoStore) -> None:
    dynamo.create(CASES, CASE)
    dynamo.create_tables()
    assert dynamo.find(CASES, "k", now=NOW) == CASE


def test_all_tables_share_one_client(dynamo: DynamoStore) -> None:
    assert len({id(model._get_connection().connection) for model in dynamo._models.values()}) == 1


def test_a_large_body_stands_in_the_bucket_and_the_item_stays_small(
    dynamo: DynamoStore, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    dynamo.create(CASES, LARGE)
    item = sent[0][1]["Item"]
    assert "body" not in item and dynamo.get_file(item["body_sha256"]["S"]) is not None
    assert dynamo.find(CASES, "k", now=NOW) == LARGE


def test_a_body_that_shrank_no_longer_points_to_the_bucket(dynamo: DynamoStore) -> None:
    dynamo.create(CASES, LARGE)
    dynamo.update(CASES, CASE, expected=1, with_body=True)
    item = aws("dynamodb").get_item(TableName="test-cases", Key={"key": {"S": "k"}})["Item"]
    assert item["body"] == {"B": pack('{"f":"字"}')} and "body_sha256" not in item


def test_a_large_body_that_left_the_bucket_is_said(
    dynamo: DynamoStore, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    dynamo.create(CASES, LARGE)
    sha256 = sent[0][1]["Item"]["body_sha256"]["S"]
    aws("s3").delete_object(Bucket=BUCKET, Key=f"files/{sha256}")
    with pytest.raises(StoreUnavailable):
        dynamo.find(CASES, "k", now=NOW)


def test_a_file_that_was_changed_in_the_bucket_is_not_handed_out(dynamo: DynamoStore) -> None:
    sha256 = dynamo.put_file(b"scan")
    aws("s3").put_object(Bucket=BUCKET, Key=f"files/{sha256}", Body=b"scam")
    with pytest.raises(StoreUnavailable):
        dynamo.get_file(sha256)


def test_a_list_longer_than_one_megabyte_is_still_whole(
    dynamo: DynamoStore, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    """DynamoDB answers at most 1 MB at a time, whatever the limit says."""
    noise = random.Random(1)  # which no packing makes shorter than half of its hex
    for n in range(16):
        dynamo.create(
            CASES,
            Record(f"{n:02}", {"text": noise.randbytes(90_000).hex()}, index={"queue": ("q", f"{n:02}")}),
        )
    sent.clear()
    assert len(dynamo.query(CASES, "queue", "q").rows) == 16
    assert dynamo.count(CASES, "queue", "q") == 16
    assert dynamo.count(CASES, "queue", "q", cap=14) == 14
    assert len(sent) > 3


@pytest.fixture
def losing_answers(dynamo: DynamoStore) -> Iterator[Callable[[int], None]]:
    """Lets so many next writes reach the engine and then loses its answers on the way back."""
    left = [0]

    def lose(event_name: str, request: Any, **_: Any) -> None:
        if left[0] and request.headers.get("X-Amz-Target", b"").decode().endswith(("PutItem", "UpdateItem")):
            left[0] -= 1
            botocore_stubber(event_name, request)
            raise ReadTimeoutError(endpoint_url=request.url)

    _events(dynamo).register_first("before-send.dynamodb", lose, unique_id="lose")
    yield lambda times: left.__setitem__(0, times)
    _events(dynamo).unregister("before-send.dynamodb", unique_id="lose")


def test_a_write_repeated_on_the_wire_knows_its_own_first_attempt(
    dynamo: DynamoStore, losing_answers: Callable[[int], None]
) -> None:
    losing_answers(1)
    assert dynamo.create(CASES, CASE)
    losing_answers(1)
    assert dynamo.update(CASES, CASE, expected=1, appended=[{"e": 1}])
    found = dynamo.find(CASES, "k", now=NOW)
    assert found is not None and found.version == 2 and found.events == ({"e": 0}, {"e": 1})


def test_an_unknown_outcome_is_said_and_repeating_the_call_writes_no_second_time(
    dynamo: DynamoStore, losing_answers: Callable[[int], None]
) -> None:
    losing_answers(99)
    with pytest.raises(StoreUnavailable):
        dynamo.create(CASES, CASE)
    losing_answers(0)
    assert not dynamo.create(CASES, CASE)
    assert dynamo.find(CASES, "k", now=NOW) == CASE


@pytest.mark.parametrize("call", ["find", "create", "update", "unmark", "delete", "query", "count"])
def test_an_engine_without_our_tables_is_unavailable(dynamo: DynamoStore, call: str) -> None:
    for model in dynamo._models.values():
        model.delete_table()
    with pytest.raises(StoreUnavailable):
        CALLS[call](dynamo)


def test_a_read_that_may_be_a_moment_old_costs_half(
    dynamo: DynamoStore, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    for fresh in (True, False):
        dynamo.find(DRAFTS, "k", now=NOW, fresh=fresh)
    assert [params["ConsistentRead"] for _, params in sent] == [True, False]
