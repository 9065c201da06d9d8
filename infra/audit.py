"""Looks at our own code and at what we depend on: `make check` runs it.

bandit reads the code. pip-audit asks the vulnerability service about every installed package; where that cannot
be reached, or does not know the packages, it says so loudly and fails nothing: AUDIT_REQUIRED=1 makes it fail.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CODE = ("functions", "schemas", "publishing", "theme", "publish.py", "infra")
_SECONDS = 120


def main() -> int:
    """1 for a finding in the code or a vulnerable package."""
    bandit = [sys.executable, "-m", "bandit", "-q", "-ll", "-c", "pyproject.toml", "-r", *CODE]
    code = subprocess.run(bandit, cwd=ROOT, check=False).returncode
    told = verdict(*_asked())
    print("\n".join(told[1]), file=sys.stderr if told[0] else sys.stdout)
    return int(bool(code) or told[0])


def verdict(
    report: dict[str, Any] | None, why: str, *, required: bool | None = None
) -> tuple[bool, list[str]]:
    """(whether to fail, what to say) for pip-audit's report, or for none and why."""
    strict = os.environ.get("AUDIT_REQUIRED") == "1" if required is None else required
    if report is None:
        return strict, [_loud(f"NOT AUDITED: the vulnerability service gave no answer ({why})")]
    packages = report["dependencies"]
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    bad = [f"{one['name']} {one['version']}: {_ids(one)}" for one in packages if one.get("vulns")]
    if bad:
        return True, ["Vulnerable packages:", *bad]
    done = len(packages) - len(skipped)
    if done < len(packages) / 2:
        return strict, [_loud(f"NOT AUDITED: the service knew only {done} of {len(packages)} packages")]
    return False, [f"pip-audit: {done} of {len(packages)} packages looked up, none vulnerable"]


def _ids(package: dict[str, Any]) -> str:
    return ", ".join(
        f"{one['id']} (mended in {', '.join(one['fix_versions']) or 'no version'})"
        for one in package["vulns"]
    )


def _loud(text: str) -> str:
    return f"{'!' * 100}\n{text}\n{'!' * 100}"


def _asked() -> tuple[dict[str, Any] | None, str]:
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--progress-spinner",
        "off",
        "-f",
        "json",
        "--local",
        "--timeout",
        "10",
    ]
    try:
        asked = subprocess.run(
            command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        return None, f"no end after {_SECONDS} s"
    try:
        return json.loads(asked.stdout), ""
    except ValueError:
        return None, (asked.stderr.strip().splitlines() or ["no output"])[-1][:200]


if __name__ == "__main__":
    raise SystemExit(main())
