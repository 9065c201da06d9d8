"""The template created in moto: what it made is looked at, and what it cannot make is named."""

from __future__ import annotations

import copy
import json
import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from chalicelib.store.port import TABLES
from moto import mock_aws

from tests.infra.conftest import AGREED, CODE, LAYER
from tests.store.cloud import REGION, aws

STACK, RELEASES = "banshi-test", "banshi-test-releases"
SECRET = {
    "key": "k" * 40,
    "key_before": "b" * 40,
    "oidc": "o",
    "origin": "g" * 40,
    **dict.fromkeys(AGREED, "a" * 40),
}
PARAMETERS = {
    "BaseUrl": "https://zwfw.wanglan.example", "OidcIssuer": "https://id.wanglan.example", "Secrets": "banshi/test",
    "ReleaseBucket": RELEASES, "DomainName": "zwfw.wanglan.example", "Certificate": "ASCAEXAMPLE",
    "AlarmMail": "alarm@wanglan.example", "MonthlyBudget": "3000", "KeyBefore": "yes",
}  # fmt: skip

# cfn-lint and test_template.py alone vouches for these: moto's CloudFormation makes nothing of them.
# Of what it makes it forgets: layers of functions, tracing, versions of buckets and blocks on public access, point-in-time recovery, keys of tables.
NOT_MADE = {
    "AWS::ApiGateway::Account", "AWS::Budgets::Budget", "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::CloudFrontOriginAccessIdentity", "AWS::CloudFront::Distribution",
    "AWS::CloudFront::OriginRequestPolicy", "AWS::CloudFront::ResponseHeadersPolicy", "AWS::CloudWatch::Alarm",
    "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::WAFv2::WebACL",
}  # fmt: skip
# On these moto fails, since it does not read the methods of an API from its definition: taken out before.
NOT_TAKEN = {"AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage", "AWS::WAFv2::WebACLAssociation"}


def without(plain: dict[str, Any]) -> dict[str, Any]:
    """The template less what moto fails on."""
    made = copy.deepcopy(plain)
    del made["Outputs"]  # they ask resources that moto does not know
    made["Resources"] = {name: one for name, one in made["Resources"].items() if one["Type"] not in NOT_TAKEN}
    return made


@pytest.fixture(scope="module")
def made(plain: dict[str, Any]) -> Iterator[dict[str, tuple[str, str]]]:
    """The stack's resources: {logical id: (type, physical id)}."""
    code = BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "")
    with mock_aws(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        aws("s3").create_bucket(Bucket=RELEASES, CreateBucketConfiguration={"LocationConstraint": REGION})
        for key in (CODE, LAYER):
            aws("s3").put_object(Bucket=RELEASES, Key=key, Body=code.getvalue())
        aws("secretsmanager").create_secret(Name="banshi/test", SecretString=json.dumps(SECRET))
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in PARAMETERS.items()]
        aws("cloudformation").create_stack(
            StackName=STACK, TemplateBody=json.dumps(without(plain)), Parameters=given
        )
        found = aws("cloudformation").list_stack_resources(StackName=STACK)["StackResourceSummaries"]
        yield {
            one["LogicalResourceId"]: (one["ResourceType"], one["PhysicalResourceId"])
            for one in found
            if one["LogicalResourceId"]
        }


def test_moto_makes_every_resource_but_those_it_does_not_know(
    plain: dict[str, Any], made: dict[str, tuple[str, str]]
) -> None:
    missing = {one["Type"] for name, one in plain["Resources"].items() if name not in made}
    assert missing == NOT_MADE | NOT_TAKEN


def test_the_tables_stand_as_the_template_says(made: dict[str, tuple[str, str]]) -> None:
    for table in TABLES:
        found = aws("dynamodb").describe_table(TableName=f"{STACK}-{table.name}")["Table"]
        assert {index["IndexName"] for index in found["GlobalSecondaryIndexes"]} == set(table.indexes)
        assert (
            found["DeletionProtectionEnabled"]
            and found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        )


@pytest.mark.parametrize("name", ["FilesBucket", "SiteBucket", "LogsBucket"])
def test_the_buckets_are_encrypted(made: dict[str, tuple[str, str]], name: str) -> None:
    bucket = made[name][1]
    rules = aws("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    wanted = "aws:kms" if name == "FilesBucket" else "AES256"
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == wanted


def test_every_function_has_code_and_its_settings_and_there_is_a_layer(
    plain: dict[str, Any], made: dict[str, tuple[str, str]]
) -> None:
    names = [name for name, one in plain["Resources"].items() if one["Type"] == "AWS::Lambda::Function"]
    for name in names:
        found = aws("lambda").get_function_configuration(FunctionName=f"{STACK}-{name}")
        settings = found["Environment"]["Variables"]
        assert settings["TABLE_PREFIX"] == f"{STACK}-" and settings["SITE_BUCKET"] == made["SiteBucket"][1]
        assert settings["FILES_BUCKET"] == made["FilesBucket"][1] and settings["SETTINGS_BUCKET"] == RELEASES
        assert found["CodeSize"] > 0 and settings["SECRET_KEY_BEFORE"].endswith(":key_before}}")
        assert {"INTERFACES_FILE", *AGREED}.issubset(settings) == (name != "SweepCases")
    assert made["Libraries"][0] == "AWS::Lambda::LayerVersion"


def test_every_role_has_its_own_policy_and_only_that(made: dict[str, tuple[str, str]]) -> None:
    roles = [one for kind, one in made.values() if kind == "AWS::IAM::Role" and "MayWrite" not in one]
    assert len(roles) >= 3
    for role in roles:
        assert aws("iam").list_role_policies(RoleName=role)["PolicyNames"] == ["own"]
        assert aws("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []


def test_each_schedule_starts_its_job(made: dict[str, tuple[str, str]]) -> None:
    rules = [one for kind, one in made.values() if kind == "AWS::Events::Rule"]
    assert len(rules) >= 2
    for rule in rules:
        assert aws("events").describe_rule(Name=rule)["ScheduleExpression"].startswith("rate(")
        targets = aws("events").list_targets_by_rule(Rule=rule)["Targets"]
        assert [target["Arn"].split(":")[-1].startswith(STACK) for target in targets] == [True]
        assert targets[0]["DeadLetterConfig"]["Arn"].split(":")[2] == "sqs"


def test_logs_stand_before_the_functions_write_them_and_are_kept(made: dict[str, tuple[str, str]]) -> None:
    groups = aws("logs").describe_log_groups()["logGroups"]
    assert len(groups) >= 4 and {group["retentionInDays"] for group in groups} == {400}


def test_dead_letters_wait_for_two_weeks_and_the_key_turns(made: dict[str, tuple[str, str]]) -> None:
    queue = aws("sqs").get_queue_attributes(QueueUrl=made["DeadLetters"][1], AttributeNames=["All"])[
        "Attributes"
    ]
    assert queue["MessageRetentionPeriod"] == "1209600" and queue["KmsMasterKeyId"]
    assert aws("kms").get_key_rotation_status(KeyId=made["DataKey"][1])["KeyRotationEnabled"]
