"""Pages of procurement notices and specials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from publishing.bodies import trusted
from publishing.duties import schedule
from publishing.page import Page

_FEN = 100
_RELATED = (("guides", "guide"), ("packages", "package"), ("policies", "policy"), ("notices", "notice"))


def yuan(fen: int) -> str:
    """An amount as people write it: 486,000 元, 86,400.50 元."""
    whole, rest = divmod(fen, _FEN)
    return f"{whole:,}{f'.{rest:02}' if rest else ''} 元"


def procurement_pages(portal: Any, entry: Any) -> Iterator[Page]:
    """One notice with its neighbours in the same project."""
    front = entry.front
    context = {
        "n": front,
        "body": trusted(portal.reader.html(entry.body)),
        "dept": portal.content.departments[front["dept"]],
        "facts": facts(front, portal.content.departments),
        "suppliers": [(one, yuan(one["amount_fen"])) for one in front.get("suppliers", ())],
        "project": _chain(portal, entry),
        "over": schedule.status(front, portal.today) == schedule.OVER,
        "closed": front.get("closes_at", "9999")[:10] < portal.today.isoformat(),
    }
    yield Page(entry.url, "site/procurement.html", context)


def _chain(portal: Any, entry: Any) -> list[Any]:
    """The notice this one follows, itself, and those that follow it."""
    before = [doc for doc in [portal.entry("procurement", entry.front.get("follows", ""))] if doc]
    after = [doc for doc in portal.documents("procurement") if doc.front.get("follows") == entry.id]
    return [*before, entry, *after]


def facts(front: Mapping[str, Any], departments: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The particulars that the publicity rules for purchases ask for."""
    contact = front["contact"]
    rows = [
        ("公告类型", front["stage"]),
        ("项目编号", front["project_no"]),
        ("采购方式", front["method"]),
        ("采购人", departments[front["dept"]]["name"]),
        ("代理机构", front.get("agency", "")),
        ("预算金额", yuan(front["budget_fen"]) if "budget_fen" in front else ""),
        ("最高限价", yuan(front["ceiling_fen"]) if "ceiling_fen" in front else ""),
        ("截止时间", front.get("closes_at", "")),
        ("开启地点", front.get("open_place", "")),
        ("联系方式", "，".join(contact[key] for key in ("name", "phone", "addr") if key in contact)),
        ("质疑投诉", front["query_phone"]),
    ]
    return [row for row in rows if row[1]]


def special_pages(portal: Any, entry: Any) -> Iterator[Page]:
    """One special: its words, then what belongs to it."""
    front = entry.front
    context = {
        "s": front,
        "body": trusted(portal.reader.html(entry.body)),
        "guides": [row for row in map(portal.row, front.get("guides", ())) if row],
        "groups": {key: _named(portal, kind, front.get(key, ())) for key, kind in _RELATED[1:]},
        "over": schedule.status(front, portal.today) == schedule.OVER,
    }
    yield Page(entry.url, "site/special.html", context, nav="/specials/")


def _named(portal: Any, kind: str, names: Iterable[str]) -> list[Any]:
    return [entry for name in names if (entry := portal.entry(kind, name))]


def mentions(front: Mapping[str, Any]) -> Iterator[str]:
    """Everything a special shows, as "kind:id"."""
    return (f"{kind}:{name}" for key, kind in _RELATED for name in front.get(key, ()))
