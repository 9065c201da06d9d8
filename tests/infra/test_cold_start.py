"""A cold start imports what every request needs and nothing heavy besides: counted, since time depends on the machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = {
    "jsonschema",
    "referencing",
    "rpds",
    "joserfc",
    "cryptography",
    "pynamodb",
    "botocore",
    "segno",
    "sqlite3",
    "yaml",
}
SCRIPT = "import json, sys; start = set(sys.modules); import app; print(json.dumps(sorted(set(sys.modules) - start)))"


def test_importing_the_functions_leaves_heavy_libraries_for_when_they_are_needed() -> None:
    environ = {"PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"}
    run = subprocess.run([sys.executable, "-c", SCRIPT], env=environ, capture_output=True, check=True)
    imported = json.loads(run.stdout)
    assert HEAVY & {name.partition(".")[0] for name in imported} == set()
    assert len(imported) < 520, len(imported)
