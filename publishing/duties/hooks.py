"""What this package adds to a build, as tables: lists of guides, standing pages, pages of one document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from publishing.duties import (
    columns,
    disclosure,
    drafts,
    english,
    facets,
    facilities,
    formlib,
    history,
    letters,
    powers,
    redirects,
    regions,
)
from publishing.engine.hooks import SAME, ListKind
from publishing.page import Page, Text


def _named(family: str) -> Callable[[Any], Iterable[str]]:
    return lambda portal: facets.rows_of(portal.site, family)


def _places(portal: Any) -> Iterable[str]:
    return regions.of(portal.site).codes_known


def _letters(portal: Any) -> Iterable[str]:
    del portal
    return letters.NAMES


class _Forms:
    """Names of forms that items use; asked for one name it does not look at the folder."""

    def __init__(self, portal: Any) -> None:
        self._portal = portal

    def __contains__(self, name: object) -> bool:
        return bool(self._portal.count(f"form:{name}"))

    def __iter__(self) -> Iterator[str]:
        paths = sorted(self._portal.content.forms_folder.glob("*.schema.json"))
        return (name for name in map(formlib.name_of, paths) if name in self)


def _departments(portal: Any) -> Iterable[str]:
    return portal.content.departments  # type: ignore[no-any-return]


LISTS = [
    ListKind("group", "/groups/{key}/", facets.group_keys, _named("groups"), facets.group_page),
    ListKind("event", "/events/{key}/", facets.event_keys, _named("events"), facets.event_page),
    ListKind("region", "/regions/{key}/", facets.region_keys, _places, facets.region_page),
    ListKind("letter", "/az/{key}/", facets.letter_keys, _letters, facets.letter_page),
    ListKind("form", "/forms/{key}/items/", formlib.keys, _Forms, formlib.items_page),
    ListKind(
        "dept_en", "/en/departments/{key}/", english.department_keys, _departments, english.department_page
    ),
]

STANDING: tuple[Callable[[Any], Any], ...] = (
    facets.indexes,
    columns.pages,
    columns.texts,
    facilities.pages,
    english.indexes,
)


def guide_pages(portal: Any, item: Mapping[str, Any]) -> Iterator[Page]:
    """What a guide has beside its own page: English, versions, old addresses."""
    yield from english.pages(portal, item, translation(portal, item["id"]))
    if portal.published.changed_before(item["id"], item["version"]):
        yield from history.pages(portal.published.whole(item), portal.published.versions(item["id"]))
    url, guide = f"/guides/{item['id']}/", item["guide"]
    for page in redirects.pages("guide", url, guide, title=guide["name"]):
        if not _stands(portal, "guide", page.url):
            yield page


def translation(portal: Any, name: str) -> dict[str, Any] | None:
    """The English text of one guide."""
    entry = portal.entry("guide_en", name)
    return {"front": entry.front, "html": portal.reader.html(entry.body)} if entry else None


def old_addresses(portal: Any, entry: Any) -> Iterator[Page]:
    """Pages where a renamed document used to stand."""
    title = entry.front.get("name") or entry.front.get("title", "")
    found = redirects.pages(entry.kind, entry.url, entry.front, title=title)
    return (page for page in found if not _stands(portal, entry.kind, page.url))


DOCUMENT_PAGES: dict[str, tuple[Callable[[Any, Any], Iterator[Page | Text]], ...]] = {
    "guide": (guide_pages,),
    "package": (old_addresses,),
    "notice": (old_addresses,),
    "policy": (old_addresses,),
    "page": (old_addresses,),
    "procurement": (disclosure.procurement_pages, old_addresses),
    "special": (disclosure.special_pages, old_addresses),
    "duty": (powers.duty_pages, old_addresses),
    "facility": (facilities.facility_pages, old_addresses),
}


def mentions(document: Any) -> Iterator[str]:
    """What a document's pages show of others, as "kind:id"; whoever takes its former name counts too."""
    yield from (f"{document.kind}:{old}" for old in document.front.get("formerly", ()))
    if document.kind == "guide":
        yield f"guide_en:{document.id}"
    elif "follows" in document.front:
        yield f"procurement:{document.front['follows']}"
    elif document.kind == "special":
        yield from disclosure.mentions(document.front)
    elif document.kind == "duty":
        yield from (f"guide:{name}" for name in powers.guides_of(document.id, document.front))


def moved(document: Any, item: Any) -> str | None:
    """Old and new addresses of one document; nothing for most."""
    del item
    found = list(redirects.pairs(document.kind, document.url, document.front))
    return json.dumps(found) if found else None


MOVED = "moved"
BY_ENTRY = "duty:"  # extracts of guides by their entry in the 权责清单
EXTRACTORS = {MOVED: moved}


def claims(front: Mapping[str, Any], name: str) -> tuple[str, list[Any]]:
    """The entry a guide stands on, and what both must say alike: code, type, department."""
    return BY_ENTRY + front.get("duty", name), [
        front.get(key) for key in ("catalog_code", "item_type", "dept")
    ]


class Redirects:
    """redirects.json from the few documents that were renamed."""

    name = "redirects"
    daily = False
    last = False

    def inputs(self, portal: Any, change: Any) -> str:
        del change
        return repr(list(_moves(portal)))

    def outputs(self, portal: Any, change: Any) -> Iterator[Text]:
        del change
        yield redirects.table(_moves(portal))


def _moves(portal: Any) -> Iterator[tuple[str, str]]:
    """Old and new addresses; where a document of the old name stands again, it stays reachable."""
    for kind, _, data in portal.extracts(MOVED):
        yield from ((old, new) for old, new in json.loads(data) if not _stands(portal, kind, old))


def _stands(portal: Any, kind: str, url: str) -> bool:
    name = url.rstrip("/").rsplit("/", 1)[1]
    return bool(portal.has(kind, name))


class FormLibrary:
    """Everything below /forms/; rebuilt when a form or the number of its items changes."""

    name = "forms"
    daily = False
    last = False

    def inputs(self, portal: Any, change: Any) -> str:
        folder = portal.content.forms_folder
        names = (formlib.name_of(path) for path in sorted(folder.glob("*.schema.json")))
        digest = formlib.digest_of(folder)
        return repr([digest, [(name, portal.count(f"form:{name}"), _shown(portal, name)) for name in names]])

    def outputs(self, portal: Any, change: Any) -> Iterator[Page | Text]:
        return formlib.outputs(portal, portal.content.forms_folder)


class PowerList:
    """The lists of the 权责清单: every department's, made again only when an entry or the day is another one."""

    name = "duties"
    daily = True
    last = False

    def inputs(self, portal: Any, change: Any) -> str | None:
        del portal
        return None if any(kind == "duty" for kind, _ in change.changed + change.removed) else SAME

    def outputs(self, portal: Any, change: Any) -> Iterator[Page]:
        del change
        return powers.pages(portal)


def _shown(portal: Any, name: str) -> list[tuple[str, str]]:
    return [(row["id"], row["name"]) for row in portal.listing(f"form:{name}", limit=formlib.SHOWN)]


PRODUCERS = (Redirects(), FormLibrary(), PowerList(), drafts.Previews())
