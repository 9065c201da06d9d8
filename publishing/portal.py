"""The published content as pages need it: rows from the store, small kinds as entries, news by date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from publishing.bodies import Reader
from publishing.check_site import topics
from publishing.published import Published
from publishing.rows import Entry, Row
from publishing.sources import Content
from publishing.spelling import understood
from schemas.forms import Form

SIDES = {"person": "个人办事", "corp": "法人办事"}
HOT = 5
_FORMS_KEPT = 128


@dataclass
class Portal:
    """What is published on one day. Cancelled items keep their page but leave the lists.

    `content` has site.yaml and the forms but no documents. `fresh` is where this build writes, `live` the
    site as it stands; they are the same folder for whoever only reads.
    """

    content: Content
    today: date
    store: Path
    fresh: Path
    live: Path
    reader: Reader = field(default_factory=Reader)
    database: sqlite3.Connection | None = None
    past: Path | None = None
    before: dict[tuple[str, str, str], bytes | None] = field(default_factory=dict)

    def reopen(self) -> None:
        """A connection of this process's own: SQLite's do not survive a fork."""
        self.database = sqlite3.connect(f"{self.store.as_uri()}?mode=ro", uri=True, isolation_level=None)

    @property
    def db(self) -> sqlite3.Connection:
        if self.database is None:
            self.reopen()
        assert self.database
        return self.database

    @cached_property
    def site(self) -> dict[str, Any]:
        """site.yaml, with the standing pages as footer entries unless it names its own."""
        return {"footer": self._footer()} | self.content.site

    def _footer(self) -> list[dict[str, str]]:
        standing = (page for page in self.documents("page") if not self.expired(page))
        pages = sorted(standing, key=lambda page: (page.front.get("order", 99), page.id))
        english = ({"name_en": page.front["title_en"]} if "title_en" in page.front else {} for page in pages)
        return [
            {"url": page.url, "name": page.front["title"]} | more
            for page, more in zip(pages, english, strict=True)
        ]

    def documents(self, kind: str) -> list[Entry]:
        """All public documents of a small kind, in order of ids."""
        if kind not in self._documents:
            found = self.db.execute(
                "select id, row from documents where kind = ? and row != '' order by id", (kind,)
            )
            self._documents[kind] = [self._entry(kind, name, row) for name, row in found]
        return self._documents[kind]

    @cached_property
    def _documents(self) -> dict[str, list[Entry]]:
        return {}

    def has(self, kind: str, name: str) -> bool:
        """Whether there is such a public document."""
        query = "select 1 from documents where kind = ? and id = ? and row != ''"
        return self.db.execute(query, (kind, name)).fetchone() is not None

    def entry(self, kind: str, name: str) -> Entry | None:
        """One public document of a small kind."""
        found = self._text(kind, name)
        return self._entry(kind, name, found) if found else None

    def _entry(self, kind: str, name: str, row: str) -> Entry:
        data = understood(row)
        return Entry(kind, name, data["front"], Path(data["path"]))

    def _text(self, kind: str, name: str) -> str:
        found = self.db.execute(
            "select row from documents where kind = ? and id = ?", (kind, name)
        ).fetchone()
        return str(found[0]) if found else ""

    def row(self, name: str) -> Row | None:
        """A guide in use or paused, as a list entry."""
        found = self.db.execute(
            "select row from documents where kind = 'guide' and id = ? and listed", (name,)
        ).fetchone()
        return understood(found[0]) if found else None

    def guide_rows(self) -> Iterator[Row]:
        """All of them, in order of ids."""
        found = self.db.execute("select row from documents where kind = 'guide' and listed order by id")
        return (understood(text) for (text,) in found)

    def newest_guides(self, limit: int) -> list[Row]:
        """What was changed last, the newest first."""
        found = self.db.execute(
            "select row from documents indexed by recent where kind = 'guide' and listed"
            " order by json_extract(row, '$.updated') desc, id desc limit ?",
            (limit,),
        )
        return [understood(text) for (text,) in found]

    @cached_property
    def total(self) -> int:
        """How many guides are listed."""
        found = self.db.execute("select count(*) from documents where kind = 'guide' and listed").fetchone()
        return int(found[0])

    def count(self, name: str) -> int:
        """How many guides are in a list ("dept:scjg", "person:shebao")."""
        found = self.db.execute("select n from sizes where name = ?", (name,)).fetchone()
        return int(found[0]) if found else 0

    def sizes(self, start: str) -> dict[str, int]:
        """How many listed guides there are of each kind whose name begins so; the ends of the names."""
        found = self.db.execute(
            "select name, n from sizes where name >= ? and name < ? and n > 0", (start, f"{start}\U0010ffff")
        )
        return {name.removeprefix(start): n for name, n in found}

    def listing(self, name: str, limit: int | None = None) -> list[Row]:
        """The members of a list, newest first."""
        query = (
            "select d.row from members m join documents d on d.kind = 'guide' and d.id = m.id"
            " where m.list = ? order by m.sort desc limit ?"
        )
        return [
            understood(text) for (text,) in self.db.execute(query, (name, -1 if limit is None else limit))
        ]

    @cached_property
    def packages(self) -> list[Entry]:
        """Packages in force; one past its last day keeps its page only."""
        return [package for package in self.documents("package") if not self.expired(package)]

    def packages_about(self, side: str, topic: str) -> list[Entry]:
        """Packages of one topic."""
        return [package for package in self.packages if f"{side}:{topic}" in topics(package.front)]

    def packages_with(self, name: str) -> list[Entry]:
        """Packages that contain an item."""
        asked = self.db.execute(
            "select source from shows where target = ? and source like 'package:%' order by source",
            (f"guide:{name}",),
        )
        return [
            entry
            for (source,) in asked
            if (entry := self.entry("package", source.partition(":")[2])) and not self.expired(entry)
        ]

    def topic_size(self, side: str, topic: str) -> str:
        """What a tile says of its topic: 4 个事项, or 1 个套餐 where there are only packages."""
        items, packages = self.count(f"{side}:{topic}"), len(self.packages_about(side, topic))
        return f"{items} 个事项" if items else f"{packages} 个套餐"

    @cached_property
    def notices(self) -> list[Entry]:
        """Pinned first, then the newest."""
        return sorted(self._newest("notice"), key=lambda notice: not self._pinned(notice))

    @cached_property
    def policies(self) -> list[Entry]:
        """The newest first."""
        return self._newest("policy")

    def _newest(self, kind: str) -> list[Entry]:
        return sorted(self.documents(kind), key=lambda doc: (doc.front["published"], doc.id), reverse=True)

    def _pinned(self, notice: Entry) -> bool:
        return bool(notice.front.get("pinned")) and not self.expired(notice)

    def expired(self, document: Entry) -> bool:
        """Whether its last day has passed."""
        return str(document.front.get("expires_on", "9999")) < self.today.isoformat()

    @cached_property
    def hot(self) -> list[Row]:
        """What most other pages point to, online items first (there are no visit counts to go by)."""
        chosen = [
            understood(text)
            for (text,) in self.db.execute(
                f"{_HOT} where d.online and d.listed order by p.n desc, p.id limit ?", (HOT,)
            )
        ]
        return chosen if len(chosen) == HOT else self._few_hot()

    def _few_hot(self) -> list[Row]:
        """The same where few items are online."""
        query = (
            "select d.row from documents d left join pointed p on p.id = d.id where d.kind = 'guide' and d.listed"
            " order by d.online desc, ifnull(p.n, 0) desc, d.id limit ?"
        )
        return [understood(text) for (text,) in self.db.execute(query, (HOT,))]

    @cached_property
    def published(self) -> Published:
        """The catalogue's items, now and before."""
        return Published(self.fresh, self.live, self.past)

    def form(self, name: str, lang: str = "zh") -> Form:
        """A form, made once; guides may share it."""
        form: Form = self._forms(name, lang)
        return form

    @cached_property
    def _forms(self) -> Any:
        return lru_cache(maxsize=_FORMS_KEPT)(self._form)

    def _form(self, name: str, lang: str) -> Form:
        return Form(
            self.content.form(name).data or {}, self.content.form(name, suffix="en").data or {}, lang=lang
        )

    def extracts(self, name: str) -> Iterator[tuple[str, str, bytes]]:
        """(kind, id, data) that an extractor made, in that order."""
        return self.db.execute(
            "select kind, id, data from extracts where name = ? order by kind, id", (name,)
        )

    def extracted(
        self, name: str, first: tuple[str, str], last: tuple[str, str]
    ) -> Iterator[tuple[str, str]]:
        """(kind, id) of what an extractor made something of, from the first to the last."""
        return self.db.execute(
            "select kind, id from extracts where name = ? and (kind, id) between (?, ?) and (?, ?)",
            (name, *first, *last),
        )

    def extract(self, name: str, kind: str, document: str) -> bytes | None:
        """What an extractor made of one document."""
        found = self.db.execute(
            "select data from extracts where name = ? and kind = ? and id = ?", (name, kind, document)
        ).fetchone()
        data: bytes | None = found and found[0]
        return data

    def any_extract(self, name: str) -> bool:
        """Whether an extractor made anything of this name."""
        return (
            self.db.execute("select 1 from extracts where name = ? limit 1", (name,)).fetchone() is not None
        )

    def touched(self, start: str) -> set[str]:
        """Ends of the names that begin so under which this build made, changed or took away an extract."""
        return {
            key[0].removeprefix(start)
            for key, old in self.before.items()
            if key[0].startswith(start) and self.extract(*key) != old
        }

    def was(self, name: str, kind: str, document: str) -> bytes | None:
        """What an extractor had made of it before this build changed it."""
        key = name, kind, document
        return self.before[key] if key in self.before else self.extract(*key)

    def previous(self, path: str) -> bytes | None:
        """A file of the site as it stands, before this build."""
        file = self.live / path
        return file.read_bytes() if file.is_file() else None

    def urls(self) -> list[str]:
        """Every address a search engine should know, in order."""
        found = self.db.execute(
            "select urls from documents where urls != '' union all select url from outputs where url != ''"
        )
        return sorted(url for (text,) in found for url in text.split("\n"))


_HOT = (
    "select d.row from pointed p indexed by most_pointed join documents d on d.kind = 'guide' and d.id = p.id"
)
