"""Checks over the whole: site.yaml, unique codes, columns that would stand empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stdnum.cn import uscc

from publishing.check_documents import resolves
from publishing.faults import Fault, Found
from publishing.sources import Content

LABEL_LENGTH = 12
_NEEDED = ("site", "region", "departments", "topics", "nav")
_UNIQUE = ("task_code", "catalog_code", "handling_code", "local_code", "name")
_COLUMNS = {"guide": "办事指南", "package": "一件事", "notice": "通知公告", "policy": "政策文件"}


def faults(content: Content) -> Iterator[Fault]:
    """All of them, each placed in its file."""
    yield from (content.site_fault(found) for found in _site(content))
    yield from _repeated(content)
    yield from (content.site_fault(found) for found in _empty(content))


def _site(content: Content) -> Iterator[Found]:
    for key in _NEEDED:
        if not content.site.get(key):
            yield Found((), f"site.yaml 缺少 {key}，请补上")
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
        for key in _UNIQUE:
            value = guide.front.get(key)
            if isinstance(value, str) and first.setdefault((key, value), guide.id) != guide.id:
                other = first[key, value]
                yield guide.fault(Found((key,), f"{key} 和 {other} 的相同（{value}），请改成不同的"))


def _empty(content: Content) -> Iterator[Found]:
    for kind, name in _COLUMNS.items():
        if not content.of(kind):
            yield Found(("nav",), f"“{name}”栏目没有内容，请至少发布一篇")
    for side, key in (("person", "topics_person"), ("corp", "topics_corp")):
        used = {topic for guide in content.of("guide") for topic in guide.front.get(key, [])}
        used |= {package.front.get("topic") for package in content.of("package")}
        for number, topic in enumerate(content.topics[side].values()):
            if topic["id"] not in used:
                message = f"主题“{topic['name']}”下没有事项，请补上事项，或者删去这个主题"
                yield Found(("topics", side, number), message)
