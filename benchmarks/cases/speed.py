"""Processor time of one submit and one status beside a plain handler: python -m benchmarks.cases.speed [ROUNDS].

The plain handler is Flask and boto3 with the same one conditional write and the same one read, and nothing else:
no form check, no clocks, no history, no receipt. moto plays DynamoDB for both; its own share is measured with the
bare client and taken off both. Processor seconds of this process, so that other load on the machine changes little.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import boto3
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.models import Endpoint
from flask import Flask, request
from moto import mock_aws

from publishing.build import build
from tests.http.deeds import ANSWERS, ITEM, Deeds
from tests.http.front_door import Caller, bearer
from tests.http.stand_in import Town, token, town
from tests.store.cloud import BUCKET, REGION, aws

TABLE = "plain"


def main() -> None:
    """Prints milliseconds of processor time for each, medians of rounds taken in turn."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with mock_aws(), tempfile.TemporaryDirectory() as folder:
        tried = trials(Path(folder))
        spent: dict[str, list[float]] = {name: [] for name in tried}
        for n in range(rounds):
            for name, act in tried.items():
                spent[name].append(_cpu(act, n))
        for name, values in spent.items():
            print(f"{name:<28} {median(values) * 1000:7.2f} ms")


def trials(folder: Path) -> dict[str, Callable[[int], None]]:
    """What is measured, by name; each gets the number of its round."""
    here, client, flask = _ours(folder), _table(), plain_handler().test_client()
    deeds = Deeds(here)
    body = {"item": ITEM, "form": ANSWERS, "materials": {"picture": [deeds.reference()]}}
    receipt = deeds.handed_in()
    plain = Caller(here.gateway, strict=False)
    sent = json.dumps(body, ensure_ascii=False).encode()
    flask.post(
        "/applications", data=sent, headers={"Idempotency-Key": "first"}, content_type="application/json"
    )
    query = f"/api/v1/applications/{receipt['number']}?code={receipt['query_code']}"

    def submit(n: int) -> None:
        headers = {**bearer(token("lin-he")), "Idempotency-Key": f"a key for round number {n}"}
        assert (
            plain.send(
                "POST", "/api/v1/applications", body=sent, kind="application/json", headers=headers
            ).status
            == 201
        )

    def plain_submit(n: int) -> None:
        answer = flask.post(
            "/applications", data=sent, headers={"Idempotency-Key": f"{n}"}, content_type="application/json"
        )
        assert answer.status_code == 201

    return {
        "submit, ours": submit,
        "submit, Flask and boto3": plain_submit,
        "submit, boto3 and moto alone": lambda n: _put(client, f"bare-{n}", sent.decode()),
        "status, ours": lambda n: _good(plain.send("GET", query, peer=f"198.51.100.{n % 250}").status),
        "status, Flask and boto3": lambda n: _good(flask.get("/applications/first").status_code),
        "status, boto3 and moto alone": lambda n: _get(client, "first"),
        "token, checking one": lambda n: _checked(here),
    }


def plain_handler() -> Flask:
    """The same one write and the same one read, as a beginner's guide would have them."""
    app, client = Flask(__name__), boto3.client("dynamodb", region_name=REGION)

    @app.post("/applications")
    def apply() -> Any:
        body, key = request.get_json(), request.headers["Idempotency-Key"]
        _put(client, key, json.dumps(body, ensure_ascii=False))
        return {"number": key}, 201

    @app.get("/applications/<key>")
    def status(key: str) -> Any:
        return json.loads(_get(client, key)["body"]["S"])

    return app


def _put(client: Any, key: str, body: str) -> None:
    item = {"key": {"S": key}, "version": {"N": "1"}, "body": {"S": body}}
    client.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(#k)",
                    ExpressionAttributeNames={"#k": "key"})  # fmt: skip


def _get(client: Any, key: str) -> Any:
    return client.get_item(TableName=TABLE, Key={"key": {"S": key}}, ConsistentRead=True)["Item"]


def _good(status: int) -> None:
    assert status == 200, status


def _checked(here: Town) -> None:
    assert here.house.provider.claims(token("lin-he"), now=here.clock())


def _ours(folder: Path) -> Town:
    site = folder / "site"
    list(build(Path("content"), site, today=date(2026, 11, 23)))
    aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    store = DynamoStore(Endpoint(REGION, prefix="speed-"), bucket=BUCKET)
    store.create_tables()
    return town(site, folder, store=store)


def _table() -> Any:
    client = boto3.client("dynamodb", region_name=REGION)
    client.create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
    )  # fmt: skip
    return client


def _cpu(act: Callable[[int], None], n: int) -> float:
    before = time.process_time()
    act(n)
    return time.process_time() - before


if __name__ == "__main__":
    main()
