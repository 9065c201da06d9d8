"""Columns of dated documents: notices, policies, procurement, specials. Their feeds, lists and age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from publishing import feeds
from publishing.duties import schedule
from publishing.duties.classes import LABELS
from publishing.page import Page, Text
from publishing.rows import Entry

COLUMNS = {
    "notice": "/notices/",
    "policy": "/policies/",
    "procurement": "/procurement/",
    "special": "/specials/",
}
GUIDES = "/guides/"  # the guides changed last have feeds too
HOME_AGE = timedelta(days=14)  # inspection rules for government sites: the home page, 2 weeks
COLUMN_AGE = timedelta(days=183)  # the same rules: notices and policies, 6 months
PER_PART = 30


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a list; 0 is the head at the list's own address."""

    rows: Sequence[Any]
    number: int
    url: str
    newer: str | None
    older: str | None

    def label(self, lang: str = "zh") -> str:
        """What titles say of a part that is not the head; these columns are in Chinese."""
        del lang
        return f"，第 {self.number + 1} 页" if self.number else ""


def parts(rows: Sequence[Any], url: str, *, size: int = PER_PART) -> Iterator[Part]:
    """A list of documents cut into pages: /notices/, /notices/2/ …; an empty list has its head."""
    last = max(1, -(-len(rows) // size))
    for number in range(1, last + 1):
        yield Part(
            rows[(number - 1) * size : number * size],
            number - 1,
            _at(url, number),
            _at(url, number - 1) if number > 1 else None,
            _at(url, number + 1) if number < last else None,
        )


def _at(url: str, number: int) -> str:
    return url if number == 1 else f"{url}{number}/"


def newest(documents: Iterable[Any]) -> list[Any]:
    """The newest first."""
    return sorted(documents, key=lambda doc: (doc.front["published"], doc.id), reverse=True)


def pages(portal: Any) -> Iterator[Page]:
    """Lists of procurement notices and specials (notices and policies have theirs in the plan)."""
    for kind, template in (("procurement", "site/procurements.html"), ("special", "site/specials.html")):
        documents = newest(portal.documents(kind))
        for part in parts(documents, COLUMNS[kind]) if documents else ():
            context = {"part": part, "portal": portal, "over": _over(part.rows, portal.today)}
            yield Page(part.url, template, context, nav=part.url if part.number == 0 else COLUMNS[kind])


def _over(documents: Iterable[Any], today: date) -> set[str]:
    return {doc.id for doc in documents if schedule.status(doc.front, today) == schedule.OVER}


def texts(portal: Any) -> Iterator[Text]:
    """Atom and JSON feeds of every column that has documents, and of the guides."""
    for kind, url in COLUMNS.items():
        documents = portal.documents(kind)
        if documents:
            yield from _feeds(portal.site, url, documents)
    guides = [_dated(row, portal) for row in portal.newest_guides(feeds.FEED_LENGTH)]
    if guides:
        yield from _feeds(portal.site, GUIDES, guides)


def _dated(row: Mapping[str, Any], portal: Any) -> Entry:
    """A guide as news: its last change, by the department that handles it."""
    copied = {"title": row["name"], "summary": row["summary"], "published": row["updated"]}
    issuer = portal.content.departments[row["dept"]]["name"]
    return Entry("guide", row["id"], {**copied, "issuer": issuer}, Path())


def _feeds(site: Mapping[str, Any], url: str, documents: Sequence[Any]) -> Iterator[Text]:
    title = LABELS[url]
    yield Text(f"{url[1:]}feed.xml", feeds.atom(site, url=url, title=title, documents=documents))
    yield Text(f"{url[1:]}feed.json", feeds.json_feed(site, url=url, title=title, documents=documents))


def ages(documents: Mapping[str, Sequence[Any]], today: date) -> Iterator[str]:
    """What an editor should know about columns without news."""
    latest = {kind: _latest(documents.get(kind, ())) for kind in COLUMNS}
    home = max((day for day in latest.values() if day), default=None)
    if home and today - home > HOME_AGE:
        days = (today - home).days
        yield f"首页已经 {days} 天没有新内容（要求不超过 {HOME_AGE.days} 天），请发布新的公告或者文件"
    for kind, day in latest.items():
        if day and today - day > COLUMN_AGE:
            name = LABELS[COLUMNS[kind]]
            yield f"“{name}”栏目最近一篇是 {day} 发布的，已经超过 6 个月，请更新"


def _latest(documents: Sequence[Any]) -> date | None:
    return max((date.fromisoformat(doc.front["published"]) for doc in documents), default=None)
