"""publish.py sync: fetch the upper platform's catalogue, list what differs, take it over or keep what is ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from publishing import sources
from publishing.faults import shown
from publishing.sources import Content
from publishing.upstream import compare, edit, report
from publishing.upstream.compare import UPDATE, Difference
from publishing.upstream.pull import NotPulled, Source, pull, read
from schemas.interfaces import agreed

FOLDER = "upstream"
_PULLED = {
    "today": "今天已经取过上级目录，没有再取（要再取请加 --now）",
    "same": "上级目录没有变化",
    "new": "取得了新的上级目录",
}


def source(environ: Mapping[str, str], folder: Path) -> Source | str:
    """The upper platform of the interfaces file, or what is missing."""
    named = environ.get("INTERFACES_FILE", "")
    if not named:
        return "请用 INTERFACES_FILE 指出接口设置文件，其中写明 catalogue"
    production = environ.get("BANSHI_ENV", "production") != "development"
    try:
        facts, allowed = agreed.read(Path(named), environ, production=production, parts=agreed.CATALOGUE)
    except agreed.BadAgreement as error:
        return str(error)
    if "catalogue" not in facts:
        return f"{named} 里没有 catalogue（上级目录的地址和密钥）"
    return Source(facts["catalogue"]["url"], facts["catalogue"]["keys"], allowed, folder)


def fetch(found: Source, *, now: datetime, again: bool) -> tuple[bool, str]:
    """(whether the catalogue is up to date, what to say)."""
    try:
        return True, _PULLED[pull(found, now=now, again=again)]
    except NotPulled as error:
        return False, f"没有取得上级目录：{error}。原来的目录没有变，下次从断开的地方继续"


def listed(content: Path, folder: Path) -> Iterator[str]:
    """The differences, line by line; the page with the same is written beside the catalogue."""
    catalogue = read(folder / "catalogue.json")
    if not catalogue:
        yield "还没有取得过上级目录"
        return
    found = compare.differences(sources.load(content), catalogue)
    file = folder / "report.html"
    file.write_text(report.page(found, catalogue), "utf-8")
    yield from report.lines(found)
    yield f"完整对照见 {shown(file)}"


def accept(content: Path, folder: Path, *, guide: str, fields: Sequence[str]) -> Iterator[str]:
    """Takes the upper level's value over into the guide, field by field."""
    yield from _each(content, folder, guide, fields, taken=True)


def keep(content: Path, folder: Path, *, guide: str, fields: Sequence[str]) -> Iterator[str]:
    """Leaves the guide as it is and does not ask again until the upper level changes once more."""
    yield from _each(content, folder, guide, fields, taken=False)


def accept_updates(content: Path, folder: Path) -> Iterator[str]:
    """Takes over everything that only the upper level changed; what needs a decision is left."""
    loaded = sources.load(content)
    found = [
        one for one in compare.differences(loaded, read(folder / "catalogue.json")) if one.kind == UPDATE
    ]
    for one in found:
        yield _seen_to(loaded, one, taken=True)
    yield f"采用了 {len(found)} 处上级更新"


def _each(content: Path, folder: Path, guide: str, fields: Sequence[str], *, taken: bool) -> Iterator[str]:
    loaded = sources.load(content)
    found = _differing(loaded, read(folder / "catalogue.json"), guide)
    for field in fields:
        if field in found:
            yield _seen_to(loaded, found[field], taken=taken)
        else:
            yield f"{guide} 的 {field} 与上级没有需要处理的差异"


def _differing(loaded: Content, catalogue: Mapping[str, Any], guide: str) -> dict[str, Difference]:
    return {
        one.field: one for one in compare.differences(loaded, catalogue) if one.guide == guide and one.field
    }


def _seen_to(content: Content, one: Difference, *, taken: bool) -> str:
    """The file first, then the decision: after a crash between the two there is nothing left to decide."""
    document = content.guide(one.guide)
    assert document is not None
    if taken:
        try:
            edit.set_field(document.path, one.field, one.theirs)
        except edit.NotEdited as error:
            return str(error)
    compare.decide(content.folder, one)
    return f"{shown(document.path)}：{one.title}{'已改为上级的内容' if taken else '保留本地的内容'}"
