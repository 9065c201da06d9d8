"""The whole template of a stage, for mainland China and for elsewhere."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from chalicelib.http.reply import CONTENT_SECURITY, SAFE_HEADERS
from chalicelib.http.routes import ROUTES

from publishing.deploy import template
from publishing.deploy.package import Packed
from tests.infra.conftest import CODE, LAYER

LINT = Path(sys.executable).with_name("cfn-lint")
SIX_MONTHS = 180


def of(whole: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in whole["Resources"].items() if one["Type"] == kind}


def front(whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = whole["Resources"]["Cdn"]["Properties"]["DistributionConfig"]
    return found


def test_cfn_lint_finds_nothing(whole: dict[str, Any], region: str, tmp_path: Path) -> None:
    (tmp_path / "sam.json").write_text(json.dumps(whole))
    files = [tmp_path / "sam.json", template.INFRA / "releases.yaml"]
    found = subprocess.run(
        [LINT, "--regions", region, "--", *files], capture_output=True, encoding="utf-8", check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_cfn_lint_finds_nothing_in_what_is_really_created(plain: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "plain.json").write_text(json.dumps(plain))
    lint = [LINT, "--regions", "cn-north-1", "--", tmp_path / "plain.json"]
    found = subprocess.run(lint, capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "Transform" not in plain and "Globals" not in plain


def test_mainland_china_gets_no_kind_of_resource_that_it_lacks(plain: dict[str, Any]) -> None:
    kinds = {one["Type"] for one in plain["Resources"].values()}
    assert not kinds & {"AWS::CloudFront::Function", "AWS::CloudFront::OriginAccessControl"}


def test_every_address_of_the_functions_leads_to_them(whole: dict[str, Any]) -> None:
    behaviours = front(whole)["CacheBehaviors"]
    patterns = {one["PathPattern"] for one in behaviours if one["TargetOriginId"] == "functions"}
    for route in ROUTES:
        for path in (route.path, f"/en{route.path}") if route.both else (route.path,):
            parts = path.strip("/").split("/")
            first = "/".join(parts[: 2 if parts[0] == "en" else 1])
            assert {f"/{first}", f"/{first}/*"} <= patterns
    assert len(behaviours) <= 75  # what one distribution may have


def test_answers_to_persons_are_never_kept_and_forms_may_be_sent(whole: dict[str, Any]) -> None:
    for one in front(whole)["CacheBehaviors"]:
        if one["TargetOriginId"] == "functions":
            assert one["CachePolicyId"] == {"Ref": "NeverKept"} and "POST" in one["AllowedMethods"]
    never = whole["Resources"]["NeverKept"]["Properties"]["CachePolicyConfig"]
    assert never["MaxTTL"] == never["DefaultTTL"] == never["MinTTL"] == 0


def test_what_the_bucket_lacks_is_asked_of_the_functions(whole: dict[str, Any]) -> None:
    group = front(whole)["OriginGroups"]["Items"][0]
    assert [one["OriginId"] for one in group["Members"]["Items"]] == ["site", "functions"]
    assert group["FailoverCriteria"]["StatusCodes"]["Items"] == [403, 404]
    assert front(whole)["DefaultCacheBehavior"]["TargetOriginId"] == group["Id"]


def test_published_pages_are_as_safe_as_those_of_the_functions(whole: dict[str, Any]) -> None:
    config = whole["Resources"]["Safely"]["Properties"]["ResponseHeadersPolicyConfig"]
    said = config["SecurityHeadersConfig"]
    assert said["ContentSecurityPolicy"]["ContentSecurityPolicy"] == f"{CONTENT_SECURITY}; form-action 'self'"
    own = dict(SAFE_HEADERS)
    assert said["FrameOptions"]["FrameOption"] == own["X-Frame-Options"]
    assert said["ReferrerPolicy"]["ReferrerPolicy"] == own["Referrer-Policy"]
    custom = {one["Header"]: one["Value"] for one in config["CustomHeadersConfig"]["Items"]}
    assert custom == {"Cross-Origin-Opener-Policy": own["Cross-Origin-Opener-Policy"]}
    assert (
        "ContentTypeOptions" in said and said["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000
    )


@pytest.mark.parametrize("name", ["FilesBucket", "SiteBucket", "LogsBucket"])
def test_every_bucket_is_private_versioned_encrypted_and_over_tls(whole: dict[str, Any], name: str) -> None:
    settings = whole["Resources"][name]["Properties"]
    assert all(settings["PublicAccessBlockConfiguration"].values())
    assert settings["VersioningConfiguration"] == {"Status": "Enabled"}
    assert settings["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert settings["LifecycleConfiguration"]["Rules"]
    assert whole["Resources"][name]["DeletionPolicy"] == "Retain"
    first = whole["Resources"][f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"][0]
    assert first["Effect"] == "Deny" and first["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_what_citizens_send_is_encrypted_with_the_stages_own_key(whole: dict[str, Any]) -> None:
    key = {"Fn::GetAtt": ["DataKey", "Arn"]}
    for table in of(whole, "AWS::DynamoDB::Table").values():
        assert table["Properties"]["SSESpecification"]["KMSMasterKeyId"] == key
    rules = whole["Resources"]["FilesBucket"]["Properties"]["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rules[0]["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key
    assert whole["Resources"]["DataKey"]["Properties"]["EnableKeyRotation"]


def test_logs_are_kept_for_six_months_at_least(whole: dict[str, Any]) -> None:
    assert min(whole["Parameters"]["LogDays"]["AllowedValues"]) >= SIX_MONTHS
    logs = of(whole, "AWS::Logs::LogGroup")
    functions = of(whole, "AWS::Serverless::Function")
    assert set(logs) == {f"{name}Logs" for name in functions} | {"AccessLogs"}
    assert all(one["Properties"]["RetentionInDays"] == {"Ref": "LogDays"} for one in logs.values())
    assert all(one["Properties"]["KmsKeyId"] for one in logs.values())


def test_a_request_is_traced_from_the_api_through_every_function(whole: dict[str, Any]) -> None:
    api = whole["Resources"]["RestAPI"]["Properties"]
    assert api["TracingEnabled"] and "$context.xrayTraceId" in api["AccessLogSetting"]["Format"]
    assert all(
        one["Properties"]["Tracing"] == "Active" for one in of(whole, "AWS::Serverless::Function").values()
    )


def test_the_access_log_names_nobody(whole: dict[str, Any]) -> None:
    format_ = whole["Resources"]["RestAPI"]["Properties"]["AccessLogSetting"]["Format"]
    for personal in ("sourceIp", "context.path", "resourcePath", "authorizer", "userAgent"):
        assert personal not in format_


def test_every_job_has_dead_letters_and_an_alarm_when_it_fails_or_does_not_run(whole: dict[str, Any]) -> None:
    jobs = {name: one for name, one in of(whole, "AWS::Serverless::Function").items() if name != template.WEB}
    assert len(jobs) >= 2
    for name, job in jobs.items():
        assert job["Properties"]["DeadLetterQueue"]["Type"] == "SQS"
        assert all(
            "DeadLetterConfig" in event["Properties"] for event in job["Properties"]["Events"].values()
        )
        alarm = whole["Resources"][f"{name}Fails"]["Properties"]
        assert alarm["TreatMissingData"] == "breaching" and "runs" in alarm["Metrics"][0]["Expression"]
    for alarm in of(whole, "AWS::CloudWatch::Alarm").values():
        assert alarm["Properties"]["AlarmActions"] == [{"Ref": "Alarms"}]


def test_the_guard_lets_nobody_past_the_cdn_and_counts_requests(whole: dict[str, Any]) -> None:
    rules = whole["Resources"]["Guard"]["Properties"]["Rules"]
    assert [next(iter(rule["Statement"])) for rule in rules] == ["NotStatement", *["RateBasedStatement"] * 4]
    assert all("Block" in rule["Action"] for rule in rules)


def matches(statement: dict[str, Any], method: str, forwarded: str) -> bool:
    """Whether a request falls under a statement, as the firewall has it; of what our rules use."""
    ((kind, body),) = statement.items()
    if kind == "NotStatement":
        return not matches(body["Statement"], method, forwarded)
    if kind == "AndStatement":
        return all(matches(one, method, forwarded) for one in body["Statements"])
    told = method if "Method" in body["FieldToMatch"] else forwarded
    sought = body["SearchString"]
    return bool(told == sought if body["PositionalConstraint"] == "EXACTLY" else sought in told)


def counters(whole: dict[str, Any], method: str, visitor: str, *, wrote: str = "") -> set[tuple[int, str]]:
    """(rule, under whose name) a request is counted; what comes first in the header is what the firewall takes."""
    forwarded, found = f"{wrote}, {visitor}" if wrote else visitor, set()
    for rule in whole["Resources"]["Guard"]["Properties"]["Rules"][1:]:
        rate = rule["Statement"]["RateBasedStatement"]
        name = forwarded.split(",")[0] if rate["AggregateKeyType"] == "FORWARDED_IP" else "the edge"
        if matches(rate["ScopeDownStatement"], method, forwarded):
            found.add((rule["Priority"], name))
    return found


def test_the_guard_counts_by_the_address_that_the_cdn_saw_whatever_a_visitor_writes(
    whole: dict[str, Any],
) -> None:
    assert counters(whole, "GET", "192.0.2.7") == {(1, "192.0.2.7")}
    assert counters(whole, "POST", "192.0.2.7") == {(1, "192.0.2.7"), (2, "192.0.2.7")}
    for method in ("GET", "POST"):
        told = [counters(whole, method, "192.0.2.7", wrote=f"198.51.100.{n}") for n in range(9)]
        assert len(told[0]) == (2 if method == "POST" else 1), "counted, all requests and posts"
        assert all(one == told[0] for one in told), "another address each time is one counter"


def test_what_api_gateway_says_itself_is_a_page_for_people_and_a_problem_for_programs(
    whole: dict[str, Any],
) -> None:
    body = whole["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    said = body["x-amazon-apigateway-gateway-responses"]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "REQUEST_TOO_LARGE", "WAF_FILTERED", "THROTTLED"} <= set(said)
    for one in said.values():
        assert set(one["responseTemplates"]) == {"application/json", "text/html"}
        assert json.loads(one["responseTemplates"]["application/json"])["code"]
        assert one["responseParameters"]["gatewayresponse.header.Cache-Control"] == "'no-store'"
    assert set(body["paths"]) == {"/", "/{proxy+}"}  # 404 and 405 are the application's own


def test_nothing_in_the_template_has_a_fixed_capacity(whole: dict[str, Any]) -> None:
    text = json.dumps(whole)
    for word in ("ProvisionedThroughput", "ReservedConcurrentExecutions", "ProvisionedConcurrency"):
        assert word not in text


def test_spending_is_watched_in_the_currency_of_the_account_where_there_are_budgets(
    packed: Packed, whole: dict[str, Any]
) -> None:
    limit = whole["Resources"]["Budget"]["Properties"]["Budget"]["BudgetLimit"]
    assert limit["Unit"] == {"Fn::FindInMap": ["Money", {"Ref": "AWS::Partition"}, "Unit"]}
    assert whole["Mappings"]["Money"] == {"aws": {"Unit": "USD"}, "aws-cn": {"Unit": "CNY"}}
    without = template.whole(
        copy.deepcopy(packed.template), region="eu-north-1", code=CODE, layer=LAYER, budget=False
    )
    assert "Budget" not in without["Resources"] and "MonthlyBudget" not in without["Parameters"]


def test_no_region_is_assumed(plain: dict[str, Any]) -> None:
    for part in ("Resources", "Outputs"):
        assert "cn-north-1" not in json.dumps(plain[part]), "a region stands in the template"


def test_every_resource_that_holds_what_cannot_be_made_again_outlives_the_stack(
    whole: dict[str, Any],
) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup"):
        for name, one in of(whole, kind).items():
            assert one["DeletionPolicy"] == one["UpdateReplacePolicy"] == "Retain", name
