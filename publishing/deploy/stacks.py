"""Stacks, by change sets: created or updated to a template, or left alone when nothing differs."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from publishing.deploy.cloud import Cloud
from publishing.deploy.infra import INFRA

RELEASES = "ReleaseBucket"
_EVERY_SECONDS = 5.0
_FAILED_FIRST = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")


class StackFailed(Exception):
    """AWS could not do it; the message, in Chinese, says what it said and what to do."""


def release_bucket(cloud: Cloud, stack: str) -> str:
    """The bucket for packages and releases, made with the first deployment."""
    name = f"{stack}-releases"
    if status(cloud, name) is None:
        apply(cloud, name, body=(INFRA / "releases.yaml").read_text("utf-8"), parameters={})
    _settle(cloud, name)
    return cloud.resources(name)[RELEASES]


def found_release_bucket(cloud: Cloud, stack: str) -> str | None:
    """The same, only looked for."""
    name = f"{stack}-releases"
    return cloud.resources(name).get(RELEASES) if status(cloud, name) else None


def status(cloud: Cloud, stack: str) -> str | None:
    """How a stack is; None where there is none, or only a change set that was never carried out."""
    try:
        found = cloud.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if found in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE") else str(found)


def template(cloud: Cloud, stack: str) -> dict[str, Any]:
    """The template that a stack is at; empty where there is none."""
    if not status(cloud, stack):
        return {}
    body = cloud.cloudformation.get_template(StackName=stack)["TemplateBody"]
    found: dict[str, Any] = json.loads(body) if isinstance(body, str) else body
    return found


def apply(cloud: Cloud, stack: str, *, parameters: Mapping[str, str], body: str = "", url: str = "") -> bool:
    """Brings a stack to a template; False: it was so already. Whatever an interrupted run began is waited for."""
    _settle(cloud, stack)
    kind = "UPDATE" if status(cloud, stack) else "CREATE"
    name = _change_set(
        cloud, stack, kind, {"TemplateBody": body} if body else {"TemplateURL": url}, parameters
    )
    if name is None:
        return False
    cloud.cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
    _settle(cloud, stack)
    return True


def _change_set(
    cloud: Cloud, stack: str, kind: str, template: Mapping[str, str], parameters: Mapping[str, str]
) -> str | None:
    """The name of a ready change set; None when it would change nothing."""
    name = f"deploy-{time.time_ns():x}"
    cloud.cloudformation.create_change_set(
        StackName=stack, ChangeSetName=name, ChangeSetType=kind, Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())],
        **template,
    )  # fmt: skip
    facts = _made(cloud, stack, name)
    if facts["Status"] != "FAILED":
        return name
    reason = str(facts.get("StatusReason", ""))
    cloud.cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
    if "didn't contain changes" in reason or "No updates" in reason:
        return None
    raise StackFailed(f"{stack}：AWS 不接受这份模板：{reason}")


def _made(cloud: Cloud, stack: str, name: str) -> dict[str, Any]:
    while True:
        facts: dict[str, Any] = cloud.cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if facts["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            return facts
        time.sleep(_EVERY_SECONDS)


def _settle(cloud: Cloud, stack: str) -> None:
    """Waits while AWS is at it; StackFailed when it gave up."""
    found = status(cloud, stack)
    while found and found.endswith("_IN_PROGRESS"):
        time.sleep(_EVERY_SECONDS)
        found = status(cloud, stack)
    if found in _FAILED_FIRST:
        raise StackFailed(
            f"{stack}：第一次建立没有成功。请在 CloudFormation 控制台查看原因，删除这个堆栈后再发布"
        )
    if found and found.endswith("ROLLBACK_COMPLETE") and found != "UPDATE_ROLLBACK_COMPLETE":
        raise StackFailed(f"{stack}：更新没有成功，AWS 已恢复原状。请在 CloudFormation 控制台查看原因")
