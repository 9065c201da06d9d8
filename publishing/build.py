"""Building: check, let Pelican render into a fresh folder, then swap it in with one rename."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from publishing import check, sources
from publishing.faults import Fault, serious
from publishing.portal import Portal

_AT_FDCWD = -100
_EXCHANGE = 2


def build(folder: Path, output: Path, *, today: date, forms: Path = sources.FORMS) -> list[Fault]:
    """Publish `folder` to `output`. With serious faults nothing is published; all findings are returned."""
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    content = sources.load(folder.resolve(), forms=forms)
    faults = check.faults(content, today=today)
    if any(serious(faults)):
        return faults
    with _turn(output):
        fresh = Path(tempfile.mkdtemp(prefix=_prefix(output), dir=output.parent))
        fresh.chmod(0o755)
        _render(Portal(content, today), output=fresh, previous=output / "catalogue")
        swap(fresh, output)
    return faults


@contextmanager
def _turn(output: Path) -> Iterator[None]:
    """One build of an output at a time; what a killed build left behind is cleared away."""
    with (output.parent / f".{output.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _clear(output)
        try:
            yield
        finally:
            _clear(output)


def _clear(output: Path) -> None:
    for left in output.parent.glob(f"{_prefix(output)}*"):
        shutil.rmtree(left)


def _prefix(output: Path) -> str:
    return f".{output.name}.new-"


def _render(portal: Portal, *, output: Path, previous: Path) -> None:
    """Drive Pelican as a library; its errors are exceptions here, never skipped pages."""
    import pelican
    from pelican.log import init
    from pelican.settings import read_settings

    init(level="WARNING", fatal="errors")
    pelican.console.quiet = True
    settings = read_settings(override=_settings(portal, output) | {"PREVIOUS_CATALOGUE": previous})
    pelican.Pelican(settings).run()


def _settings(portal: Portal, output: Path) -> dict[str, object]:
    """Pelican copies content/files; everything else is our generator's."""
    feeds = (
        "FEED_ALL_ATOM",
        "CATEGORY_FEED_ATOM",
        "AUTHOR_FEED_ATOM",
        "AUTHOR_FEED_RSS",
        "TRANSLATION_FEED_ATOM",
    )
    return dict.fromkeys(feeds) | {
        "PATH": str(portal.content.folder),
        "OUTPUT_PATH": str(output),
        "SITENAME": portal.site["site"]["name"],
        "SITEURL": portal.site["site"]["url"],
        "TIMEZONE": "Asia/Shanghai",
        "DEFAULT_LANG": "zh_cn",
        "LOCALE": ["C"],
        "ARTICLE_PATHS": [],
        "PAGE_PATHS": [],
        "DIRECT_TEMPLATES": [],
        "STATIC_PATHS": ["files"],
        "THEME_STATIC_PATHS": [],
        "PLUGINS": ["publishing.plugin"],
        "PORTAL": portal,
    }


def swap(fresh: Path, output: Path) -> None:
    """Put `fresh` where `output` is. On Linux the two change places in one step: readers never see a gap."""
    if not output.exists():
        fresh.rename(output)
    elif not _exchange(fresh, output):
        aside = Path(tempfile.mkdtemp(prefix=_prefix(output), dir=output.parent))
        output.rename(aside / "old")
        fresh.rename(output)


def _exchange(one: Path, other: Path) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    return bool(libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _EXCHANGE) == 0)
