"""Taking compiled documents into the store, and what follows from them: dirty documents, touched lists."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from publishing.engine.compile import Compiled
from publishing.engine.hooks import Change
from publishing.engine.registry import BOTH_WAYS
from publishing.engine.store import Store
from publishing.sources import FOLDERS
from publishing.spelling import understood

Key = tuple[str, str]
_INSERT = f"insert or replace into documents values ({', '.join('?' * 15)})"
_RELATED = {
    "asks": "(target, source) values (?, ?)",
    "shows": "(target, source, owner) values (?, ?, ?)",
    "uniques": "(key, value, source) values (?, ?, ?)",
    "members": "(list, sort, id, mark) values (?, ?, ?, ?)",
}

_COUNTED = {
    "pointed": ("id", ("points",)),
    "sizes": ("name", ("lists", "tallies")),
}  # key, and facts that count


class Ledger:
    """One build's changes to the store. In a cold build nothing is looked up: all of it is new."""

    def __init__(self, store: Store, *, cold: bool) -> None:
        self.store = store
        self._cold = cold
        self.changed: list[Key] = []
        self.removed: list[Key] = []
        self.dirty: set[str] = set()  # "kind:id" whose pages must be rendered
        self.lists: set[str] = set()
        self.gone: set[str] = set()  # targets that are there no more
        self.paths: set[str] = set()  # output files of what was removed
        self.urls: set[str] = set()  # its addresses
        self.before: dict[tuple[str, str, str], bytes | None] = {}

    def change(self, *, before: Collection[str] = (), now: Collection[str] = ()) -> Change:
        """What this build changes; `before` and `now`: addresses of what was rendered."""
        came, went = frozenset(now).difference(before, self.urls), self.urls.union(before).difference(now)
        changed, removed = tuple(sorted(self.changed)), tuple(sorted(self.removed))
        return Change(self._cold, changed, removed, came, frozenset(went))

    def take(self, batch: Iterable[Compiled]) -> None:
        """Take answers of the workers."""
        fresh = []
        for one in batch:
            if one.same:
                values = (one.stamp, one.kind, one.id)
                self.store.db.execute("update documents set stamp = ? where kind = ? and id = ?", values)
            else:
                fresh.append(one)
        outputs = {one: ("", "") if self._cold else self._old(one) for one in fresh}
        self.store.many(_INSERT, (_document(one, outputs[one]) for one in fresh))
        related = {table: [row for one in fresh for row in _related(one, table)] for table in _RELATED}
        for table, rows in related.items():
            self.store.many(f"insert or ignore into {table} {_RELATED[table]}", sorted(rows))
        for table in _COUNTED:
            self._count(table, (name for one in fresh for name in _counted(one.facts, table)), 1)
        self.store.many("insert or replace into extracts values (?, ?, ?, ?)", _extracted(fresh))
        for one in fresh:
            self._note(one)

    def _old(self, one: Compiled) -> tuple[str, str]:
        """Forget what the document was; its files stay known until its new ones are."""
        query = "select row, listed, online, outputs, urls from documents where kind = ? and id = ?"
        found = self.store.db.execute(query, (one.kind, one.id)).fetchone()
        if found is None:
            self._echo(one.kind, one.id)
            return "", ""
        if found[:3] != (one.row, int(one.listed), int(one.online)):
            self._echo(one.kind, one.id)
        self._lose(one.kind, one.id, bool(found[0]) and not one.row, bool(found[2]) and not one.online)
        self._forget(one.kind, one.id)
        if found[0] and not one.row and one.kind in FOLDERS:  # no longer public
            self._drop(found[3], found[4])
            return "", ""
        return str(found[3] or ""), str(found[4] or "")

    def _drop(self, outputs: str | None, urls: str | None) -> None:
        """What was made of it is no longer wanted."""
        self.paths.update(filter(None, (outputs or "").split("\n")))
        self.urls.update(filter(None, (urls or "").split("\n")))

    def _lose(self, kind: str, name: str, document: bool, online: bool) -> None:
        self.gone |= {f"{kind}:{name}"} if document else set()
        self.gone |= {f"online:{name}"} if online else set()

    def _forget(self, kind: str, name: str) -> None:
        """Undo what the document contributed."""
        old = Compiled(kind, name, "", b"", b"", facts=json.dumps(self.store.facts(kind, name)))
        for table in _RELATED:
            columns = [column.strip() for column in _RELATED[table].partition(")")[0][1:].split(",")]
            where = " and ".join(f"{column} = ?" for column in columns)
            rows = list(_related(old, table))
            self.store.many(f"delete from {table} where {where}", rows)
            if table == "shows":
                self.dirty |= {source for _, source, _ in rows}
            if table == "members":
                self.lists |= {row[0] for row in rows}
        for table in _COUNTED:
            self._count(table, _counted(old.facts, table), -1)
        for extract in json.loads(old.facts).get("extracts", ()):
            key = extract, kind, name
            where = "where name = ? and kind = ? and id = ?"
            self.before[key] = self.store.one(f"select data from extracts {where}", *key)
            self.store.db.execute(f"delete from extracts {where}", key)

    def _count(self, table: str, names: Iterable[str], step: int) -> None:
        key = _COUNTED[table][0]
        query = f"insert into {table} values (?, ?) on conflict ({key}) do update set n = n + excluded.n"
        self.store.many(query, ((name, n * step) for name, n in Counter(names).items()))

    def _echo(self, kind: str, name: str) -> None:
        """What others show of this document has changed."""
        self.dirty.update(
            found
            for (found,) in self.store.all("select source from shows where target = ?", f"{kind}:{name}")
        )

    def _note(self, one: Compiled) -> None:
        if one.kind in FOLDERS:
            self.changed.append((one.kind, one.id))
        facts = _facts(one.facts)
        self.lists.update(facts.get("lists", ()))
        self.dirty.add(f"{one.kind}:{one.id}")
        if not self._cold:
            self.dirty |= {source for _, source, _ in _related(one, "shows")}
            for name, _ in one.extracts:
                self.before.setdefault((name, one.kind, one.id), None)

    def remove(self, kind: str, name: str) -> None:
        """A source is no more."""
        query = "select row, online, outputs, urls from documents where kind = ? and id = ?"
        row, online, *made = self.store.db.execute(query, (kind, name)).fetchone()
        self._lose(kind, name, bool(row), bool(online))
        self._echo(kind, name)
        self._forget(kind, name)
        self.store.db.execute("delete from documents where kind = ? and id = ?", (kind, name))
        self._drop(*made)
        self.removed.append((kind, name))
        self.dirty.discard(f"{kind}:{name}")


def _document(one: Compiled, old: tuple[str, str]) -> tuple[Any, ...]:
    warnings = (
        json.dumps([[fault.line, fault.message] for fault in one.faults], ensure_ascii=False)
        if one.faults
        else ""
    )
    row = one.row or ("{}" if one.kind in ("file", "form") else "")
    folder = one.path.rpartition("/")[0]
    head = (one.kind, one.id, one.path, folder, one.stamp, one.digest, one.until, one.listed, one.online)
    return (*head, one.version, row, warnings, one.facts, *old)


@lru_cache(maxsize=512)
def _facts(text: str) -> dict[str, Any]:
    """What a document contributes; it is asked for once for each table."""
    return understood(text)  # type: ignore[no-any-return]


def _counted(facts: str, table: str) -> list[str]:
    return [name for fact in _COUNTED[table][1] for name in _facts(facts).get(fact, ())]


def _related(one: Compiled, table: str) -> Iterable[tuple[str, ...]]:
    """A document's rows of one table."""
    facts, source = _facts(one.facts), f"{one.kind}:{one.id}"
    if table == "asks":
        return ((target, source) for target in facts.get("asks", ()))
    if table == "uniques":
        return ((key, value, source) for key, value in facts.get("uniques", ()))
    if table == "members":
        return ((name, facts["sort"], one.id, facts["mark"]) for name in facts.get("lists", ()))
    pairs = [(target, source) for target in facts.get("shows", ())]
    if one.kind in BOTH_WAYS:
        pairs += [(source, target) for target, _ in pairs]
    return ((target, shower, source) for target, shower in pairs)


def _extracted(batch: Iterable[Compiled]) -> Iterable[tuple[str, str, str, bytes]]:
    return ((name, one.kind, one.id, data) for one in batch for name, data in one.extracts)
