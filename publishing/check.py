"""Every check over the content: fields, forms, bodies, then the site as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from publishing import check_documents, check_forms, check_guides, check_packages, check_schema, check_site
from publishing.bodies import Reader
from publishing.duties import checks as duties
from publishing.faults import Fault, Found, shown
from publishing.packages import form_name
from publishing.search import synonyms
from publishing.sources import Content, Document


def faults(content: Content, *, today: date, only: frozenset[Path] | None = None) -> list[Fault]:
    """All findings by file and line; `only` (resolved paths) keeps those in or about these files."""
    reader = Reader()
    found = set(check_site.faults(content))
    for one in content.all():
        if only is None or _about(content, one) & only:
            found.update(document(content, one, reader=reader, today=today))
    found.update(one.fault(about) for one, about in (*duties.agreement(content), *duties.former(content)))
    found.update(map(content.site_fault, duties.stale(content.documents, today)))
    found.update(synonyms.faults(content.folder))
    found.update(content.unreadable)
    places = None if only is None else {shown(path) for path in only} | _places(content, only)
    return sorted(fault for fault in found if places is None or fault.path in places)


def document(content: Content, document: Document, *, reader: Reader, today: date) -> Iterator[Fault]:
    """Findings about one document. Rules between fields are asked only when each field by itself is right."""
    wrong = list(check_schema.faults(document.kind, document.front))
    if not wrong:
        wrong += check_documents.dates(document, today=today)
        wrong += check_documents.references(content, document)
        wrong += check_guides.faults(content, document) if document.kind == "guide" else ()
        wrong += duties.document(content, document)
    yield from map(document.fault, _named(document))
    yield from map(document.fault, wrong)
    yield from map(document.fault, check_documents.body(content, document, reader))
    if document.kind == "guide":
        yield from check_forms.faults(content, document)
    elif document.kind == "package" and not wrong:
        yield from check_packages.faults(content, document)


def _named(document: Document) -> Iterator[Found]:
    if document.front.get("id", document.id) != document.id:
        yield Found(("id",), f"id 和文件名不同，请改成 {document.id}")


def _about(content: Content, document: Document) -> set[Path]:
    """The files in which this document's faults may lie."""
    if document.kind not in ("guide", "package"):
        return {document.path.resolve()}
    name = document.front.get("form", document.id) if document.kind == "guide" else form_name(document)
    forms = {content.form(str(name), suffix=suffix).path.resolve() for suffix in ("schema", "en")}
    return {document.path.resolve()} | forms


def _places(content: Content, only: frozenset[Path]) -> set[str]:
    about = (_about(content, document) for document in content.all())
    return {shown(path) for paths in about if paths & only for path in paths}
