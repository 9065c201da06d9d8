"""Least privilege: with exactly its policy each function can do its work, and nothing it should not do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app import send_all, sweep_all
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.models import Endpoint
from chalicelib.store.port import (
    ACCESS,
    CASES,
    DRAFTS,
    MESSAGES,
    NOTICES,
    TABLES,
    TALLIES,
    Record,
    StoreUnavailable,
)
from moto import mock_aws

from publishing.deploy import functions, template
from tests.http.deeds import Deeds
from tests.http.stand_in import MONDAY, Town, town
from tests.infra.permits import Guard, permit
from tests.store.cloud import BUCKET, REGION, aws

FUNCTIONS = sorted(template.read(template.INFRA / "rights.yaml"))
A = "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/test-"


@pytest.fixture(scope="module")
def guarded(plain: dict[str, Any]) -> Iterator[tuple[DynamoStore, Guard]]:
    """A store on moto whose every call is held against the policies of the template."""
    with mock_aws():
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        store = DynamoStore(Endpoint(REGION, prefix="test-"), bucket=BUCKET)
        store.create_tables()
        guard = Guard({name: permit(plain, name) for name in FUNCTIONS}, BUCKET)
        guard.on(store._models["cases"]._get_connection().connection.client)
        guard.on(store._s3)
        yield store, guard


@pytest.fixture
def here(guarded: tuple[DynamoStore, Guard], site: Path, tmp_path: Path) -> Town:
    guarded[1].duty, guarded[1].refused = "APIHandler", []
    return town(site, tmp_path, store=guarded[0])


def test_a_case_goes_through_its_life_with_no_more_than_these_rights(
    here: Town, guarded: tuple[DynamoStore, Guard]
) -> None:
    guard, deeds = guarded[1], Deeds(here)
    browser = here.browser("lin-he")
    check = deeds.to_check(browser).forms[-1]
    assert browser.follow(browser.post(check.action, {**check.values, "_go": "submit"})).status == 200
    number = deeds.handed_in()["number"]
    deeds.corrected(number)
    deeds.act("lin-he", number, "withdraw", version=2)
    granted = deeds.handed_in()["number"]
    assert deeds.act("shen-lan", granted, "accept", version=1).status == 200
    assert deeds.act("jiang-ying", granted, "grant", version=2).status == 200
    silent = deeds.handed_in()["number"]
    window = here.browser("shen-lan")
    assert window.follow(window.post("/review/next/", {"_csrf": window.token})).status == 200
    assert window.open("/review/?view=mine").status == 200
    for path in ("/me/", f"/me/{granted}/", "/ask/answers/", "/resume/"):
        assert browser.open(path).status == 200
    here.clock.move(days=20)
    guard.duty = "SweepCases"
    sweep_all(here.house)
    guard.duty = "DeliverNotices"
    send_all(here.house)
    guard.duty = "APIHandler"
    assert guard.refused == []
    assert [row.head["action"] for row in here.store.query(NOTICES, "owner", "lin-he").rows].count(
        "grant"
    ) == 1
    assert here.store.find(CASES, silent, now=here.clock()).head["state"] == "reviewing"
    used = {(duty, action) for duty, action, _ in guard.used}
    assert {duty for duty, _ in used} == {"APIHandler", "SweepCases", "DeliverNotices"}


@pytest.mark.parametrize(
    "duty, attempt",
    [
        ("APIHandler", lambda store: store.delete(CASES, "n", expected=1)),
        ("APIHandler", lambda store: store.delete(MESSAGES, "n", expected=1)),
        ("APIHandler", lambda store: store.delete(ACCESS, "n", expected=1)),
        ("APIHandler", lambda store: store.create(TALLIES, Record("n", {}))),
        ("APIHandler", lambda store: store.create(NOTICES, Record("n", {}))),
        ("SweepCases", lambda store: store.create(NOTICES, Record("n", {}))),
        ("SweepCases", lambda store: store.delete(CASES, "n", expected=1)),
        ("SweepCases", lambda store: store.create(MESSAGES, Record("n", {}))),
        ("DeliverNotices", lambda store: store.create(CASES, Record("n", {}))),
        ("DeliverNotices", lambda store: store.find(DRAFTS, "n", now=MONDAY + timedelta(days=1))),
        ("DeliverNotices", lambda store: store.query(NOTICES, "owner", "lin-he")),
    ],
)  # fmt: skip
def test_a_function_that_tries_what_it_should_not_is_refused(
    guarded: tuple[DynamoStore, Guard], duty: str, attempt: Any
) -> None:
    store, guard = guarded
    guard.duty, guard.refused = duty, []
    with pytest.raises(StoreUnavailable, match="AccessDenied"):
        attempt(store)
    assert guard.refused


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "action, resource",
    [
        ("dynamodb:Scan", f"{A}access"),
        ("dynamodb:BatchWriteItem", f"{A}cases"),
        ("dynamodb:DeleteTable", f"{A}cases"),
        ("dynamodb:UpdateItem", "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/other-cases"),
        ("s3:DeleteObject", "arn:aws-cn:s3:::banshi-test/files/0"),
        ("s3:PutObject", "arn:aws-cn:s3:::banshi-site/index.html"),
        ("s3:GetObject", "arn:aws-cn:s3:::releases/packages/code.zip"),
        ("s3:PutObject", "arn:aws-cn:s3:::releases/settings/staff.json"),
        ("kms:ScheduleKeyDeletion", "arn:aws-cn:kms:cn-north-1:123456789012:DataKey"),
        ("secretsmanager:GetSecretValue", "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:banshi"),
        ("iam:PassRole", "*"),
        ("logs:DeleteLogGroup", "arn:aws-cn:logs:cn-north-1:123456789012:APIHandlerLogs"),
    ],
)  # fmt: skip
def test_no_function_may(plain: dict[str, Any], function: str, action: str, resource: str) -> None:
    assert not permit(plain, function).allows(action, resource)


def test_every_function_of_the_package_has_its_rights_written_down(plain: dict[str, Any]) -> None:
    made = [name for name, one in plain["Resources"].items() if one["Type"] == "AWS::Lambda::Function"]
    assert sorted(made) == FUNCTIONS


def test_a_function_without_rights_is_not_packaged(packed: Any) -> None:
    stranger: dict[str, Any] = {"Resources": {"New": {"Properties": {}}}}
    with pytest.raises(template.Incomplete, match=r"infra/rights\.yaml: say what New may do"):
        functions.beside("New", stranger["Resources"], {})


def test_every_table_is_used_by_somebody() -> None:
    rights = template.read(template.INFRA / "rights.yaml")
    used = {table for own in rights.values() for table in own}
    assert used == {table.name for table in TABLES} | {"files", "others"}


def test_only_drafts_and_lamps_can_be_deleted_and_nothing_can_be_walked_through(
    plain: dict[str, Any],
) -> None:
    for function in FUNCTIONS:
        granted = [action for one in permit(plain, function).statements for action in one["Action"]]
        assert "*" not in "".join(granted).replace("kms:GenerateDataKey", "")
        for one in permit(plain, function).statements:
            if "dynamodb:DeleteItem" in one["Action"]:
                assert one["Resource"][0].endswith(("table/test-drafts", "table/test-lamps"))
