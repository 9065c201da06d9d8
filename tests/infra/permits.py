"""Evaluates the policies of a translated template as AWS does: what no statement allows is refused.

Only what our policies use is understood; anything else is an error, so that nothing passes by being misread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from botocore.awsrequest import AWSResponse

NAMES = {
    "AWS::Partition": "aws-cn", "AWS::Region": "cn-north-1", "AWS::AccountId": "123456789012", "AWS::StackName": "test",
    "ReleaseBucket": "releases",
}  # fmt: skip
_S3 = {"CopyObject": "PutObject", "HeadObject": "GetObject", "ListObjectVersions": "ListBucketVersions"}
_BUCKETS = {"FilesBucket": "banshi-test", "SiteBucket": "banshi-site"}


@dataclass(frozen=True)
class Permit:
    """What one function may do."""

    statements: tuple[Mapping[str, Any], ...]

    def allows(self, action: str, resource: str) -> bool:
        return any(
            any(fnmatchcase(action, known) for known in one["Action"])
            and any(fnmatchcase(resource, known) for known in one["Resource"])
            for one in self.statements
        )


def permit(template: Mapping[str, Any], function: str) -> Permit:
    """The permit of a function's role."""
    resources = template["Resources"]
    role = resources[resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
    return Permit(tuple(_statements(role, resources)))


def _statements(role: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    assert "ManagedPolicyArns" not in role
    for one in role["Policies"]:
        for statement in one["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow" and set(statement) <= {
                "Effect",
                "Action",
                "Resource",
                "Condition",
            }
            places = [_plain(place, resources) for place in statement["Resource"]]
            yield {"Action": statement["Action"], "Resource": places}


def _plain(value: Any, resources: Mapping[str, Any]) -> str:
    """A resource's name with every reference filled in."""
    if isinstance(value, str):
        return value
    if "Ref" in value:
        return NAMES[value["Ref"]]
    if "Fn::GetAtt" in value:
        name, attribute = value["Fn::GetAtt"]
        assert attribute == "Arn"
        return _arn(name, resources)
    text: str = value["Fn::Sub"]
    for name in resources:
        text = text.replace(f"${{{name}.Arn}}", _arn(name, resources) if f"${{{name}.Arn}}" in text else "")
    for name, filled in NAMES.items():
        text = text.replace(f"${{{name}}}", filled)
    assert "${" not in text, text
    return text


def _arn(name: str, resources: Mapping[str, Any]) -> str:
    kind = resources[name]["Type"]
    start = "arn:aws-cn:{}:cn-north-1:123456789012:"
    if kind == "AWS::DynamoDB::Table":
        table = _plain(resources[name]["Properties"]["TableName"], {})
        return f"{start.format('dynamodb')}table/{table}"
    if kind == "AWS::S3::Bucket":
        return f"arn:aws-cn:s3:::{_BUCKETS[name]}"
    services = {"AWS::KMS::Key": "kms", "AWS::Logs::LogGroup": "logs", "AWS::SQS::Queue": "sqs"}
    return f"{start.format(services[kind])}{name}"


class Guard:
    """Stands between a client of botocore and AWS: what the function on duty may not do is refused there."""

    def __init__(self, permits: Mapping[str, Permit], bucket: str) -> None:
        self._permits, self._bucket = permits, bucket
        self.duty = "APIHandler"
        self.used: set[tuple[str, str, str]] = set()
        self.refused: list[tuple[str, str]] = []

    def on(self, client: Any) -> None:
        client.meta.events.register("before-call", self._before)

    def _before(self, model: Any, params: Mapping[str, Any], **_: Any) -> Any:
        action, resource = self._asked(model, params)
        if self._permits[self.duty].allows(action, resource):
            self.used.add((self.duty, action, resource))
            return None
        self.refused.append((action, resource))
        error = {
            "Error": {"Code": "AccessDeniedException", "Message": f"{self.duty}: {action} on {resource}"}
        }
        return AWSResponse("https://refused", 400, {}, None), error

    def _asked(self, model: Any, params: Mapping[str, Any]) -> tuple[str, str]:
        service = model.service_model.service_name
        if service == "s3":
            path = params["url_path"].removeprefix(f"/{self._bucket}").removeprefix("/")
            name = _S3.get(model.name, model.name)
            versioned = (
                "Version" if model.name == "DeleteObject" and "versionId" in params["query_string"] else ""
            )
            return f"s3:{name}{versioned}", f"arn:aws-cn:s3:::{self._bucket}" + (f"/{path}" if path else "")
        body = json.loads(params["body"])
        index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
        table = f"arn:aws-cn:dynamodb:cn-north-1:123456789012:table/{_table(body)}{index}"
        return f"dynamodb:{model.name}", table


def _table(body: Mapping[str, Any]) -> str:
    """The one table of a request; a batch names it with its keys."""
    return str(body.get("TableName") or next(iter(body["RequestItems"])))
