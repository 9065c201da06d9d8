"""What other modules add to a build, one line each. All of it is pure: no clock, no environment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from publishing import plan, statistics
from publishing.duties import hooks as duties
from publishing.engine import indexes
from publishing.engine.hooks import ListKind, Output, Producer
from publishing.packages import Packages
from publishing.portal import Portal
from publishing.search import entries
from publishing.search.producer import SearchIndex
from publishing.sources import Document

# name -> what the worker keeps of each changed document (text or bytes; None for nothing)
EXTRACTORS: dict[str, Callable[[Document, dict[str, Any] | None], bytes | str | None]] = {
    **duties.EXTRACTORS,
    "search": entries.extract,
}

# what listed guides are counted by, besides their lists
TALLIES: list[Callable[[Mapping[str, Any]], str]] = [statistics.promise]

# files made from the whole, run when what they read changed
PRODUCERS: list[Producer] = [
    indexes.CatalogueIndex(),
    indexes.Addresses(),
    *duties.PRODUCERS,
    SearchIndex(),
    Packages(),
    statistics.Statistics(),
]

# families of paged lists of guides
LISTS: list[ListKind] = [plan.DEPARTMENT_LISTS, *plan.TOPIC_LISTS, *duties.LISTS]

# pages rendered whenever anything changed
STANDING: list[Callable[[Portal], Iterator[Output]]] = [plan.standing, plan.robots, *duties.STANDING]

# kind -> the pages of one document; a guide's get its compiled item, others their entry
DOCUMENT_PAGES: dict[str, list[Callable[[Portal, Any], Iterator[Output]]]] = {
    "guide": [plan.guide_pages, plan.form_pages],
    "package": [plan.package_pages],
    "notice": [plan.notice_pages],
    "policy": [plan.policy_pages],
    "page": [plan.page_pages],
}
for _kind, _pages in duties.DOCUMENT_PAGES.items():
    DOCUMENT_PAGES[_kind] = [*DOCUMENT_PAGES.get(_kind, ()), *_pages]

# the documents whose rows a document's pages show, as "kind:id"
MENTIONS: list[Callable[[Document], Iterable[str]]] = [plan.mentions, duties.mentions]

# kinds whose documents show themselves on the pages of those they mention too
BOTH_WAYS = frozenset({"package", "procurement"})


def lists_of(front: Mapping[str, Any], site: Mapping[str, Any]) -> list[str]:
    """The lists that a guide is in."""
    return [f"{kind.name}:{key}" for kind in LISTS for key in dict.fromkeys(kind.keys(front, site))]


def tallies_of(front: Mapping[str, Any]) -> list[str]:
    """What a guide counts for, besides its lists."""
    return [tally(front) for tally in TALLIES]


def mentions_of(document: Document) -> Iterator[str]:
    """The documents whose rows this one's pages show."""
    for mentions in MENTIONS:
        yield from mentions(document)


def pages_of(portal: Portal, kind: str, subject: Any) -> Iterator[Output]:
    """Every page of one document."""
    for pages in DOCUMENT_PAGES.get(kind, ()):
        yield from pages(portal, subject)


def standing(portal: Portal) -> Iterator[Output]:
    """Pages of the whole portal."""
    for pages in STANDING:
        yield from pages(portal)


def list_kind(name: str) -> ListKind:
    """The family of a list ("dept" of "dept:scjg")."""
    return next(kind for kind in LISTS if kind.name == name)
