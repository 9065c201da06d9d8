"""Processor time of one submit and one status beside a plain handler: python -m benchmarks.cases.speed [ROUNDS].

The plain handler is Flask with the same one conditional write and the same one read, and nothing else: no form check,
no clocks, no history, no receipt. Once on DynamoDB, which moto plays for both and whose own share is measured with
the bare client, and once on SQLite, where every commit is on the disk for both and nothing has to be played. Processor
seconds of this process, so that other load on the machine changes little.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
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
SENT = json.dumps(ANSWERS, ensure_ascii=False)
Trial = Callable[[int], None]


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
            print(f"{name:<36} {median(values) * 1000:7.2f} ms")


def trials(folder: Path) -> dict[str, Trial]:
    """What is measured, by name; each gets the number of its round."""
    site = folder / "site"
    list(build(Path("content"), site, today=date(2026, 11, 23)))
    cloud, alone = _cloud(site, folder), town(site, folder)
    client, db = _table(), _file(folder / "plain.sqlite3")
    made = _pair("DynamoDB", cloud, plain_handler(partial(_put, client), partial(_get, client)))
    made |= {
        "submit, boto3 and moto alone": lambda n: _put(client, f"bare-{n}", SENT),
        "status, boto3 and moto alone": lambda n: _good(bool(_get(client, "first"))),
    }
    made |= _pair("SQLite", alone, plain_handler(partial(_insert, db), partial(_select, db)))
    return made | {"token, checking one": lambda n: _checked(alone)}


def _pair(engine: str, here: Town, plain: Flask) -> dict[str, Trial]:
    """Ours and the plain handler, submitting and asking, on one engine."""
    deeds, ours, flask = Deeds(here), Caller(here.gateway, strict=False), plain.test_client()
    body = {"item": ITEM, "form": ANSWERS, "materials": {"picture": [deeds.reference()]}}
    sent, receipt = json.dumps(body, ensure_ascii=False).encode(), deeds.handed_in()
    query = f"/api/v1/applications/{receipt['number']}?code={receipt['query_code']}"

    def submit(n: int) -> None:
        headers = {**bearer(token("lin-he")), "Idempotency-Key": f"a key for round number {n}"}
        done = ours.send("POST", "/api/v1/applications", body=sent, kind="application/json", headers=headers)
        _good(done.status == 201)

    def plain_submit(n: int | str) -> None:
        key = {"Idempotency-Key": f"{n}"}
        done = flask.post("/applications", data=sent, headers=key, content_type="application/json")
        _good(done.status_code == 201)

    plain_submit("first")
    return {
        f"submit, ours on {engine}": submit,
        f"submit, Flask on {engine}": plain_submit,
        f"status, ours on {engine}": lambda n: _good(
            ours.send("GET", query, peer=f"198.51.100.{n % 250}").status == 200
        ),
        f"status, Flask on {engine}": lambda n: _good(flask.get("/applications/first").status_code == 200),
    }


def plain_handler(put: Callable[[str, str], Any], get: Callable[[str], str]) -> Flask:
    """The same one write and the same one read, as a beginner's guide would have them."""
    app = Flask(__name__)

    @app.post("/applications")
    def apply() -> Any:
        body, key = request.get_json(), request.headers["Idempotency-Key"]
        put(key, json.dumps(body, ensure_ascii=False))
        return {"number": key}, 201

    @app.get("/applications/<key>")
    def status(key: str) -> Any:
        return json.loads(get(key))

    return app


def _put(client: Any, key: str, body: str) -> None:
    item = {"key": {"S": key}, "version": {"N": "1"}, "body": {"S": body}}
    client.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(#k)",
                    ExpressionAttributeNames={"#k": "key"})  # fmt: skip


def _get(client: Any, key: str) -> str:
    found = client.get_item(TableName=TABLE, Key={"key": {"S": key}}, ConsistentRead=True)
    return str(found["Item"]["body"]["S"])


def _insert(db: sqlite3.Connection, key: str, body: str) -> None:
    db.execute("INSERT INTO plain (key, version, body) VALUES (?, 1, ?)", (key, body))


def _select(db: sqlite3.Connection, key: str) -> str:
    return str(db.execute("SELECT body FROM plain WHERE key = ?", (key,)).fetchone()[0])


def _good(well: bool) -> None:
    assert well


def _checked(here: Town) -> None:
    assert here.house.provider.claims(token("lin-he"), now=here.clock())


def _cloud(site: Path, folder: Path) -> Town:
    aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    store = DynamoStore(Endpoint(REGION, prefix="speed-"), bucket=BUCKET)
    store.create_tables()
    return town(site, folder / "cloud", store=store)


def _file(path: Path) -> sqlite3.Connection:
    """WAL and every commit on the disk, as ours."""
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE plain (key TEXT PRIMARY KEY, version INTEGER, body TEXT)")
    return db


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
