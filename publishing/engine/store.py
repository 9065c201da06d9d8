"""What the last build knew: one SQLite file beside the output, one row for each document.

The store is a cache of derived facts with a journal for the output; without it the next build is a cold one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

_FORMAT = 4
_TABLES = """
create table meta (key text primary key, value) without rowid;
create table folders (path text primary key, mark blob) without rowid;
create table documents (kind text, id text, path text, folder text, stamp blob, digest blob, until text,
  listed int, online int, version text, row text, warnings text, facts text,
  outputs text, urls text,
  primary key (kind, id));
create index in_folder on documents (folder);
create index warned on documents (path) where warnings != '';
create index hidden on documents (kind, id) where row = '';
create index listed on documents (kind, id) where listed;
create index recent on documents (json_extract(row, '$.updated'), id) where kind = 'guide' and listed;
create index timed on documents (until) where until != '';
create table asks (target text, source text, primary key (target, source)) without rowid;
create table shows (target text, source text, owner text, primary key (target, source, owner)) without rowid;
create table uniques (key text, value text, source text, primary key (key, value, source)) without rowid;
create table members (list text, sort text, id text, mark text, primary key (list, sort, id)) without rowid;
create table pointed (id text primary key, n int) without rowid;
create index most_pointed on pointed (n desc, id);
create table sizes (name text primary key, n int) without rowid;
create table extracts (name text, kind text, id text, data blob, primary key (name, kind, id)) without rowid;
create table outputs (path text primary key, owner text, url text, digest blob) without rowid;
create index of_owner on outputs (owner);
create table producers (name text primary key, inputs text) without rowid;
create table journal (path text primary key, act text) without rowid;
"""
_FAST = ("journal_mode = off", "synchronous = off")
_SAFE = ("journal_mode = delete", "synchronous = normal")


class Known(NamedTuple):
    """What is kept of a document besides what its pages and lists need."""

    kind: str
    id: str
    path: str
    stamp: bytes
    digest: bytes


class Store:
    """One open store. A new one is written without safety: it counts only once it carries its final name."""

    def __init__(self, path: Path, *, new: bool = False) -> None:
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None)
        for setting in (*(_FAST if new else _SAFE), "cache_size = -32768", "temp_store = memory"):
            self.db.execute(f"pragma {setting}")
        if new:
            self.db.executescript(_TABLES)
            self.set("format", _FORMAT)

    @staticmethod
    def readable(path: Path) -> Store | None:
        """The store of an earlier build, unless there is none that this version can read."""
        if not path.is_file():
            return None
        try:
            store = Store(path)
            return store if store.get("format") == _FORMAT else None
        except sqlite3.DatabaseError:
            return None

    def close(self) -> None:
        self.db.close()

    def get(self, key: str) -> Any:
        found = self.db.execute("select value from meta where key = ?", (key,)).fetchone()
        return found and found[0]

    def set(self, key: str, value: object) -> None:
        self.db.execute("insert or replace into meta values (?, ?)", (key, value))

    def one(self, query: str, *values: object) -> Any:
        """The first column of the first row, or None."""
        found = self.db.execute(query, values).fetchone()
        return found and found[0]

    def all(self, query: str, *values: object) -> Iterator[Any]:
        return self.db.execute(query, values)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Statements that cost one writing together instead of one each; inside of another such, they join it."""
        outer = self.db.in_transaction
        if not outer:
            self.db.execute("begin")
        yield
        if not outer:
            self.db.execute("commit")

    def many(self, query: str, values: Iterable[Sequence[object]]) -> None:
        self.db.executemany(query, values)

    def marks(self) -> dict[str, bytes]:
        return dict(self.all("select path, mark from folders"))

    def known(self, where: str, *values: object) -> Iterator[Known]:
        return map(
            Known._make,
            self.all(f"select kind, id, path, stamp, digest from documents where {where}", *values),
        )

    def facts(self, kind: str, name: str) -> dict[str, Any]:
        """What a document asked, shows, claims for itself alone, and the lists it is in."""
        text = self.one("select facts from documents where kind = ? and id = ?", kind, name)
        return json.loads(text) if text else {}
