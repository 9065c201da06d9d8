"""Going back in time with the tables of a stage, as docs/deploy.md says: what is gone comes back, the rest is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.port import CASES, TABLES
from keeper.__main__ import main
from keeper.verify import verify

from tests.http.deeds import Deeds
from tests.http.stand_in import MONDAY, town
from tests.keeper.conftest import three_cases
from tests.store.cloud import BUCKET, REGION, aws, emptied

RUNBOOK = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text("utf-8")
LIVE, BACK = "test-", "back-"


def keeper(prefix: str, *command: str) -> int:
    """The operator's command on the tables of a prefix."""
    environ = {"STORE": "dynamo", "TABLE_PREFIX": prefix, "FILES_BUCKET": BUCKET, "AWS_REGION": REGION}
    return main(command, environ)


def restore_all() -> None:
    """Every table as it was, beside itself, by the call of the runbook; moto has only the latest instant."""
    for table in TABLES:
        aws("dynamodb").restore_table_to_point_in_time(
            SourceTableName=f"{LIVE}{table.name}",
            TargetTableName=f"{BACK}{table.name}",
            UseLatestRestorableTime=True,
        )


def test_the_runbook_restores_every_table_of_this_release() -> None:
    (told,) = re.findall(r"for table in ([a-z ]+); do", RUNBOOK)
    assert sorted(told.split()) == sorted(table.name for table in TABLES)


def test_cases_that_were_lost_come_back_whole_and_those_that_went_on_are_left_and_named(
    cloud: DynamoStore, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = town(site, tmp_path / "here", store=emptied(cloud))
    lost, moved, _ = three_cases(here)
    before = cloud.find(CASES, lost, now=MONDAY)
    restore_all()
    aws("dynamodb").delete_item(TableName=f"{LIVE}cases", Key={"key": {"S": lost}})
    assert cloud.find(CASES, lost, now=MONDAY) is None
    assert Deeds(here).act("lin-he", moved, "withdraw", version=2).status == 200
    assert keeper(BACK, "export", "--to", str(tmp_path / "out")) == 0
    assert keeper(LIVE, "import", "--from", str(tmp_path / "out")) == 1
    assert f"cases/{moved} is there already and differs" in capsys.readouterr().err
    assert cloud.find(CASES, lost, now=MONDAY) == before and not verify(cloud).faults
    case = here.house.desk.find(moved, now=here.clock())
    assert case and case.state == "withdrawn"
