"""Rules over the whole, asked of the store: what documents name must be there, codes belong to one item."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from publishing import check, check_site, sources
from publishing.bodies import Reader
from publishing.engine import pairs
from publishing.engine.known import Answered, Asked, exists
from publishing.engine.ledger import Ledger
from publishing.engine.store import Store
from publishing.faults import Fault
from publishing.search import synonyms
from publishing.sources import Document

SITE = "site:site"
_MISSING = """
select distinct a.source from asks a left join documents d
  on d.kind = substr(a.target, 1, instr(a.target, ':') - 1)
  and d.id = substr(a.target, instr(a.target, ':') + 1)
where a.target not like 'form:%' and a.target not like 'online:%' and ifnull(d.row, '') = ''
union
select distinct a.source from asks a left join documents d on d.kind = 'guide' and d.id = substr(a.target, 8)
where a.target like 'online:%' and not ifnull(d.online, 0)
"""
_TWICE = "select key, value from uniques group by key, value having count(*) > 1"


class Settlement:
    """Judges a ledger's changes; `asked` and `answered` are two views of the same content."""

    def __init__(self, store: Store, asked: Asked, answered: Answered, *, today: date) -> None:
        self._store = store
        self._asked = asked
        self._answered = answered
        self._today = today
        self._reader = Reader()

    def faults(self, ledger: Ledger, *, cold: bool) -> list[Fault]:
        """Every finding that needs more than one document."""
        if cold:
            self._ask_site()
        found = set(self._missing(ledger, cold=cold)) | set(self._repeated(ledger, cold=cold))
        found |= set(pairs.faults(self._store, ledger, self._answered, cold=cold))
        found |= {
            self._answered.site_fault(one) for one in check_site.empty(self._answered, used=self._used())
        }
        return sorted(found.union(synonyms.faults(self._answered.folder)))

    def _ask_site(self) -> None:
        """What site.yaml itself leads to counts as asked for by a document of its own."""
        self._asked.begin()
        list(check_site.site(self._asked))
        self._store.many(
            "insert or ignore into asks values (?, ?)", ((target, SITE) for target in self._asked.asked)
        )

    def _missing(self, ledger: Ledger, *, cold: bool) -> Iterator[Fault]:
        sources_ = {source for (source,) in self._store.all(_MISSING)} if cold else self._in_want(ledger)
        for source in sorted(sources_ | ({SITE} if cold else set())):
            yield from self._checked(source)

    def _in_want(self, ledger: Ledger) -> set[str]:
        """Documents that name something which is not there, among those that this change can have hurt."""
        wanting = {f"{kind}:{name}" for kind, name in ledger.changed if self._wants(kind, name)}
        lost = (target for target in ledger.gone if not exists(self._store, target))
        return wanting.union(*(self._askers(target) for target in lost))

    def _wants(self, kind: str, name: str) -> bool:
        return any(
            not exists(self._store, target) for target in self._store.facts(kind, name).get("asks", ())
        )

    def _askers(self, target: str) -> set[str]:
        return {source for (source,) in self._store.all("select source from asks where target = ?", target)}

    def _checked(self, source: str) -> Iterator[Fault]:
        """Say what is wrong, with the answers that are true now."""
        if source == SITE:
            yield from map(self._answered.site_fault, check_site.site(self._answered))
            return
        document = self._document(source)
        if document:
            yield from check.document(self._answered, document, reader=self._reader, today=self._today)

    def _document(self, source: str) -> Document | None:
        kind, _, name = source.partition(":")
        path = self._store.one("select path from documents where kind = ? and id = ?", kind, name)
        return sources.read(kind, Path(path), faults=[]) if path else None

    def _repeated(self, ledger: Ledger, *, cold: bool) -> Iterator[Fault]:
        claims = self._store.all(_TWICE) if cold else self._claims(ledger)
        for key, value in list(claims):
            query = "select u.source from uniques u where key = ? and value = ? order by source"
            first, *others = [source for (source,) in self._store.all(query, key, value)]
            for source in others:
                document = self._document(source)
                if document:
                    yield document.fault(check_site.repeated(key, value, other=first.partition(":")[2]))

    def _claims(self, ledger: Ledger) -> Iterable[tuple[str, str]]:
        claims = {
            tuple(pair)
            for kind, name in ledger.changed
            for pair in self._store.facts(kind, name).get("uniques", ())
        }
        return sorted(claims)

    def _used(self) -> frozenset[str]:
        """Kinds and topics of which something is there."""
        kinds = {
            kind
            for kind in sources.FOLDERS
            if self._store.one("select 1 from documents where kind = ? and row != ''", kind)
        }
        named = {
            f"{side}:{topic}"
            for side, topics in self._answered.topics.items()
            for topic in topics
            if self._has(side, topic)
        }
        families = (("groups", "group"), ("events", "event"))  # keys of site.yaml and their lists
        named |= {
            f"{key}:{row['id']}"
            for key, name in families
            for row in self._answered.site.get(key, ())
            if self._has(name, row["id"])
        }
        return frozenset(kinds | named | self._package_topics())

    def _has(self, side: str, topic: str) -> bool:
        return bool(self._store.one("select 1 from members where list = ?", f"{side}:{topic}"))

    def _package_topics(self) -> set[str]:
        rows = self._store.all("select row from documents where kind = 'package' and row != ''")
        return set().union(*(check_site.topics(json.loads(row)["front"]) for (row,) in rows))
