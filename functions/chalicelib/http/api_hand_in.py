"""Handing in by program: one flow for a single item and for a package. The same key and content, the same answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemas.packages import PREFIX

from .. import applications
from ..applications import Application, Request
from ..domain.case import Case, File
from ..domain.package import Parcel
from ..domain.refusal import Refusal
from . import acting, applicable
from .api_input import checked, errors, files_of, key_of, unknown
from .ask import Ask
from .reply import Reply, data, problem


@dataclass(frozen=True, slots=True)
class Kind:
    """What is handed in: the schema of the body, where it names what is applied for, and the receipt for it."""

    schema: str
    names: str
    receipt: Callable[[Ask, Any], Mapping[str, Any]]


def hand_in(ask: Ask, kind: Kind) -> Reply | Refusal:
    """The receipt. What a crash left undone of an earlier try is completed."""
    key, body = key_of(ask), checked(ask, kind.schema)
    if isinstance(key, Refusal):
        return key
    if not isinstance(body, dict):
        return body
    files = files_of(ask, body.get("materials", {}))
    if isinstance(files, Refusal):
        return files
    name = body[kind.names]
    content = applications.content(f"{name} {body.get('grant', '')}".rstrip(), body["form"], files)
    request = Request(ask.visitor.citizen, f"api {key}", content)
    fits = name.startswith(PREFIX) == (kind.names == "package")
    outcome = applicable.earlier(ask, name, request) or (
        _new(ask, name, body, files, request) if fits else None
    )
    if isinstance(outcome, Case | Parcel):
        return data(dict(kind.receipt(ask, outcome)), status=201)
    return outcome or Refusal("unknown_item")


def _new(
    ask: Ask, name: str, body: Mapping[str, Any], files: Mapping[str, tuple[File, ...]], request: Request
) -> Case | Parcel | Refusal | Reply:
    """A first try: the item must be there and the person known well enough."""
    item = applicable.current(ask, name, body["form"])
    if item is None:
        return Refusal("unknown_item")
    if ask.visitor.assurance < ask.house.settings.assurance:
        return Refusal("assurance_low")
    applicant = acting.applicant(ask, body.get("grant", ""), item.id)
    if isinstance(applicant, Refusal):
        return applicant
    application = Application(item, body["form"], files)
    wrong = refused(ask, application.pruned(), unknown(application))
    return wrong or applicable.submit(ask, application.pruned(), replace(request, applicant=applicant))


def refused(ask: Ask, whole: Application, extra: list[applications.Fault]) -> Reply | None:
    """Everything to mend, in both languages; None when there is nothing."""
    wrong = [*extra, *applicable.faults(replace(ask, lang="zh"), whole)]
    if not wrong:
        return None
    english = [*extra, *applicable.faults(replace(ask, lang="en"), whole)]
    return problem(Refusal("invalid"), errors=errors(wrong, english, whole))
