"""The form library: every form as a page to print, its schema to download, and checksums of both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import theme
from publishing.duties import blanks
from publishing.duties.classes import LABELS
from publishing.page import Page, Text

LIST = "/forms/"
SUMS = "forms/SHA256SUMS.txt"
SHOWN = 12  # items named on a form's page; the rest is one click away


class FormFile:
    """One form of the library: its schema as the editor wrote it, read when it is needed."""

    def __init__(self, path: Path) -> None:
        self.name = path.name.removesuffix(".schema.json")
        self.data = path.read_bytes()

    @property
    def url(self) -> str:
        return f"{LIST}{self.name}/"

    @property
    def blank(self) -> str:
        """Address of the page that holds nothing but the blank form."""
        return f"{LIST}{self.name}/{self.name}.html"

    @property
    def schema_url(self) -> str:
        return f"{LIST}{self.name}/{self.name}.schema.json"

    @cached_property
    def schema(self) -> dict[str, Any]:
        return dict(json.loads(self.data))

    @property
    def title(self) -> str:
        return str(self.schema["title"])


def digest_of(folder: Path) -> str:
    """One value for the bytes of every form of a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.schema.json")):
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def library(folder: Path, used: Callable[[str], int]) -> list[FormFile]:
    """Forms that at least one item uses and that ask something, by name."""
    files = (FormFile(path) for path in sorted(folder.glob("*.schema.json")) if used(name_of(path)))
    return [form for form in files if form.schema.get("x-pages")]


def name_of(path: Path) -> str:
    return path.name.removesuffix(".schema.json")


def keys(front: Mapping[str, Any], site: Mapping[str, Any]) -> Iterable[str]:
    """The form that an item uses."""
    del site
    return (str(front.get("form", front["id"])),)


def outputs(portal: Any, folder: Path) -> Iterator[Page | Text]:
    """Everything below /forms/."""
    forms = library(folder, lambda name: int(portal.count(f"form:{name}")))
    if not forms:
        return
    listed, sums = [], []
    for form in forms:
        html = blank(form)
        files = [
            (form.blank, "空白表格（网页）", html.encode()),
            (form.schema_url, "填表规则（JSON Schema）", form.data),
        ]
        facts = [_file(*file) for file in files]
        sums += facts
        count = portal.count(f"form:{form.name}")
        listed.append({"form": form, "count": count, "files": facts})
        yield Text(form.blank[1:], html)
        yield Text(form.schema_url[1:], form.data.decode())
        yield _page(portal, form, facts, count)
    yield Page(LIST, "site/forms.html", {"forms": listed})
    yield Text(SUMS, "".join(f"{one['sha256']}  {one['url'].removeprefix(LIST)}\n" for one in sums))


def blank(form: FormFile) -> str:
    """A blank form by itself, without the site's styles; rendered here for its checksum."""
    return theme.render("site/blank.html", lang="zh", title=form.title, sheets=blanks.sheets(form.schema))


def _file(url: str, name: str, data: bytes) -> dict[str, Any]:
    return {"url": url, "name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _page(portal: Any, form: FormFile, files: list[dict[str, Any]], count: int) -> Page:
    context = {
        "form": form,
        "sheets": blanks.sheets(form.schema),
        "files": files,
        "rows": portal.listing(f"form:{form.name}", limit=SHOWN),
        "count": count,
        "trail": [(LIST, LABELS[LIST])],
    }
    return Page(form.url, "site/form_file.html", context)


def items_page(portal: Any, key: str, part: Any) -> Page:
    """All items that use one form."""
    del portal
    context = {"name": key, "part": part, "trail": [(LIST, LABELS[LIST])]}
    return Page(f"{LIST}{key}/items/{part.suffix}", "site/form_items.html", context, indexed=False)
