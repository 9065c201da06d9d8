"""What goes to AWS: the template's tables are the store's own, and the package is whole and valid."""

from __future__ import annotations

import os
import shutil
import subprocess
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

from tests.store.cloud import BUCKET, REGION, aws

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
RESOURCES = ROOT / "infra" / "resources.yaml"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`chalice package` as a deployment runs it, but with no registry: third-party wheels stay out."""
    work = tmp_path_factory.mktemp("package")
    shutil.copytree(
        ROOT / "functions", work / "functions", ignore=shutil.ignore_patterns("__pycache__", "deployments")
    )
    (work / "functions" / "requirements.txt").write_text("")
    command = ["package", "--stage", "prod", "--merge-template", str(RESOURCES), str(work / "out")]
    offline = {"PIP_NO_INDEX": "1", "AWS_DEFAULT_REGION": REGION, "HTTPS_PROXY": "http://127.0.0.1:9"}
    subprocess.run([BIN / "chalice", *command], cwd=work / "functions", env=os.environ | offline, check=True)
    return work / "out"


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


def test_the_merged_template_is_valid(package: Path) -> None:
    lint: list[str | Path] = [BIN / "cfn-lint", "--regions", REGION, "--", package / "sam.yaml"]
    found = subprocess.run(lint, capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_function_may_use_the_store(package: Path) -> None:
    resources = yaml.load((package / "sam.yaml").read_text(), _Loader)["Resources"]
    roles = {name for name, resource in resources.items() if resource["Type"] == "AWS::IAM::Role"}
    named = resources["FunctionsMayUseTheStore"]["Properties"]["Roles"]
    assert {role["Ref"] for role in named} == roles


def test_the_package_holds_code_schemas_and_templates(package: Path) -> None:
    names = zipfile.ZipFile(package / "deployment.zip").namelist()
    for name in ("app.py", "chalicelib/http/words.json", "schemas/forms.py", "schemas/calendar/2026.json"):
        assert name in names
    assert {"schemas/actions.json", "theme/templates/base.html", "theme/strings/zh.json"} <= set(names)


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
