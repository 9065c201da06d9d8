"""An audit that could not be done is not passed over in silence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from infra.audit import verdict  # noqa: E402

SOUND: dict[str, Any] = {"name": "a", "version": "1", "vulns": []}
UNKNOWN: dict[str, Any] = {"name": "b", "skip_reason": "not found"}
BAD: dict[str, Any] = {**SOUND, "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}


@pytest.mark.parametrize(
    ("packages", "fails", "says"),
    [
        ([SOUND, SOUND], False, "2 of 2 packages looked up"),
        ([SOUND, SOUND, UNKNOWN], False, "2 of 3 packages looked up"),
        ([UNKNOWN, UNKNOWN, SOUND], False, "NOT AUDITED: the service knew only 1 of 3"),
        ([BAD, UNKNOWN, UNKNOWN], True, "a 1: PYSEC-1 (mended in 2)"),
    ],
)
def test_what_was_found_is_said(packages: list[dict[str, Any]], fails: bool, says: str) -> None:
    failed, told = verdict({"dependencies": packages}, "", required=False)
    assert failed is fails and says in "\n".join(told)


@pytest.mark.parametrize("required", [True, False])
def test_a_service_out_of_reach_is_said_loudly_and_fails_only_where_an_audit_is_required(
    required: bool,
) -> None:
    failed, (told,) = verdict(None, "no route", required=required)
    assert failed is required and "NOT AUDITED" in told and "no route" in told and "!!!" in told


def test_our_code_has_no_finding_of_bandit() -> None:
    command = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-ll",
        "-c",
        "pyproject.toml",
        "-r",
        "functions/chalicelib",
        "schemas",
        "theme",
    ]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 0, found.stdout
