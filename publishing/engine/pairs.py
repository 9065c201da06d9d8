"""Documents that must agree with each other: a guide with its entry in the 权责清单, former names with present ones.

The store finds who may be at odds; the checks themselves are those of `publish.py check`, asked about these few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from publishing import sources
from publishing.duties import checks
from publishing.duties.hooks import BY_ENTRY, MOVED
from publishing.engine.known import Answered
from publishing.engine.ledger import Ledger
from publishing.engine.store import Store
from publishing.faults import Fault
from publishing.sources import FOLDERS, Document
from publishing.spelling import understood

Key = tuple[str, str]
_CLAIMED = "select id, data from extracts where name = ? and kind = 'guide'"
_FORMER = "select kind, id, data from extracts where name = ?"


def faults(store: Store, ledger: Ledger, content: Answered, *, cold: bool) -> Iterator[Fault]:
    """What is at odds now, among what this build changed."""
    at_odds = {key for name in _entries(store, ledger, cold=cold) for key in _disagreeing(store, name)}
    for guide, about in checks.agreement(_of(store, content, at_odds)) if at_odds else ():
        yield guide.fault(about)
    if _contested(store):
        renamed = [(kind, name) for kind, name, _ in store.all(_FORMER, MOVED)]
        for document, about in checks.former(_of(store, content, renamed)):
            yield document.fault(about)


def _entries(store: Store, ledger: Ledger, *, cold: bool) -> set[str]:
    """Entries of the 权责清单 that are new or different, or about which a changed guide says something."""
    if cold:
        return {name for (name,) in store.all("select id from documents where kind = 'duty'")}
    said = {key[0].removeprefix(BY_ENTRY) for key in ledger.before if key[0].startswith(BY_ENTRY)}
    return said | {name for kind, name in ledger.changed if kind == "duty"}


def _disagreeing(store: Store, entry: str) -> Iterator[Key]:
    row = store.one("select row from documents where kind = 'duty' and id = ? and row != ''", entry)
    front = understood(row)["front"] if row else {}
    wanted = [front.get(key) for key in ("code", "item_type", "dept")]
    for name, data in store.all(_CLAIMED, BY_ENTRY + entry) if row else ():
        if understood(data) != wanted:
            yield from (("guide", name), ("duty", entry))


def _contested(store: Store) -> bool:
    """Whether a former name is in use, or claimed twice."""
    claimed: set[Key] = set()
    for kind, name, data in store.all(_FORMER, MOVED):
        start = f"/{FOLDERS[kind]}/"
        for old in {url.split("/")[-2] for url, _ in understood(data) if url.startswith(start)} - {name}:
            if (kind, old) in claimed or store.one(
                "select 1 from documents where kind = ? and id = ?", kind, old
            ):
                return True
            claimed.add((kind, old))
    return False


def _of(store: Store, content: Answered, keys: Iterable[Key]) -> Answered:
    """The same content with these documents in it."""
    found: dict[str, list[Document]] = {}
    for kind, name in sorted(set(keys)):
        path = store.one("select path from documents where kind = ? and id = ?", kind, name)
        document = sources.read(kind, Path(path), faults=[]) if path else None
        if document:
            found.setdefault(kind, []).append(document)
    made = Answered(content.folder, content.forms_folder, content.site_text, content.site, found)
    made.store = store
    return made
