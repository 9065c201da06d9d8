"""The stages of infra/stages.yaml: what an operator writes down once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from publishing.deploy.infra import INFRA
from schemas.interfaces import agreed

STAGES = INFRA / "stages.yaml"
_SCHEMA = INFRA / "stages.schema.json"
_PARAMETERS = {
    "domain": "DomainName", "certificate": "Certificate", "oidc_issuer": "OidcIssuer", "oidc_client_id": "OidcClientId",
    "oidc_min_assurance": "OidcMinAssurance", "secrets": "Secrets", "mail_from": "MailFrom", "alarm_mail": "AlarmMail",
    "monthly_budget": "MonthlyBudget", "log_days": "LogDays", "requests_in_five_minutes": "RequestsInFiveMinutes",
    "posts_in_five_minutes": "PostsInFiveMinutes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; `settings` are the office's own files by name, `keys` what agreements need in the secret."""

    name: str
    region: str
    parameters: Mapping[str, str]
    settings: Mapping[str, bytes]
    keys: tuple[str, ...] | None = None

    @property
    def stack(self) -> str:
        """The name of its stack; its tables begin with it."""
        return f"banshi-{self.name}"


def load(name: str, *, file: Path = STAGES) -> Stage | str:
    """The stage of that name, or what is wrong, in Chinese."""
    if not file.is_file():
        return f"没有 {file.name}：请复制 infra/stages.sample.yaml 为 infra/stages.yaml，再填写"
    try:
        stages = yaml.safe_load(file.read_text("utf-8"))
    except yaml.YAMLError as error:
        return f"{file.name} 读不懂：{error}"
    wrong = next(Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8"))).iter_errors(stages), None)
    if wrong:
        return f"{file.name} 的 {'/'.join(map(str, wrong.path)) or '开头'}：{wrong.message}"
    if name not in stages:
        return f"{file.name} 里没有 {name}，只有：{'、'.join(stages)}"
    return _stage(name, stages[name], file.parents[1])


def _stage(name: str, facts: Mapping[str, Any], root: Path) -> Stage | str:
    if facts["region"].startswith("cn-") and "monthly_budget" not in facts:
        return f"{name}：请填写 monthly_budget（每月预算，元）"
    files = {kind: root / facts[kind] for kind in ("staff", "policy", "interfaces") if kind in facts}
    for kind, path in files.items():
        if not path.is_file():
            return f"{name}：{kind} 指的文件 {facts[kind]} 不存在"
    try:
        others = agreed.whole(files["interfaces"]) if "interfaces" in files else None
    except agreed.BadAgreement as error:
        return f"{name}：interfaces：{error}"
    settings = {
        f"settings/{kind}.json": _sorted(others) if others and kind == "interfaces" else path.read_bytes()
        for kind, path in files.items()
    }
    given = {_PARAMETERS[key]: str(value) for key, value in facts.items() if key in _PARAMETERS}
    return Stage(
        name,
        facts["region"],
        given | {"BaseUrl": f"https://{facts['domain']}", "SettingsStamp": stamp(*settings.values())},
        settings,
        None if others is None else tuple(agreed.key_names(others, agreed.CASES)),
    )


def stamp(*parts: bytes) -> str:
    """Changes when any of the parts does."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]


def _sorted(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
