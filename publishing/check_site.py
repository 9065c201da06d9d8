"""Checks over the whole: site.yaml, unique codes, columns that would stand empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stdnum.cn import uscc

from publishing.check_documents import resolves
from publishing.duties import checks as duties
from publishing.faults import Fault, Found
from publishing.sources import Content

LABEL_LENGTH = 12
_NEEDED = ("site", "region", "departments", "topics", "nav")
UNIQUE = ("task_code", "catalog_code", "handling_code", "local_code", "name")
_COLUMNS = {"guide": "办事指南", "package": "一件事", "notice": "通知公告", "policy": "政策文件"}


def faults(content: Content) -> Iterator[Fault]:
    """All of them, each placed in its file."""
    yield from (content.site_fault(found) for found in site(content))
    yield from _repeated(content)
    yield from (content.site_fault(found) for found in empty(content, used=_used(content)))


def shape(content: Content) -> Iterator[Found]:
    """Parts of site.yaml without which nothing can be read."""
    for key in _NEEDED:
        if not content.site.get(key):
            yield Found((), f"site.yaml 缺少 {key}，请补上")


def site(content: Content) -> Iterator[Found]:
    """What is wrong in site.yaml itself."""
    yield from shape(content)
    for number, row in enumerate(content.site.get("departments", [])):
        yield from _department(number, row)
    yield from _ids(content, ("departments",), content.site.get("departments", []))
    for side in ("person", "corp"):
        rows = content.site.get("topics", {}).get(side, [])
        yield from _ids(content, ("topics", side), rows)
        for number, row in enumerate(rows):
            yield from _label(("topics", side, number), row["name"])
    for number, entry in enumerate(content.site.get("nav", [])):
        if not resolves(content, entry["url"]):
            yield Found(("nav", number), f"导航 {entry['url']} 打不开，请改正或者删去")
        yield from _label(("nav", number), entry["name"])
    yield from duties.site(content)


def _department(number: int, row: dict[str, Any]) -> Iterator[Found]:
    if not uscc.is_valid(row["code"]):
        yield Found(
            ("departments", number), f"{row['name']}的统一社会信用代码 {row['code']} 校验位不对，请核对"
        )
    yield from _label(("departments", number), row["short"])


def _label(pointer: tuple[str | int, ...], label: str) -> Iterator[Found]:
    if len(label) > LABEL_LENGTH:
        yield Found(pointer, f"“{label}”超过 {LABEL_LENGTH} 个字，请缩短")


def _ids(content: Content, where: tuple[str, ...], rows: list[dict[str, Any]]) -> Iterator[Found]:
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if row["id"] in seen:
            yield Found((*where, number), f"标识 {row['id']} 重复，请换一个")
        seen.add(row["id"])


def _repeated(content: Content) -> Iterator[Fault]:
    first: dict[tuple[str, str], str] = {}
    for guide in content.of("guide"):
        for key in UNIQUE:
            value = guide.front.get(key)
            if isinstance(value, str) and first.setdefault((key, value), guide.id) != guide.id:
                yield guide.fault(repeated(key, value, other=first[key, value]))


def repeated(key: str, value: str, *, other: str) -> Found:
    """Two guides claim what only one may have."""
    return Found((key,), f"{key} 和 {other} 的相同（{value}），请改成不同的")


def _used(content: Content) -> frozenset[str]:
    """Kinds that have a document, and topics as "side:id" that have an item or a package."""
    kinds = {kind for kind in _COLUMNS if content.of(kind)}
    return frozenset(
        kinds.union(
            *(topics(document.front) for kind in ("guide", "package") for document in content.of(kind))
        )
    )


def topics(front: dict[str, Any]) -> set[str]:
    """The topics under which a guide or a package stands, as "side:id"."""
    named = {f"{side}:{topic}" for side in ("person", "corp") for topic in front.get(f"topics_{side}", ())}
    named |= duties.named(front)
    return named | (
        {f"{front['audience']}:{front['topic']}"} if isinstance(front.get("topic"), str) else set()
    )


def empty(content: Content, *, used: frozenset[str]) -> Iterator[Found]:
    """Columns and topics of which nothing is in use."""
    for kind, name in _COLUMNS.items():
        if kind not in used:
            yield Found(("nav",), f"“{name}”栏目没有内容，请至少发布一篇")
    for side in ("person", "corp"):
        for number, topic in enumerate(content.topics[side].values()):
            if f"{side}:{topic['id']}" not in used:
                message = f"主题“{topic['name']}”下没有事项，请补上事项，或者删去这个主题"
                yield Found(("topics", side, number), message)
    yield from duties.empty(content, used.__contains__)
