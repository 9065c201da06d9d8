"""What this package adds to a build, as tables: lists of guides, standing pages, pages of one document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from publishing.bodies import Reader
from publishing.duties import (
    columns,
    disclosure,
    english,
    facets,
    formlib,
    history,
    powers,
    redirects,
    regions,
)
from publishing.page import Page, Text

Site = Mapping[str, Any]


class Family(NamedTuple):
    """A family of paged lists of guides: which lists an item is in, which exist, and their pages."""

    name: str
    address: str
    keys: Callable[[Mapping[str, Any], Site], Iterable[str]]
    all_keys: Callable[[Any], Iterable[str]]
    page: Callable[[Any, str, Any], Page]


FAMILIES = (
    Family(
        "group",
        "/groups/{}/",
        facets.group_keys,
        lambda p: facets.rows_of(p.site, "groups"),
        facets.group_page,
    ),
    Family(
        "event",
        "/events/{}/",
        facets.event_keys,
        lambda p: facets.rows_of(p.site, "events"),
        facets.event_page,
    ),
    Family(
        "region",
        "/regions/{}/",
        facets.region_keys,
        lambda p: (region.code for region in regions.of(p.site)),
        facets.region_page,
    ),
    Family("letter", "/az/{}/", facets.letter_keys, lambda p: (), facets.letter_page),
    Family("form", "/forms/{}/items/", formlib.keys, lambda p: (), formlib.items_page),
    Family("dept_en", "/en/departments/{}/", english.department_keys, lambda p: (), english.department_page),
)

STANDING: tuple[Callable[[Any], Iterator[Page | Text]], ...] = (
    facets.indexes,
    columns.pages,
    columns.texts,
    powers.pages,
    english.indexes,
)


def guide_pages(portal: Any, entry: Any) -> Iterator[Page | Text]:
    """What a guide has beside its own page: English, versions, old addresses."""
    yield from english.pages(portal, entry.item, translation(portal, entry.id))
    yield from history.pages(entry.item, portal.versions(entry.id))


def translation(portal: Any, name: str) -> dict[str, Any] | None:
    """The English text of one guide."""
    data = portal.extract("english", "guide_en", name)
    return json.loads(data) if data else None


def old_addresses(portal: Any, entry: Any) -> Iterator[Page]:
    """Pages where a renamed document used to stand."""
    del portal
    title = entry.front.get("name") or entry.front.get("title", "")
    return redirects.pages(entry.kind, entry.url, entry.front, title=title)


DOCUMENT_PAGES: dict[str, tuple[Callable[[Any, Any], Iterator[Page | Text]], ...]] = {
    "guide": (guide_pages, old_addresses),
    "package": (old_addresses,),
    "notice": (old_addresses,),
    "policy": (old_addresses,),
    "page": (old_addresses,),
    "procurement": (disclosure.procurement_pages, old_addresses),
    "special": (disclosure.special_pages, old_addresses),
    "duty": (powers.duty_pages, old_addresses),
}


def mentions(document: Any) -> Iterator[tuple[str, str]]:
    """(kind, id) of what a document's pages show of others."""
    if document.kind == "guide":
        yield "guide_en", document.id
    elif document.kind == "special":
        yield from disclosure.mentions(document.front)
    elif document.kind == "duty":
        yield from (("guide", name) for name in powers.guides_of(document.id, document.front))


_reader = Reader()


def english_text(document: Any, item: Any) -> str | None:
    """A translation as the guide's English page needs it."""
    del item
    if document.kind != "guide_en":
        return None
    return json.dumps({"front": document.front, "html": _reader.html(document.body)}, ensure_ascii=False)


def moved(document: Any, item: Any) -> str | None:
    """Old and new addresses of one document; nothing for most."""
    del item
    found = list(redirects.pairs(document.kind, document.url, document.front))
    return json.dumps(found) if found else None


EXTRACTORS = {"english": english_text, "moved": moved}


class Redirects:
    """redirects.json from the few documents that were renamed."""

    name = "redirects"
    daily = False

    def inputs(self, portal: Any, change: Any) -> str:
        return repr([(kind, name, data) for kind, name, data in portal.extracts("moved")])

    def outputs(self, portal: Any, change: Any) -> Iterator[Text]:
        yield redirects.table(pair for *_, data in portal.extracts("moved") for pair in json.loads(data))


class FormLibrary:
    """Everything below /forms/; rebuilt when a form or the number of its items changes."""

    name = "forms"
    daily = False

    def inputs(self, portal: Any, change: Any) -> str:
        folder = portal.content.forms_folder
        names = (formlib.name_of(path) for path in sorted(folder.glob("*.schema.json")))
        digest = formlib.digest_of(folder)
        return repr([digest, [(name, portal.count(f"form:{name}"), _shown(portal, name)) for name in names]])

    def outputs(self, portal: Any, change: Any) -> Iterator[Page | Text]:
        return formlib.outputs(portal, portal.content.forms_folder)


def _shown(portal: Any, name: str) -> list[tuple[str, str]]:
    return [(row["id"], row["name"]) for row in portal.listing(f"form:{name}", limit=formlib.SHOWN)]


PRODUCERS = (Redirects(), FormLibrary())
