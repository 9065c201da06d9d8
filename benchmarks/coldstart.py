"""What a cold start costs: `python -m benchmarks.coldstart [--package FOLDER]`.

Packages the functions as `publish.py deploy` does (a package registry is asked for the libraries) or takes a package
made before, unpacks it as Lambda does, and imports it in fresh processes that see nothing else. Processor seconds, not
time on the clock; on a busy machine take the least.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

RUNS = 7
TARGETS = {"import_cpu_ms": 250, "layer_zipped_mb": 30, "memory_mb": 256}
STAFF = Path(__file__).parents[1] / "infra" / "sample" / "staff.json"
MEASURED = """
import json, resource, sys, time
sys.path[:0] = [{code!r}, {layer!r}]
start = time.process_time()
import app
imported = time.process_time()
modules = len(sys.modules)
import os
from chalicelib import settings
from chalicelib.house import open_store
open_store(settings.read(os.environ))
opened = time.process_time()
print(json.dumps({{
    "import_cpu_ms": round((imported - start) * 1000), "store_cpu_ms": round((opened - imported) * 1000),
    "modules": modules, "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
}}))
"""
SETTINGS = {
    "STORE": "dynamo", "FILES_BUCKET": "files", "AWS_REGION": "cn-north-1", "SECRET_KEY": "k" * 40, "STAFF_FILE": str(STAFF),
    "OIDC_ISSUER": "https://id.wanglan.example", "BASE_URL": "https://zwfw.wanglan.example",
}  # fmt: skip


def main() -> int:
    """Measures and prints; the exit status is 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, help="a folder with code.zip and layer.zip")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = options.package or _packaged(Path(work) / "package")
        found = measured(folder, Path(work) / "unpacked")
    print(json.dumps(found, indent=2))
    return int(any(found[name] > most for name, most in TARGETS.items()))


def measured(package: Path, work: Path) -> dict[str, float]:
    """The least of several runs, and the sizes."""
    for name in ("code", "layer"):
        with zipfile.ZipFile(package / f"{name}.zip") as archive:
            archive.extractall(work / name)
    script = MEASURED.format(code=str(work / "code"), layer=str(work / "layer" / "python"))
    command = [sys.executable, "-I", "-S", "-c", script]
    environ = {"PATH": os.environ["PATH"], **SETTINGS}
    runs = [
        json.loads(subprocess.run(command, env=environ, capture_output=True, check=True).stdout)
        for _ in range(RUNS)
    ]
    least = {name: min(run[name] for run in runs) for name in runs[0]}
    sizes = {
        f"{name}_zipped_mb": round((package / f"{name}.zip").stat().st_size / 1e6, 1)
        for name in ("code", "layer")
    }
    return least | sizes


def _packaged(folder: Path) -> Path:
    from publishing.deploy import package

    return package.packed(folder, region=SETTINGS["AWS_REGION"]).code.parent


if __name__ == "__main__":
    sys.exit(main())
