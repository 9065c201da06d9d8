"""The stage's secret: what has to stand in it, and what a stack has to know of it without holding it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from publishing.deploy.stages import Stage, stamp

BEFORE = {
    "key_before": "KeyBefore",
    "origin_before": "OriginBefore",
}  # old values, while they are being changed
OF_NOW = ("SettingsStamp", "OriginStamp", *BEFORE.values())  # parameters that going back leaves as they are
_SHORTEST = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """One version of a secret."""

    version: str
    entries: Mapping[str, Any]


def noted(stage: Stage, secret: Secret | None) -> Stage:
    """The stage with what changes in its stack when the secret changes: CloudFormation looks into a secret only when
    something else about a resource is new."""
    if secret is None:
        return stage
    origin = str(secret.entries.get("origin", "")).encode()
    told = {name: "yes" if secret.entries.get(entry) else "no" for entry, name in BEFORE.items()}
    told["SettingsStamp"] = stamp(stage.parameters["SettingsStamp"].encode(), secret.version.encode())
    return replace(stage, parameters={**stage.parameters, **told, "OriginStamp": stamp(origin)[:8]})


def fault(stage: Stage, secret: Secret | None) -> str:
    """What keeps the functions from starting with this secret, in Chinese; nothing when it is whole."""
    name = stage.parameters["Secrets"]
    if secret is None:
        return f"Secrets Manager 里没有 {name}。请照 docs/deploy.md 第 2 步建立"
    missing = [entry for entry in _needed(stage) if not secret.entries.get(entry)]
    if missing:
        return f"{name} 里缺少：{'、'.join(missing)}"
    secrets = ("key", "origin", *BEFORE, *(stage.keys or ()))
    short = [one for one in secrets if 0 < len(str(secret.entries.get(one, ""))) < _SHORTEST]
    return f"{name} 里的 {'、'.join(short)} 太短，至少 {_SHORTEST} 个字符" if short else ""


def _needed(stage: Stage) -> Iterator[str]:
    yield from ("key", "oidc", "origin")
    if stage.parameters.get("MailFrom"):
        yield "mail_url"
    yield from stage.keys or ()
