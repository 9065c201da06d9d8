"""The template of a stage: Chalice's, our fixed resources, and what follows for each function and each address."""

from __future__ import annotations

from collections.abc import Iterable

from publishing.deploy import functions, gateway, watch
from publishing.deploy.infra import API, INFRA, WEB, Incomplete, Json, read

__all__ = ["API", "BASE", "INFRA", "WEB", "Incomplete", "read", "whole"]

BASE = INFRA / "resources.yaml"
_FIXED = ("site.yaml", "watch.yaml")
_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


def partition(region: str) -> str:
    """The part of AWS in which a region lies: they differ in what their CDN can do."""
    return "aws-cn" if region.startswith("cn-") else "aws"


def whole(
    packaged: Json,
    *,
    region: str,
    code: str,
    layer: str,
    keys: Iterable[str] | None = None,
    budget: bool = True,
) -> Json:
    """Chalice's packaged template (with resources.yaml merged into it) made complete for a region.

    `code` and `layer` are the names of the zips in the release bucket, `keys` the entries of the secret that agreements
    with other systems name; None where there are none. Not every region has budgets.
    """
    segments = addresses(packaged["Resources"][API]["Properties"]["DefinitionBody"]["paths"])
    made = _joined([packaged, *(read(INFRA / name) for name in _FIXED)])
    access = read(INFRA / f"partition.{partition(region)}.yaml")
    own: Json = {section: access[section] for section in ("Parameters", "Resources") if section in access}
    made = _joined([made, own])
    _front(made["Resources"]["Cdn"]["Properties"]["DistributionConfig"], access, segments)
    gateway.complete(made["Resources"][API]["Properties"])
    kind = "AWS::Serverless::Function"
    names = [name for name, one in made["Resources"].items() if one["Type"] == kind]
    rights = read(INFRA / "rights.yaml")
    agreed = {} if keys is None else functions.agreed(keys)
    for name in names:
        made["Resources"] |= functions.beside(name, made["Resources"], rights, agreed=agreed)
        made["Resources"][name]["Properties"] |= {"CodeUri": _place("Bucket", "Key", code)}
    if not budget:
        del made["Resources"]["Budget"], made["Parameters"]["MonthlyBudget"]
    made["Resources"]["Libraries"] = _libraries(layer)
    made["Resources"]["Dashboard"] = watch.dashboard(names)
    return made


def _place(bucket: str, key: str, name: str) -> Json:
    return {bucket: {"Ref": "ReleaseBucket"}, key: name}


def _libraries(name: str) -> Json:
    """Kept when a newer one replaces it: an earlier release needs its own."""
    properties = {"Content": _place("S3Bucket", "S3Key", name), "CompatibleArchitectures": ["x86_64"]}
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return {"Type": "AWS::Lambda::LayerVersion", **kept, "Properties": properties}


def addresses(paths: Iterable[str]) -> list[str]:
    """The first segments below which the functions answer, in Chinese and below /en."""
    first = {"/".join(path.strip("/").split("/")[: 2 if path.startswith("/en/") else 1]) for path in paths}
    return sorted(first)


def _joined(parts: Iterable[Json]) -> Json:
    made: Json = {}
    for part in parts:
        for section, entries in part.items():
            is_table = isinstance(entries, dict)
            made[section] = made.get(section, {}) | entries if is_table else entries
    return made


def _front(front: Json, access: Json, segments: Iterable[str]) -> None:
    """The CDN's way into the bucket, its certificate, and a behaviour for each address of the functions."""
    front["Origins"][0] |= access["Access"]
    front["ViewerCertificate"] |= access["Certificate"]
    patterns = [pattern for segment in segments for pattern in (f"/{segment}", f"/{segment}/*")]
    front["CacheBehaviors"] = [_behaviour(pattern) for pattern in patterns] + front["CacheBehaviors"]


def _behaviour(pattern: str) -> Json:
    return {
        "PathPattern": pattern,
        "TargetOriginId": "functions",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": _METHODS,
        "Compress": True,
        "CachePolicyId": {"Ref": "NeverKept"},
        "OriginRequestPolicyId": {"Ref": "AsAsked"},
        "ResponseHeadersPolicyId": {"Ref": "Safely"},
    }
