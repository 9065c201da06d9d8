"""What follows for each function: its rights, its log, its dead letters, its alarm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from publishing.deploy import watch
from publishing.deploy.infra import WEB, Incomplete, Json

_NO_TABLES = ("files", "others")
_FILES = {"read": ["s3:GetObject"], "write": ["s3:PutObject"], "drop": ["s3:DeleteObjectVersion"]}


def agreed(keys: Iterable[str]) -> Json:
    """The settings of a function that speaks with other systems: where the agreements lie, and their keys."""
    at = "{{resolve:secretsmanager:${Secrets}:SecretString:%s}}"
    return {"INTERFACES_FILE": "settings/interfaces.json"} | {key: {"Fn::Sub": at % key} for key in keys}


def beside(
    name: str, resources: Mapping[str, Json], rights: Mapping[str, Json], *, agreed: Json | None = None
) -> Json:
    """Completes a function and its role, and gives what stands beside it: its log, its alarm."""
    if name not in rights:
        raise Incomplete(f"infra/rights.yaml: say what {name} may do")
    function = resources[name]["Properties"]
    full = {"Fn::Sub": f"${{AWS::StackName}}-{name}"}
    function |= {"FunctionName": full, "Tracing": "Active", "Layers": [{"Ref": "Libraries"}]}
    if agreed and rights[name].get("others"):
        function["Environment"] = {"Variables": function.get("Environment", {}).get("Variables", {}) | agreed}
    resources[name]["DependsOn"] = f"{name}Logs"
    for event in function.get("Events", {}).values():
        event["Properties"] |= {
            "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}},
            "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600},
        }
    if name != WEB:
        function["DeadLetterQueue"] = {"Type": "SQS", "TargetArn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
    role = resources[function["Role"]["Fn::GetAtt"][0]]["Properties"]
    role["Policies"] = [{"PolicyName": "own", "PolicyDocument": policy(name, rights[name], job=name != WEB)}]
    return {f"{name}Logs": _log(full), f"{name}Fails": watch.alarm(name)}


def policy(name: str, rights: Mapping[str, Any], *, job: bool) -> Json:
    """Everything a function may do."""
    statements = [_on_table(table, actions) for table, actions in rights.items() if table not in _NO_TABLES]
    statements += [_on_files(rights["files"]), *_common(name)]
    if "drop" in rights["files"]:  # all versions of a file go, so they have to be listed
        statements.append(_may(["s3:ListBucketVersions"], [{"Fn::GetAtt": ["FilesBucket", "Arn"]}]))
    if job:
        statements.append(_may(["sqs:SendMessage"], [{"Fn::GetAtt": ["DeadLetters", "Arn"]}]))
    return {"Version": "2012-10-17", "Statement": statements}


def _may(actions: list[str], resources: list[Any], **conditions: Json) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resources} | conditions


def _on_table(table: str, actions: Iterable[str]) -> Json:
    resource = f"{table.title()}Table"
    places: list[Any] = [{"Fn::GetAtt": [resource, "Arn"]}]
    if "Query" in actions:
        places.append({"Fn::Sub": f"${{{resource}.Arn}}/index/*"})
    return _may([f"dynamodb:{action}" for action in actions], places)


def _on_files(ways: Iterable[str]) -> Json:
    actions = [action for way in ways for action in _FILES[way]]
    return _may(actions, [{"Fn::Sub": "${FilesBucket.Arn}/*"}])


def _common(name: str) -> list[Json]:
    """What every function needs: what was published, the office's settings, its key, its log, its trace."""
    release = "arn:${AWS::Partition}:s3:::${ReleaseBucket}"
    via = ["dynamodb.${AWS::Region}.amazonaws.com", "s3.${AWS::Region}.amazonaws.com",
           "sqs.${AWS::Region}.amazonaws.com"]  # fmt: skip
    services = [{"Fn::Sub": host} for start in via for host in (start, f"{start}.cn")]
    return [
        _may(["s3:GetObject"], [{"Fn::Sub": "${SiteBucket.Arn}/*"}, {"Fn::Sub": f"{release}/settings/*"}]),
        _may(  # without it a file that is not there answers 403 instead of 404
            ["s3:ListBucket"],
            [{"Fn::GetAtt": ["FilesBucket", "Arn"]}, {"Fn::GetAtt": ["SiteBucket", "Arn"]}, {"Fn::Sub": release}],
        ),
        _may(
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [{"Fn::GetAtt": ["DataKey", "Arn"]}],
            Condition={"StringEquals": {"kms:ViaService": services}},
        ),
        _may(["logs:CreateLogStream", "logs:PutLogEvents"], [{"Fn::GetAtt": [f"{name}Logs", "Arn"]}]),
        _may(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]),
    ]  # fmt: skip


def _log(full: Json) -> Json:
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "LogGroupName": {"Fn::Sub": f"/aws/lambda/{full['Fn::Sub']}"},
            "RetentionInDays": {"Ref": "LogDays"},
            "KmsKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]},
        },
    }
