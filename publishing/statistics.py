"""The statistics pages: statistics.json as it stands beside the site, and what the guides themselves promise."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from publishing.duties import english
from publishing.faults import Fault, shown
from publishing.page import Page, Text

URL = "/statistics/"
NAME = "statistics.json"
_MOST_BYTES = 4 * 1024 * 1024
_ONLINE_TO_THE_END = {"5", "6"}  # 网上办理深度：办理、结果反馈
_PROMISE = "promise:"
_SHARES = (("no_visit", 0), ("one_visit", 1))


def file_of(output: Path) -> Path:
    """Where the jobs put the document: beside the published site."""
    return output.parent / NAME


def digest(output: Path) -> str:
    """Changes when the document does; a changed document is a change to publish."""
    return hashlib.sha256(_bytes(output)).hexdigest()


def faults(output: Path) -> list[Fault]:
    """A document that cannot be used is said, and keeps nothing else from being published."""
    usable = not file_of(output).is_file() or read(output) is not None
    said = "统计数据不合格式，统计页按没有数据发布"
    return [] if usable else [Fault(shown(file_of(output)), 1, said, True)]


def read(output: Path) -> dict[str, Any] | None:
    """The document, if there is one that holds to its schema."""
    try:
        document = json.loads(_bytes(output))
    except ValueError:
        return None
    return document if _validator().is_valid(document) else None


def promise(guide: Mapping[str, Any]) -> str:
    """What one guide says of limits and visits, for the figures of all guides together."""
    days = [
        guide[name]["n"] if guide[name]["unit"] == "workday" else None
        for name in ("promise_limit", "legal_limit")
    ]
    to_the_end = guide["visits"] == 0 and bool(_ONLINE_TO_THE_END.intersection(guide.get("online_depth", ())))
    return _PROMISE + json.dumps([*days, min(int(guide["visits"]), 2), to_the_end])


class Statistics:
    """/statistics/ in both languages, and the document itself."""

    name = "statistics"
    daily = False
    last = False

    def inputs(self, portal: Any, change: Any) -> str:
        """The document, and what the guides say, counted."""
        del change
        ranked = _rankings(portal, read(_output(portal)), "zh")
        return f"{digest(_output(portal))} {sorted(portal.sizes(_PROMISE).items())} {ranked}"

    def outputs(self, portal: Any, change: Any) -> Iterator[Page | Text]:
        """Both pages."""
        del change
        document = read(_output(portal))
        if document:
            yield Text(f"statistics/{NAME}", json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        for lang, start, other in (("zh", "", "/en"), ("en", "/en", "")):
            context = _context(portal, document, lang)
            yield Page(f"{start}{URL}", "site/statistics.html", context, lang=lang, alt=f"{other}{URL}")


def items(groups: Mapping[str, int]) -> dict[str, Any]:
    """Figures of the guides: how much shorter than the law they promise, how often one has to come."""
    rows = [(*json.loads(data), n) for data, n in groups.items()]
    both = [(promise, legal, n) for promise, legal, _, _, n in rows if promise is not None and legal]
    promised, lawful = sum(p * n for p, _, n in both), sum(legal * n for _, legal, n in both)
    total = sum(row[-1] for row in rows)
    shares = {
        name: percent(sum(row[-1] for row in rows if row[2] == visits), total) for name, visits in _SHARES
    }
    return {
        "total": total,
        "shorter": percent(lawful - promised, lawful),
        "compared": sum(n for *_, n in both),
        "more_visits": percent(sum(row[-1] for row in rows if row[2] > 1), total),
        "to_the_end": percent(sum(row[-1] for row in rows if row[3]), total),
        **shares,
    }  # fmt: skip


def percent(part: int, whole: int) -> float | None:
    """Percent with one place, the rest cut off."""
    return part * 1000 // whole / 10 if whole > 0 else None


def _context(portal: Any, document: Mapping[str, Any] | None, lang: str) -> dict[str, Any]:
    known = portal.content.departments
    name = "short" if lang == "zh" else "name_en"
    rows = document["departments"] if document else []
    return {
        "t": _words()[lang]["words"],
        "formulas": _words()[lang]["formulas"],
        "document": document,
        "departments": [(known[row["id"]][name], row) for row in rows if row["id"] in known],
        "rankings": _rankings(portal, document, lang),
        "promised": items(portal.sizes(_PROMISE)),
        "json_url": f"{URL}{NAME}",
    }


def _rankings(portal: Any, document: Mapping[str, Any] | None, lang: str) -> list[tuple[str, list[Any]]]:
    """(list, [(guide, figure)…]) of the guides that are still there."""
    found = (document or {}).get("rankings", {})
    lists = {
        name: [(row, one["figure"]) for one in ones if (row := _named(portal, one["item"], lang))]
        for name, ones in found.items()
    }
    return list(lists.items()) if any(lists.values()) else []


def _named(portal: Any, item: str, lang: str) -> dict[str, Any] | None:
    row = portal.row(item)
    if row and lang == "en" and english.wanted(portal, item):
        return {"name": row["name_en"], "url": f"/en{row['url']}", "foreign": False}
    return row and {"name": row["name"], "url": row["url"], "foreign": lang == "en"}


def _output(portal: Any) -> Path:
    output: Path = portal.past or portal.live
    return output


def _bytes(output: Path) -> bytes:
    file = file_of(output)
    try:
        return file.read_bytes() if file.stat().st_size <= _MOST_BYTES else b""
    except OSError:
        return b""


@cache
def _validator() -> Draft202012Validator:
    text = resources.files("schemas").joinpath("statistics.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


@cache
def _words() -> Any:
    """The words of the pages and how each figure is worked out, in both languages."""
    return json.loads(Path(__file__).with_name("statistics_words.json").read_text("utf-8"))
