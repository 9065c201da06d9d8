"""The alarm of each function, and the dashboard."""

from __future__ import annotations

import json
from collections.abc import Iterable

from publishing.deploy.infra import WEB, Json


def alarm(name: str) -> Json:
    """Errors of a function; a job that did not run at all is as bad as one that failed."""
    job = name != WEB
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": f"{name} failed" + (" or did not run for half an hour" if job else ""),
            "Metrics": _errors(name, job=job),
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "breaching" if job else "notBreaching",
            "AlarmActions": [{"Ref": "Alarms"}],
        },
    }


def _errors(name: str, *, job: bool) -> list[Json]:
    counted = {"errors": "Errors", "held": "Throttles"} | ({"runs": "Invocations"} if job else {})
    missed = " + IF(FILL(runs, 0) < 1, 1, 0)" if job else ""
    wrong = {"Id": "wrong", "Expression": f"FILL(errors, 0) + FILL(held, 0){missed}", "ReturnData": True}
    seconds = 1800 if job else 300
    return [wrong, *(_counted(name, key, metric, seconds=seconds) for key, metric in counted.items())]


def _counted(name: str, key: str, metric: str, *, seconds: int) -> Json:
    stat = {"Metric": _metric(name, metric), "Period": seconds, "Stat": "Sum"}
    return {"Id": key, "ReturnData": False, "MetricStat": stat}


def _metric(name: str, metric: str) -> Json:
    return {
        "Namespace": "AWS/Lambda",
        "MetricName": metric,
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": name}}],
    }


def dashboard(functions: Iterable[str]) -> Json:
    """Requests and errors, how long they take, the functions, the tables: a picture each."""
    stack = "${AWS::StackName}"
    api = [["AWS/ApiGateway", metric, "ApiName", stack] for metric in ("Count", "4XXError", "5XXError")]
    errors = [["AWS/Lambda", "Errors", "FunctionName", f"{stack}-{name}"] for name in functions]
    tables = [["AWS/DynamoDB", "ThrottledRequests", "TableName", f"{stack}-cases"]]
    guard = [
        [
            "AWS/WAFV2",
            "BlockedRequests",
            "WebACL",
            f"{stack}-guard",
            "Region",
            "${AWS::Region}",
            "Rule",
            "ALL",
        ]
    ]
    rows = [("Requests", api, "Sum"), ("Latency", [["AWS/ApiGateway", "Latency", "ApiName", stack]], "p95"),
            ("Functions", errors, "Sum"), ("Tables", tables, "Sum"), ("Guard", guard, "Sum")]  # fmt: skip
    widgets = [_picture(number, *row) for number, row in enumerate(rows)]
    name = {"Fn::Sub": "${AWS::StackName}"}
    body = {"Fn::Sub": json.dumps({"widgets": widgets}, separators=(",", ":"))}
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardName": name, "DashboardBody": body},
    }


def _picture(number: int, title: str, metrics: list[list[str]], stat: str) -> Json:
    return {
        "type": "metric",
        "x": 12 * (number % 2),
        "y": 6 * (number // 2),
        "width": 12,
        "height": 6,
        "properties": {
            "title": title,
            "metrics": metrics,
            "stat": stat,
            "period": 300,
            "region": "${AWS::Region}",
        },
    }
