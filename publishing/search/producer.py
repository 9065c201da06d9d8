"""The search index as a producer of the publishing engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from publishing.engine.hooks import Blob, Change, Kept, Output
from publishing.page import Text
from publishing.search import contents, synonyms
from publishing.search.entries import BASE

EXTRACT = "search"
TABLE = f"{BASE}index.json"


class SearchIndex:
    """Cuts the documents into files; after an edit only the file of the document and the table are new."""

    name = "search"
    daily = False
    last = False

    def inputs(self, portal: Any, change: Change) -> str | None:
        """Changed documents need a run; otherwise the synonyms and the site's names tell."""
        if change.cold or change.changed or change.removed:
            return None
        facts = contents.table([], _facts(portal))
        return hashlib.sha256(facts.encode()).hexdigest()

    def outputs(self, portal: Any, change: Change) -> Iterator[Output]:
        """The files of the index, then its table of contents."""
        files = []
        for file, data in _files(portal, change):
            path = BASE + file.name
            yield Kept(path) if data is None else Blob(path, data)
            files.append(file)
        yield Text(TABLE, contents.table(files, _facts(portal)))


def _files(portal: Any, change: Change) -> Iterator[tuple[contents.File, bytes | None]]:
    before = None if change.cold else portal.previous(TABLE)
    if before is None:
        return contents.cut(((kind, name), data) for kind, name, data in portal.extracts(EXTRACT))
    return contents.recut(
        contents.listed(before),
        changed=change.changed,
        removed=change.removed,
        members=lambda file: portal.extracted(EXTRACT, file.first, file.last),
        entry=lambda key: portal.extract(EXTRACT, *key),
    )


def _facts(portal: Any) -> dict[str, object]:
    """What a search page has to know of the site: names of regions, departments, topics; synonyms."""
    site = portal.site
    return {
        "regions": dict(_regions(site.get("region", {}))),
        "departments": {row["id"]: [row["short"], row["name_en"]] for row in site.get("departments", ())},
        "topics": dict(_topics(site.get("topics", {}))),
        "synonyms": synonyms.load(portal.content.folder),
    }


def _regions(region: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "code" in region:
        yield region["code"], region["name"]
    for child in region.get("children", ()):
        yield from _regions(child)


def _topics(topics: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for side, rows in topics.items():
        for row in rows:
            yield f"{side}/{row['id']}", [row["name"], row["name_en"]]
