"""Searching (搜索): the result page, made here so that it works without scripts, and suggestions."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Hashable
from functools import cache
from typing import Any
from urllib.parse import urlencode

from schemas.packages import PREFIX
from theme import strings

from ..published import Shelf, read
from ..search import excerpt
from ..search.engine import Engine, Found, Gone, Group, Wish
from ..search.index import CONTENTS, on_shelf
from ..search.question import LONGEST
from ..search.rank import Hit
from .ask import Ask
from .reply import SAFE_HEADERS, Reply
from .show import show

FOLDER = "search-index"
PAGE = 10  # results on a page
_SUGGESTED = 8
_OTHERS = 6  # further regions of one item that are listed
_CHOICES = 60  # more departments or regions than this are not offered, only those found
_SIDES = ("person", "corp")
_APPLIED_FOR = re.compile(r"/(guides|packages)/([a-z][a-z0-9-]*)/")


class Current:
    """The engine over what is published now: looked at anew when the table of contents has changed."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._stamp: Hashable = None
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        """The engine; cheap while nothing was published."""
        stamp = self._shelf.stamp(f"{FOLDER}/{CONTENTS}")
        if self._engine is None or stamp != self._stamp:
            self._engine, self._stamp = Engine(on_shelf(self._shelf, FOLDER)), stamp
            self._shelf.bring(f"{FOLDER}/{row[0]}" for row in self._engine.contents.get("files", ()))
        return self._engine

    def search(self, wish: Wish, ask: Ask) -> Found:
        """The answer; asked again when the site was published anew in between."""
        try:
            return self.engine().search(wish, today=ask.today)
        except Gone:
            self._engine = None
            return self.engine().search(wish, today=ask.today)


@cache
def _current(shelf: Shelf) -> Current:
    return Current(shelf)


def page(ask: Ask) -> Reply:
    """GET ?q=&audience=&dept=&region=&page=: ten results, or why there are none."""
    current = _current(ask.house.site)
    contents = current.engine().contents
    wish = _wish(ask, contents)
    found = current.search(wish, ask)
    pages = max(1, -(-len(found.groups) // PAGE))
    number = min(pages, _number(ask.query.get("page", "1")))
    groups = found.groups[(number - 1) * PAGE : number * PAGE]
    return show(
        ask,
        "search.html",
        q=wish.text,
        filters={"audience": wish.side, "dept": wish.dept, "region": wish.region},
        choices=_choices(found, contents, wish, lang=ask.lang),
        found=found,
        rows=[_row(group, found, ask, contents) for group in groups],
        topics=_topics(found, contents, lang=ask.lang),
        page={"number": number, "count": pages, "url": f"{_address(ask, wish)}&page="},
        alt_url=_address(ask, wish, other=True),
    )


def suggest(ask: Ask) -> Reply:
    """GET ?q=: the names of the best few, for the list under the search box."""
    found = _current(ask.house.site).search(Wish(_clean(ask.query.get("q", ""))), ask)
    rows = [
        {"name": group.hit.record["n"], "url": group.hit.record["u"]} for group in found.groups[:_SUGGESTED]
    ]
    body = json.dumps({"items": rows}, ensure_ascii=False, separators=(",", ":")).encode()
    headers = (*SAFE_HEADERS, ("Cache-Control", "public, max-age=60"))
    return Reply(200, body, "application/json; charset=utf-8", headers)


def entitled(ask: Ask, name: str) -> tuple[str, ...]:
    """The ids of the items and packages that bear exactly this name, in either language."""
    found = _current(ask.house.site).search(Wish(_clean(name)), ask)
    records = (hit.record for group in found.groups for hit in (group.hit, *group.others))
    exact = (_APPLIED_FOR.fullmatch(one["u"]) for one in records if name in (one["n"], one.get("e")))
    return tuple(
        f"{PREFIX if kind == 'packages' else ''}{name}"
        for kind, name in (one.groups() for one in exact if one)
    )


def _wish(ask: Ask, contents: dict[str, Any]) -> Wish:
    """What is asked for; filters that name nothing there is are left out."""
    given = {key: ask.query.get(key, "") for key in ("audience", "dept", "region")}
    return Wish(
        text=_clean(ask.query.get("q", "")),
        side=given["audience"] if given["audience"] in _SIDES else "",
        dept=given["dept"] if given["dept"] in contents.get("departments", {}) else "",
        region=given["region"] if given["region"] in contents.get("regions", {}) else "",
    )


def _clean(text: str) -> str:
    """One line of printable text, as long as is answered."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:LONGEST]).split())


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def _address(ask: Ask, wish: Wish, *, other: bool = False) -> str:
    query = urlencode({"q": wish.text, "audience": wish.side, "dept": wish.dept, "region": wish.region})
    start = "/search/" if (ask.lang == "en") is other else "/en/search/"
    return f"{start}?{query}"


def _row(group: Group, found: Found, ask: Ask, contents: dict[str, Any]) -> dict[str, Any]:
    hit, english = group.hit, ask.lang == "en"
    asked = [hit.question.text, found.read]
    own = english and "e" in hit.record
    title = excerpt.marked(hit.record["e" if own else "n"], asked)
    summary = excerpt.marked(hit.record.get("es" if own else "s", ""), asked)
    alias = _alias(hit, asked) if not _has_mark(title) else None
    if not alias and not own and not _has_mark([*title, *summary]):
        summary = excerpt.around(_body(hit, ask), asked) or summary
    return {
        "url": _url(hit, ask.lang),
        "foreign": english and not own,
        "title": title,
        "alias": alias,
        "summary": summary,
        "facts": _facts(hit, contents, lang=ask.lang),
        "others": [(_url(other, ask.lang), _region(other, contents)) for other in group.others[:_OTHERS]],
        "more": len(group.others) > _OTHERS,
    }


def _url(hit: Hit, lang: str) -> str:
    """Where it stands; guides have an English page too."""
    url: str = hit.record["u"]
    return f"/en{url}" if lang == "en" and hit.record["k"] == "guide" else url


def _alias(hit: Hit, asked: list[str]) -> list[excerpt.Piece] | None:
    """The everyday name that the question met."""
    found = [excerpt.marked(alias, asked) for alias in hit.record.get("a", ())]
    return next((pieces for pieces in found if _has_mark(pieces)), None)


def _has_mark(pieces: list[excerpt.Piece]) -> bool:
    return any(mark for _, mark in pieces)


def _body(hit: Hit, ask: Ask) -> str:
    """The text of a document: a guide's from the catalogue, others carry theirs."""
    if hit.record["k"] != "guide":
        return str(hit.record.get("b", ""))
    data = read(ask.house.site, f"catalogue/{hit.record['i']}.json")
    if data is None:
        return ""
    return excerpt.of_html(json.loads(data)["body"]["html"])


def _facts(hit: Hit, contents: dict[str, Any], *, lang: str) -> list[str]:
    department = contents.get("departments", {}).get(hit.record.get("d"), ["", ""])
    kind = strings(lang)[f"search_kind_{hit.record['k']}"]
    facts = [kind, department[lang == "en"], _region(hit, contents), hit.record.get("t", "")]
    return [fact for fact in facts if fact]


def _region(hit: Hit, contents: dict[str, Any]) -> str:
    return str(contents.get("regions", {}).get(hit.record.get("r", ""), ""))


def _choices(
    found: Found, contents: dict[str, Any], wish: Wish, *, lang: str
) -> dict[str, list[tuple[str, str]]]:
    """Departments and regions to filter by: all while they are few, else those found."""
    departments = {key: names[lang == "en"] for key, names in contents.get("departments", {}).items()}
    regions = {code: name for code, name in contents.get("regions", {}).items() if len(code) < 12}
    seen = [group.hit.record for group in found.groups]
    return {
        "dept": _few(departments, [record.get("d", "") for record in seen], chosen=wish.dept),
        "region": _few(regions, [record.get("r", "") for record in seen], chosen=wish.region),
    }


def _few(names: dict[str, str], seen: list[str], *, chosen: str) -> list[tuple[str, str]]:
    if len(names) <= _CHOICES:
        return list(names.items())
    wanted = [key for key, _ in Counter(key for key in seen if key in names).most_common(_CHOICES)]
    return [(key, names[key]) for key in dict.fromkeys([*wanted, *filter(None, [chosen])]) if key in names]


def _topics(found: Found, contents: dict[str, Any], *, lang: str) -> list[tuple[str, str]]:
    """The topics nearest to what was asked, where nothing was found; else all topics."""
    names = contents.get("topics", {})
    near = [(f"/topics/{topic}/", names[topic][lang == "en"]) for topic in found.topics if topic in names]
    return near or [("/topics/", strings(lang)["search_all_topics"])]
