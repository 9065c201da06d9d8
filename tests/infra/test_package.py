"""What goes to AWS: the tables are the store's own, the package is whole, and the same sources give the same bytes."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from chalicelib.store.dynamo import DynamoStore
from chalicelib.store.models import Endpoint
from chalicelib.store.port import TABLES
from moto import mock_aws

from publishing.deploy import package
from publishing.deploy.package import Packed
from tests.store.cloud import BUCKET, REGION, aws

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "infra" / "resources.yaml"


def test_the_tables_of_the_template_are_those_the_store_declares() -> None:
    with mock_aws():
        DynamoStore(Endpoint(REGION), bucket=BUCKET).create_tables()
        for table in TABLES:
            made = aws("dynamodb").describe_table(TableName=table.name)["Table"]
            assert _facts(_template()[f"{table.name.title()}Table"]["Properties"]) == _facts(made)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_outlives_mistakes_and_records_expire_where_the_store_says_so(table: Any) -> None:
    resource = _template()[f"{table.name.title()}Table"]
    settings = resource["Properties"]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    assert settings["DeletionProtectionEnabled"] and settings["SSESpecification"]["SSEEnabled"]
    assert settings["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    expiry = settings.get("TimeToLiveSpecification")
    assert expiry == ({"AttributeName": "expires", "Enabled": True} if table.expires else None)


def test_the_package_holds_code_schemas_templates_and_bytecode(packed: Packed) -> None:
    names = set(zipfile.ZipFile(packed.code).namelist())
    wanted = {"app.py", "chalicelib/http/words.json", "schemas/forms.py", "schemas/calendar/2026.json"}
    wanted |= {"schemas/actions.json", "theme/templates/base.html", "theme/strings/zh.json"}
    assert wanted <= names
    tag = sys.implementation.cache_tag
    assert {f"__pycache__/app.{tag}.pyc", f"schemas/__pycache__/forms.{tag}.pyc"} <= names


def test_bytecode_is_trusted_without_a_look_at_the_source(packed: Packed) -> None:
    with zipfile.ZipFile(packed.code) as archive:
        flags = {archive.read(name)[4] for name in archive.namelist() if name.endswith(".pyc")}
    assert flags == {1}  # hash-based and unchecked: PEP 552


def test_the_same_sources_make_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for turn in ("one", "two"):
        folder = tmp_path / turn
        (folder / "python" / "botocore" / "data" / "dynamodb").mkdir(parents=True)
        (folder / "python" / "botocore" / "data" / "ec2").mkdir()
        (folder / "python" / "botocore" / "data" / "ec2" / "big.json").write_text("{}")
        (folder / "python" / "botocore" / "data" / "dynamodb" / "api.json").write_text("{}")
        (folder / "python" / "six.py").write_text("answer = 42\n")
        package.slim(folder / "python")
        package.compiled(folder / "python")
        made.append(package.digest(package.zipped(folder, tmp_path / f"{turn}.zip")))
    names = zipfile.ZipFile(tmp_path / "one.zip").namelist()
    assert made[0] == made[1]
    assert "python/botocore/data/dynamodb/api.json" in names and not [name for name in names if "ec2" in name]
    assert f"python/__pycache__/six.{sys.implementation.cache_tag}.pyc" in names


def test_lambda_gets_the_same_bounds_as_everybody() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    lines = (ROOT / "functions" / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert len(wanted) > 5
    assert [line for line in wanted if f'"{line}"' not in project] == []


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags left as what they wrap."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: loader.construct_scalar(node) if isinstance(
    node, yaml.ScalarNode) else loader.construct_sequence(node))  # fmt: skip


def _template() -> dict[str, Any]:
    resources: dict[str, Any] = yaml.load(RESOURCES.read_text("utf-8"), _Loader)["Resources"]
    return resources


def _facts(table: Mapping[str, Any]) -> dict[str, Any]:
    """What must agree: key, attribute types, indexes with their keys and projections, billing."""
    billing = table.get("BillingMode") or table["BillingModeSummary"]["BillingMode"]
    return {
        "key": table["KeySchema"],
        "types": {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]},
        "indexes": {index["IndexName"]: _index(index) for index in table["GlobalSecondaryIndexes"]},
        "billing": billing,
    }


def _index(index: Mapping[str, Any]) -> tuple[Any, str, list[str]]:
    projection = index["Projection"]
    return index["KeySchema"], projection["ProjectionType"], sorted(projection["NonKeyAttributes"])


def test_the_functions_may_not_delete_from_the_access_log() -> None:
    held = yaml.safe_load((RESOURCES.parent / "rights.yaml").read_text("utf-8"))
    on_the_log = [rights["access"] for rights in held.values() if "access" in rights]
    assert on_the_log and not any("DeleteItem" in actions for actions in on_the_log)
