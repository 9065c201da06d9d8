"""The list of differences for an editor: lines for the terminal, and a page to read and to print."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from publishing.upstream.compare import CONFLICT, DOUBLED, GONE, NEW, UPDATE, Difference
from schemas.calendar import SHANGHAI

KINDS: Mapping[str, tuple[str, str]] = {
    CONFLICT: ("需要您决定", "上级目录和本地指南不一样，还没有决定以哪一个为准，或者两边都改过。"),
    UPDATE: ("上级更新", "上次核对以后只有上级改过，本地没有改。"),
    NEW: ("本地还没有指南", "上级目录里有，本地没有写指南。"),
    GONE: ("上级目录里没有", "本地指南的实施编码在上级目录里找不到。"),
    DOUBLED: ("上级目录里重复", "同一个实施编码出现了不止一次，请告知上级平台；比对用的是最后一条。"),
}
_UNITS = {"workday": "个工作日", "calendar_day": "天", "immediate": ""}


def lines(found: Sequence[Difference]) -> list[str]:
    """One line for each difference, those that need a decision first."""
    if not found:
        return ["与上级目录一致，没有需要处理的内容"]
    ordered = [one for kind in KINDS for one in found if one.kind == kind]
    return [_line(one) for one in ordered]


def page(found: Sequence[Difference], catalogue: Mapping[str, Any]) -> str:
    """The same as one HTML file that needs nothing beside it."""
    groups = [
        {"title": title, "about": about, "rows": [_row(one) for one in found if one.kind == kind]}
        for kind, (title, about) in KINDS.items()
    ]
    template = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    ).get_template("report.html")
    at = datetime.fromisoformat(catalogue["pulled_at"]).astimezone(SHANGHAI)
    shown = [group for group in groups if group["rows"]]
    return template.render(groups=shown, total=len(catalogue["items"]), at=f"{at:%Y-%m-%d %H:%M}")


def said(value: Any, beside: Any = None) -> str:
    """A value as an editor reads it; of a list of texts only the rows that the other side lacks."""
    if value is None:
        return "（没有）"
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return (
            _rows(value, beside)
            if all(isinstance(one, Mapping) for one in value)
            else "、".join(map(str, value))
        )
    if isinstance(value, Mapping) and value.get("unit") in _UNITS:
        return "当场办结" if value["unit"] == "immediate" else f"{value.get('n')} {_UNITS[value['unit']]}"
    return json.dumps(value, ensure_ascii=False)


def _rows(value: Sequence[Mapping[str, Any]], beside: Any) -> str:
    others = beside if isinstance(beside, list) else []
    own = ["；".join(str(part) for part in one.values()) for one in value if one not in others]
    same = len(value) - len(own)
    return "\n".join([*own, f"（另有 {same} 条两边相同）"] if same else own) or "（没有）"


def _line(one: Difference) -> str:
    title = KINDS[one.kind][0]
    if not one.field:
        return f"{title}：{one.name}（{one.code}）" + (f" {one.guide}" if one.guide else "")
    both = f"本地：{_short(one.ours, one.theirs)} 上级：{_short(one.theirs, one.ours)}"
    return f"{title}：{one.guide} {one.field}（{one.title}） {both}"


def _short(value: Any, beside: Any) -> str:
    text = said(value, beside).replace("\n", " / ")
    return text if len(text) <= 60 else f"{text[:60]}…"


def _row(one: Difference) -> dict[str, str]:
    return {
        "guide": one.guide, "code": one.code, "name": one.name, "field": one.field, "title": one.title,
        "ours": said(one.ours, one.theirs), "theirs": said(one.theirs, one.ours),
    }  # fmt: skip
