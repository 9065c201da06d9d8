"""Packaging: Chalice's package of the code, a layer of libraries, both slim, compiled, and the same bytes each time."""

from __future__ import annotations

import compileall
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

from publishing.deploy import template

ROOT = Path(__file__).parents[2]
CODE, LAYER = "code.zip", "layer.zip"
_LAYER_ROOT = "python"
_PLATFORM = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64")
_SERVICES = frozenset({"dynamodb", "s3"})  # of the 400 that botocore describes
_NOT_NEEDED = (
    "bin",
    "*/tests",
    "*/test",
    "boto3",
    "s3transfer",
    "*.dist-info/sboms",
    "*.dist-info/licenses",
    "**/*.pyi",
)
_DAY_ONE = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can say


@dataclass(frozen=True, slots=True)
class Packed:
    """What goes to AWS: the SAM template as Chalice writes it, and two zips."""

    template: dict[str, Any]
    code: Path
    layer: Path | None


def packed(work: Path, *, region: str, libraries: bool = True) -> Packed:
    """Packages the functions into the folder `work`, emptied first. Without libraries no registry is asked."""
    shutil.rmtree(work, ignore_errors=True)
    functions = _copy(work / "functions")
    out = work / "out"
    _chalice(functions, out, region=region)
    code = _zipped_again(out / "deployment.zip", work / CODE)
    layer = _layer(work) if libraries else None
    return Packed(template.read(out / "sam.yaml"), code, layer)


def digest(file: Path) -> str:
    """The SHA-256 of a file, shortened: names of packages carry it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:20]


def _copy(functions: Path) -> Path:
    """The functions alone: links followed, so that nobody's edit gets between two files of one package."""
    left_out = shutil.ignore_patterns("__pycache__", "deployments", ".mypy_cache")
    shutil.copytree(ROOT / "functions", functions, ignore=left_out)
    (functions / "requirements.txt").write_text("")  # libraries go into the layer
    return functions


def _chalice(functions: Path, out: Path, *, region: str) -> None:
    chalice = Path(sys.executable).with_name("chalice")
    command: list[str | Path] = [
        chalice,
        "package",
        "--stage",
        "prod",
        "--merge-template",
        template.BASE,
        out,
    ]
    settings = os.environ | {"AWS_DEFAULT_REGION": region, "PIP_NO_INDEX": "1", "PIP_NO_CACHE_DIR": "1"}
    _run(command, cwd=functions, env=settings)


def _layer(work: Path) -> Path:
    folder = work / "layer" / _LAYER_ROOT
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    platforms = [part for name in _PLATFORM for part in ("--platform", name)]
    wheels = ["--only-binary=:all:", "--implementation", "cp", "--python-version", version, *platforms]
    wanted: list[str | Path] = ["--requirement", ROOT / "functions" / "requirements.txt"]
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, *wheels, *wanted])
    slim(folder)
    compiled(folder)
    return zipped(folder.parent, work / LAYER)


def slim(folder: Path) -> None:
    """Leaves out what the functions never read."""
    for pattern in _NOT_NEEDED:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for service in list(folder.glob("botocore/data/*/")):
        if service.name not in _SERVICES:
            shutil.rmtree(service)


def compiled(folder: Path) -> None:
    """Bytecode beside every module, trusted without a look at the source: Lambda's disk is read-only, so it never
    keeps any itself, and each cold start would compile anew."""
    for old in list(folder.rglob("__pycache__")):
        shutil.rmtree(old)
    mode = PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder, quiet=2, invalidation_mode=mode, stripdir=str(folder), workers=1)


def zipped(folder: Path, target: Path) -> Path:
    """The folder as a zip whose bytes depend on names and contents alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _DAY_ONE)
                entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return target


def _zipped_again(source: Path, target: Path) -> Path:
    folder = source.with_suffix("")
    with zipfile.ZipFile(source) as archive:
        archive.extractall(folder)
    compiled(folder)
    return zipped(folder, target)


def _run(command: Iterable[str | Path], **how: Any) -> None:
    done = subprocess.run([*command], capture_output=True, encoding="utf-8", check=False, **how)  # noqa: S603  (our own commands)
    if done.returncode:
        raise RuntimeError(f"{Path(next(iter(command))).name}: {(done.stderr or done.stdout)[-2000:]}")
