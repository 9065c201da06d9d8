"""One trace id from the request's header to the event in the table and to the page that says something broke."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from app import portal
from chalicelib import ledger, trace
from chalicelib.domain.case import first_broken
from chalicelib.domain.numbers import derive
from chalicelib.jobs.loop import once
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.packing import unpack
from chalicelib.store.port import CASES, StoreUnavailable

from tests.http.conftest import cloud as cloud
from tests.http.deeds import Deeds
from tests.http.front_door import Caller
from tests.http.stand_in import MONDAY, Town, token, town
from tests.infra.edge import Edge
from tests.operations.conftest import Log, caller_of, over
from tests.store.cloud import aws, emptied

NUMBER = derive("somebody", attempt=0)
MARK = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"traceparent": f"00-{MARK}-00f067aa0ba902b7-01"}, MARK),
        ({"x-amzn-trace-id": f"Self=1-x;Root=1-{MARK[:8]}-{MARK[8:]};Sampled=1"}, MARK),
        ({"x-amzn-trace-id": f"Root=1-{MARK[:8]}-{MARK[8:]}"}, MARK),
        (
            {
                "x-amzn-trace-id": f"Root=1-{MARK[:8]}-{MARK[8:]}",
                "traceparent": f"00-{'a' * 32}-00f067aa0ba902b7-01",
            },
            MARK,
        ),
        ({"x-request-id": MARK}, MARK),
        ({"traceparent": "nonsense", "x-request-id": MARK}, MARK),
        ({"traceparent": f"00-{'0' * 32}-00f067aa0ba902b7-01"}, ""),
        ({"x-request-id": "11010119900101001X\n<script>"}, ""),
        ({"x-request-id": MARK.upper()}, ""),
        ({}, ""),
    ],
)
def test_a_trace_id_is_taken_from_the_usual_headers_and_from_nothing_else(
    headers: dict[str, str], found: str
) -> None:
    assert trace.given(headers) == found


def test_work_inside_work_keeps_its_trace_and_leaves_nothing_behind() -> None:
    with trace.work(MARK) as outer, trace.work("other") as inner:
        assert inner is outer and trace.current().trace == MARK
    assert trace.current().trace == ""
    with trace.work() as fresh:
        assert len(fresh.trace) == 32 and fresh.trace != MARK


def test_the_events_of_a_request_carry_its_trace_beside_their_seal(here: Town) -> None:
    deeds = Deeds(here)
    number = deeds.handed_in()["number"]
    move = {"action": "withdraw", "version": 1}
    answer = here.program.call(
        f"/api/v1/applications/{number}/actions", move, token=token("lin-he"), **{"X-Request-Id": MARK}
    )
    assert answer.status == 200
    record = here.store.find(CASES, number, now=MONDAY)
    marks = [event["trace"] for event in record.events]
    assert marks[-1] == MARK and MARK not in marks[:-1] and all(len(mark) == 32 for mark in marks)
    case = ledger.from_record(record)
    assert first_broken(case.events) is None and "trace" not in case.events[-1].data


def test_the_trace_that_x_ray_has_stands_in_the_table_and_in_the_log(
    site: Path, tmp_path: Path, cloud: DynamoStore, log: Log
) -> None:
    """As in the cloud: an event of API Gateway in, an item of DynamoDB out; what the visitor sent does not count."""
    here = town(site, tmp_path, store=emptied(cloud))
    number = Deeds(here).handed_in()["number"]
    answer = Edge(portal(lambda: here.house)).send(
        "POST", f"/api/v1/applications/{number}/actions", body=b'{"action": "withdraw", "version": 1}', kind="application/json",
        headers={"Authorization": f"Bearer {token('lin-he')}", "X-Amzn-Trace-Id": f"Self=1-x;Root=1-{MARK[:8]}-{MARK[8:]}",
                 "traceparent": f"00-{'a' * 32}-00f067aa0ba902b7-01"},
    )  # fmt: skip
    assert answer.status == 200
    item = aws("dynamodb").get_item(TableName="test-cases", Key={"key": {"S": number}})["Item"]
    assert [json.loads(unpack(one["B"]))["trace"] for one in item["events"]["L"]][-1] == MARK
    assert [line["trace"] for line in log.lines if line.get("case") == number][-1] == MARK


class Broken:
    """A store that fails as it is told."""

    def __init__(self, store: Any, error: Exception) -> None:
        self._store, self._error = store, error

    def find(self, *_: Any, **__: Any) -> Any:
        raise self._error

    query = find

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def broken(here: Town, error: Exception) -> Caller:
    return caller_of(over(here, Broken(here.store, error)))


@pytest.mark.parametrize(
    ("lang", "words"),
    [("", "请把这个编号告诉政务服务中心"), ("/en", "tell the service centre this reference")],
)
def test_a_page_that_broke_shows_the_trace_that_the_log_has(
    here: Town, log: Log, lang: str, words: str
) -> None:
    program = broken(here, StoreUnavailable("the disk is full"))
    answer = program.send(
        "POST", f"{lang}/status", body=f"number={NUMBER}&code=123456".encode(), kind="application/x-www-form-urlencoded",
        headers={"X-Request-Id": MARK},
    )  # fmt: skip
    assert answer.status == 503 and f"{words}" in answer.text and MARK in answer.text
    assert answer.header("X-Trace-Id") == MARK
    assert [line["trace"] for line in log.lines if line["log"] == "banshi"] == [MARK, MARK]


def test_a_program_is_told_the_trace_too(here: Town) -> None:
    answer = broken(here, ValueError("x")).read(f"/api/v1/applications/{NUMBER}?code=123456")
    assert (answer.status, len(answer.json["trace"])) == (500, 32)
    assert answer.header("X-Trace-Id") == answer.json["trace"]


def test_a_refusal_that_is_no_fault_of_ours_shows_no_trace(here: Town) -> None:
    answer = here.program.get("/me/8K3M7Q2X4P9A/nothing", **{"X-Request-Id": MARK})
    assert answer.status in (303, 404) and MARK not in answer.text


def test_each_request_is_one_line_with_its_case(here: Town, log: Log) -> None:
    number = Deeds(here).handed_in()["number"]
    here.program.read(f"/api/v1/applications/{number}?code=000000")
    lines = [line for line in log.lines if line["says"] == "request"]
    told = [(line["method"], line["route"], line["status"], line.get("case")) for line in lines]
    assert told == [
        ("POST", "/api/v1/files", 201, None),
        ("POST", "/api/v1/applications", 201, number),
        ("GET", "/api/v1/applications/{number}", 404, number),
    ]
    assert all(line["ms"] >= 0 and len(line["trace"]) == 32 for line in lines)


def test_a_job_that_fails_has_a_trace_of_its_own(here: Town, log: Log) -> None:
    store = Broken(here.store, StoreUnavailable("x"))
    once(over(here, store))
    failed = [line for line in log.lines if "failed" in line["says"]]
    assert len(failed) >= 3 and len({line["trace"] for line in failed}) == len(failed)
