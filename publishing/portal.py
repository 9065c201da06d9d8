"""The compiled content as the pages need it: items by topic and department, news by date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from publishing import catalogue, labels
from publishing.bodies import Reader
from publishing.catalogue import Item
from publishing.sources import Content, Document

Row = dict[str, Any]
SIDES = {"person": "个人办事", "corp": "法人办事"}
HOT = 5


@dataclass
class Portal:
    """What is published on one day. Cancelled items keep their page but leave the lists."""

    content: Content
    today: date
    reader: Reader = field(default_factory=Reader)

    @cached_property
    def items(self) -> list[Item]:
        return catalogue.compile_items(self.content, self.reader)

    @cached_property
    def site(self) -> dict[str, Any]:
        """site.yaml, with the standing pages as footer entries unless it names its own."""
        return {"footer": self._footer()} | self.content.site

    def _footer(self) -> list[dict[str, str]]:
        pages = sorted(self.content.of("page"), key=lambda page: (page.front.get("order", 99), page.id))
        english = ({"name_en": page.front["title_en"]} if "title_en" in page.front else {} for page in pages)
        return [
            {"url": page.url, "name": page.front["title"]} | more
            for page, more in zip(pages, english, strict=True)
        ]

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Items in use or paused, by id, as list entries."""
        return {
            item["id"]: self._row(item["id"], item["guide"])
            for item in self.items
            if item["guide"]["state"] != catalogue.CANCELLED
        }

    def _row(self, name: str, guide: Mapping[str, Any]) -> Row:
        promise = labels.limit(guide["promise_limit"])
        visits = f"到现场 {guide['visits']} 次" if guide["visits"] else "不用到现场"
        fee = "收费" if guide["fee"]["charged"] else "不收费"
        copied = {key: guide[key] for key in ("name", "name_en", "summary", "summary_en", "dept")}
        facts = [self.content.departments[guide["dept"]]["short"], promise, fee, visits]
        online = catalogue.is_online(guide)
        return copied | {"id": name, "url": f"/guides/{name}/", "facts": facts, "online": online}

    @cached_property
    def by_topic(self) -> dict[tuple[str, str], list[Row]]:
        """List entries by (side, topic)."""
        return self._grouped(
            ((side, topic), item["id"])
            for item in self.items
            for side in SIDES
            for topic in item["guide"].get(f"topics_{side}", [])
        )

    def packages_about(self, side: str, topic: str) -> list[Document]:
        """Packages of one topic."""
        return [p for p in self.packages if (p.front["audience"], p.front.get("topic")) == (side, topic)]

    def topic_size(self, side: str, topic: str) -> str:
        """What a tile says of its topic: 4 个事项, or 1 个套餐 where there are only packages."""
        items, packages = len(self.by_topic.get((side, topic), [])), len(self.packages_about(side, topic))
        return f"{items} 个事项" if items else f"{packages} 个套餐"

    @cached_property
    def by_department(self) -> dict[str, list[Row]]:
        """List entries by the department that handles them, alone or jointly."""
        return self._grouped(
            (dept, item["id"])
            for item in self.items
            for dept in (item["guide"]["dept"], *item["guide"].get("joint_depts", ()))
        )

    def _grouped(self, pairs: Iterable[tuple[Any, str]]) -> dict[Any, list[Row]]:
        groups: dict[Any, list[Row]] = defaultdict(list)
        for key, name in pairs:
            if name in self.rows:
                groups[key].append(self.rows[name])
        return groups

    @cached_property
    def packages(self) -> list[Document]:
        return self.content.of("package")

    @cached_property
    def notices(self) -> list[Document]:
        """Pinned first, then the newest."""
        return sorted(self._newest("notice"), key=lambda notice: not self._pinned(notice))

    @cached_property
    def policies(self) -> list[Document]:
        """The newest first."""
        return self._newest("policy")

    def _newest(self, kind: str) -> list[Document]:
        return sorted(self.content.of(kind), key=lambda doc: (doc.front["published"], doc.id), reverse=True)

    def _pinned(self, notice: Document) -> bool:
        return bool(notice.front.get("pinned")) and not self.expired(notice)

    def expired(self, document: Document) -> bool:
        """Whether its last day has passed."""
        return str(document.front.get("expires_on", "9999")) < self.today.isoformat()

    @cached_property
    def hot(self) -> list[Row]:
        """What most other pages point to, online items first (there are no visit counts to go by)."""
        pointed: dict[str, int] = defaultdict(int)
        for name in self._references():
            pointed[name] += 1
        ranked = sorted(
            self.rows.values(), key=lambda row: (not row["online"], -pointed[row["id"]], row["id"])
        )
        return ranked[:HOT]

    def _references(self) -> Iterable[str]:
        for document in self.content.all():
            yield from document.front.get("related", [])
            yield from (item.get("guide", "") for item in document.front.get("items", []))
