"""Reading content: site.yaml, Markdown files with YAML front matter, form schemas."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from publishing import fast_yaml
from publishing.faults import Fault, Found, shown
from publishing.location import line_of
from publishing.spelling import spelled

ROOT = Path(__file__).resolve().parent.parent
FORMS = ROOT / "schemas" / "forms"
FOLDERS = {
    "guide": "guides",
    "package": "packages",
    "notice": "notices",
    "policy": "policies",
    "page": "pages",
    "procurement": "procurement",
    "special": "specials",
    "duty": "duties",
    "facility": "facilities",
    "guide_en": "en/guides",
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which dates stay text and a key may be written only once."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (PyYAML's own shape)
        first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(None, None, f"“{key.value}”写了两次，请只留一处", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


def takes_applications(front: dict[str, Any]) -> bool:
    """Whether a guide is in use and handled over the web."""
    return front.get("state") == "1" and "2" in front.get("channels", ())


def loader() -> type:
    """The reference that fast_yaml must agree with."""
    return _Loader


@dataclass(frozen=True)
class Document:
    """One content file. `body_line` is the line on which the Markdown body begins."""

    kind: str
    path: Path
    front_text: str
    front: dict[str, Any]
    body: str
    body_line: int

    @cached_property
    def id(self) -> str:
        return self.path.stem

    @property
    def url(self) -> str:
        return f"/{FOLDERS[self.kind]}/{self.id}/"

    def fault(self, found: Found) -> Fault:
        """Place a finding: the front matter starts on line 2."""
        line = found.line or line_of(self.front_text, found.pointer) + 1
        return Fault(shown(self.path), line, found.message, found.warning)


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A JSON file and its text (for lines); `data` is None when there is no such file."""

    path: Path
    text: str = ""
    data: Any = None

    def fault(self, found: Found) -> Fault:
        return Fault(shown(self.path), line_of(self.text, found.pointer), found.message, found.warning)


@dataclass
class Content:
    """Everything editors wrote, read once. `unreadable` lists files that could not be parsed."""

    folder: Path
    forms_folder: Path
    site_text: str
    site: dict[str, Any]
    documents: dict[str, list[Document]]
    unreadable: list[Fault] = field(default_factory=list)
    _forms: dict[str, JsonFile] = field(default_factory=dict)
    linted: dict[Any, tuple[JsonFile, JsonFile, Any]] = field(default_factory=dict)
    _form_files: dict[str, tuple[JsonFile, JsonFile, tuple[str, bytes]]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Document]:
        return self.documents.get(kind, [])

    def all(self) -> Iterator[Document]:
        return (document for documents in self.documents.values() for document in documents)

    def form(self, name: str, *, suffix: str = "schema") -> JsonFile:
        """Form schema (or its `en` overlay) by name; a broken file counts in `unreadable`."""
        key = f"{name}.{suffix}.json"
        if key not in self._forms:
            self._forms[key] = self._read_json(self.forms_folder / key)
        return self._forms[key]

    def form_file(self, name: str) -> tuple[str, bytes]:
        """The form in both languages as the catalogue keeps it: one file, named by its hash; made once."""
        one, other = self.form(name), self.form(name, suffix="en")
        kept = self._form_files.get(name)
        if kept is None or kept[0] is not one or kept[1] is not other:
            text = spelled({"form": one.data or {}, "form_en": other.data or {}})
            path = f"forms/{hashlib.sha256(text).hexdigest()[:16]}.json"
            kept = self._form_files[name] = one, other, (path, text)
        return kept[2]

    @cached_property
    def departments(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.site.get("departments", [])}

    @cached_property
    def topics(self) -> dict[str, dict[str, dict[str, Any]]]:
        """{"person": {id: topic}, "corp": {…}} in site.yaml's order."""
        topics = self.site.get("topics", {})
        return {side: {row["id"]: row for row in topics.get(side, [])} for side in ("person", "corp")}

    def has(self, kind: str, name: str) -> bool:
        """Whether there is such a document."""
        return name in self.ids.get(kind, ())

    def guide(self, name: str) -> Document | None:
        """The guide of this name, for checks that compare other documents with it."""
        if self.documents:
            return next((guide for guide in self.of("guide") if guide.id == name), None)
        return self._guide_file(name)

    def _guide_file(self, name: str) -> Document | None:
        """The same where documents come one by one: straight from its file."""
        folder = self.folder / FOLDERS["guide"]
        direct = folder / f"{name}.md"
        nested = () if direct.is_file() else folder.glob(f"*/**/{name}.md")
        path = direct if direct.is_file() else next(iter(nested), None)
        return read("guide", path, faults=[]) if path else None

    def takes_applications(self, name: str) -> bool:
        """Whether there is such a guide and it has an online form: in use, and handled over the web."""
        return name in self._online

    def has_file(self, name: str) -> bool:
        """Whether there is such a file; names begin with files/."""
        return (self.folder / name).is_file()

    @cached_property
    def _online(self) -> frozenset[str]:
        guides = {guide.id for guide in self.of("guide") if takes_applications(guide.front)}
        return frozenset(
            guides | {f"package-{one.id}" for one in self.of("package") if one.front.get("online")}
        )

    @cached_property
    def ids(self) -> dict[str, frozenset[str]]:
        return {kind: frozenset(doc.id for doc in self.of(kind)) for kind in FOLDERS}

    def site_fault(self, found: Found) -> Fault:
        line = line_of(self.site_text, found.pointer)
        return Fault(shown(self.folder / "site.yaml"), line, found.message, found.warning)

    def _read_json(self, path: Path) -> JsonFile:
        if not path.is_file():
            return JsonFile(path)
        text = path.read_text("utf-8")
        try:
            return JsonFile(path, text, json.loads(text))
        except json.JSONDecodeError as error:
            self.unreadable.append(Fault(shown(path), error.lineno, f"不是有效的 JSON：{error.msg}"))
            return JsonFile(path, text, {})


def load(folder: Path, *, forms: Path = FORMS) -> Content:
    """Read a content folder; files in the order of their names."""
    faults: list[Fault] = []
    site_text, site = read_site(folder, faults)
    documents = {kind: list(_documents(kind, folder / name, faults)) for kind, name in FOLDERS.items()}
    return Content(folder, forms, site_text, site, documents, faults)


def read_site(folder: Path, faults: list[Fault]) -> tuple[str, dict[str, Any]]:
    """site.yaml as text and as data."""
    path = folder / "site.yaml"
    text = path.read_text("utf-8-sig") if path.is_file() else ""
    data = _site(text, path, faults=faults)
    if not data:
        faults.append(Fault(shown(path), 1, "没有站点信息，请写上 site、region、departments、topics 和 nav"))
    return text, data or {}


_SITES: dict[tuple[str, Path], dict[str, Any]] = {}  # the last one read: a watcher reads it for each edit


def _site(text: str, path: Path, *, faults: list[Fault]) -> dict[str, Any] | None:
    if (text, path) not in _SITES:
        data = _yaml(text, path=path, first_line=1, faults=faults)
        if not data:
            return None
        _SITES.clear()
        _SITES[text, path] = data
    return deepcopy(_SITES[text, path])  # which its reader fills in


def _documents(kind: str, folder: Path, faults: list[Fault]) -> Iterator[Document]:
    for path in sorted(folder.rglob("*.md")):
        document = read(kind, path, faults=faults)
        if document:
            yield document


def read(kind: str, path: Path, *, faults: list[Fault]) -> Document | None:
    """Read one file; None (and a fault) when its front matter cannot be understood."""
    return parsed(kind, path, path.read_bytes(), faults=faults)


def parsed(kind: str, path: Path, data: bytes, *, faults: list[Fault]) -> Document | None:
    """A file's bytes as a document; None (and a fault) when they are none."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        faults.append(Fault(shown(path), 1, "不是 UTF-8 编码，请另存为 UTF-8"))
        return None
    parts = _split(text)
    if parts is None:
        faults.append(Fault(shown(path), 1, "开头要有一段用 --- 起止的字段，请照着其他文件补上"))
        return None
    front_text, body = parts
    front = _yaml(front_text, path=path, first_line=2, faults=faults)
    if front is None:
        return None
    text = body.lstrip("\n")
    body_line = front_text.count("\n") + 3 + len(body) - len(text)
    return Document(kind, path, front_text, front, text, body_line)


def _split(text: str) -> tuple[str, str] | None:
    if not text.startswith("---\n"):
        return None
    front, fence, body = text[4:].partition("\n---\n")
    return (front + "\n", body) if fence else None


def _yaml(text: str, *, path: Path, first_line: int, faults: list[Fault]) -> dict[str, Any] | None:
    try:
        data = fast_yaml.parse(text) or yaml.load(text, Loader=_Loader)  # noqa: S506  (a subclass of the safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + first_line
        faults.append(Fault(shown(path), line, f"字段写法有误，请检查缩进、冒号和引号：{_problem(error)}"))
        return None
    if isinstance(data, dict):
        return data
    faults.append(Fault(shown(path), first_line, "字段要写成“名称: 值”，一行一个"))
    return None


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error).split("\n")[0]
