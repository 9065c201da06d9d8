"""Items (事项) as the catalogue publishes them, and the catalogue that holds them."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from schemas.filetypes import file_type
from schemas.forms import Form
from schemas.materials import Material
from schemas.shared_forms import SharedForms

__all__ = ["Catalogue", "Item", "Limit", "Material", "Step", "file_type"]

_ITEM_ID = re.compile(r"[a-z][a-z0-9-]{2,39}")
_VERSION = re.compile(r"[0-9a-f]{16}")
RESERVED = frozenset({"index", "site", "packages", "forms"})  # the catalogue's own files
_VERSIONS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit (时限): n of unit "workday" or "calendar_day", or "immediate" (即办)."""

    n: int
    unit: str
    note: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Limit:
        """A limit as the guide writes it."""
        return cls(n=int(data["n"]), unit=data["unit"], note=data.get("note", ""))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of handling (环节); days are working days, 0 means on the spot."""

    name: str
    post: str
    days: float
    result: str


@dataclass(frozen=True, slots=True)
class Item:
    """One version of one item: guide, form and limits, never changed once published."""

    id: str
    version: str
    guide: Mapping[str, Any]
    body: Mapping[str, Any]
    legal_limit: Limit
    promise_limit: Limit
    correction_days: int  # working days the applicant has to supplement (补正期限)
    steps: tuple[Step, ...]
    materials: tuple[Material, ...]
    form_schema: Mapping[str, Any] = field(repr=False)
    form_en: Mapping[str, str] = field(repr=False)
    _forms: dict[str, Form] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Item:
        """An item as publish.py writes it to the catalogue, with its form."""
        guide = data["guide"]
        return cls(
            id=data["id"],
            version=data["version"],
            guide=guide,
            body=data.get("body", {}),
            legal_limit=Limit.from_json(guide["legal_limit"]),
            promise_limit=Limit.from_json(guide["promise_limit"]),
            correction_days=int(guide.get("correction_days", 30)),
            steps=tuple(Step(**step) for step in guide["steps"]),
            materials=tuple(Material.from_json(one) for one in guide.get("materials", ())),
            form_schema=data.get("form") or {},
            form_en=data.get("form_en", {}),
        )

    def _text(self, key: str, lang: str) -> str:
        text: str = (self.guide.get(f"{key}_en") if lang == "en" else None) or self.guide.get(key, "")
        return text

    def name(self, lang: str = "zh") -> str:
        """The item's name."""
        return self._text("name", lang)

    def summary(self, lang: str = "zh") -> str:
        """Who gets what, in one sentence."""
        return self._text("summary", lang)

    def dept_name(self, lang: str = "zh") -> str:
        """The name of the authority that decides (实施主体)."""
        return self._text("dept_name", lang)

    @property
    def dept(self) -> str:
        """The id of the authority that decides, as in site.yaml."""
        return str(self.guide["dept"])

    @property
    def immediate(self) -> bool:
        """Whether it is decided on the spot (即办件)."""
        return self.promise_limit.unit == "immediate"

    @property
    def online(self) -> bool:
        """Whether it can be applied for online: in use, and with the online channel."""
        return self.guide.get("state") == "1" and "2" in self.guide.get("channels", ())

    def guide_url(self, lang: str = "zh") -> str:
        """The path of its guide page, or of the package it belongs to; in Chinese whatever the reader's language."""
        return str(self.guide.get("page") or f"/guides/{self.id}/")

    def form(self, lang: str = "zh") -> Form:
        """Its form in this language."""
        if lang not in self._forms:
            self._forms[lang] = Form(self.form_schema, self.form_en, lang=lang)
        return self._forms[lang]

    def materials_for(self, instance: Mapping[str, Any]) -> tuple[Material, ...]:
        """The materials that these answers call for, in the guide's order."""
        answers = self.form().prune(instance)
        return tuple(material for material in self.materials if material.applies_to(answers))


class Catalogue:
    """Published items, read through `read(path)`, which gives None for what is not there.

    With `stamp(path)`, anything that changes when the file does, unchanged files are not parsed again.
    """

    def __init__(
        self, read: Callable[[str], bytes | None], *, stamp: Callable[[str], Hashable] | None = None
    ) -> None:
        self._read = read
        self._stamp = stamp
        self._fresh: dict[str, tuple[Hashable, Any]] = {}
        self._versions: OrderedDict[tuple[str, str], Item] = OrderedDict()
        self._forms = SharedForms(read)
        self._lock = Lock()

    @classmethod
    def in_folder(cls, folder: Path | str) -> Catalogue:
        """The catalogue in a folder, as publish.py leaves it."""
        root = Path(folder)
        return cls(lambda name: _file_bytes(root / name), stamp=lambda name: _file_stamp(root / name))

    def current(self, item_id: str) -> Item | None:
        """The item as published now."""
        if not _is_item_id(item_id):
            return None
        item: Item | None = self._latest(f"{item_id}.json", self._item)
        return item

    def version(self, item_id: str, version: str) -> Item | None:
        """The item as it was when a case was pinned to it."""
        if not (_is_item_id(item_id) and _VERSION.fullmatch(version)):
            return None
        return self._kept((item_id, version)) or self._keep((item_id, version))

    def departments(self) -> dict[str, str]:
        """Departments that have items, with the file that lists them."""
        found = self._latest(
            "index.json", lambda data: {part["dept"]: part["path"] for part in data["parts"]}
        )
        return dict(found or {})

    def index(self, depts: Collection[str] | None = None) -> list[dict[str, Any]]:
        """One line for each item of these departments (of all), sorted by id."""
        files = [path for dept, path in self.departments().items() if depts is None or dept in depts]
        parts = (self._latest(path, lambda data: data["items"]) or () for path in files)
        return sorted((entry for part in parts for entry in part), key=lambda entry: str(entry["id"]))

    def document(self, name: str, version: str = "") -> Any:
        """What stands in the catalogue under this name, as JSON: as published now, or at a version; or None."""
        if not _names_file(name) or (version and not _VERSION.fullmatch(version)):
            return None
        if not version:
            return self._latest(f"{name}.json", dict)
        data = self._read(f"{name}/{version}.json")
        return None if data is None else json.loads(data)

    def listing(self, name: str) -> Any:
        """One of the catalogue's own lists, or None before it was first published."""
        return self._latest(name, dict)

    def site(self) -> dict[str, Any]:
        """The site's own facts: region, departments, topics."""
        return dict(self._latest("site.json", dict) or {})

    def _latest(self, name: str, build: Callable[[Any], Any]) -> Any:
        stamp = self._stamp(name) if self._stamp else None
        if stamp is not None and self._fresh.get(name, (None,))[0] == stamp:
            return self._fresh[name][1]
        data = self._read(name)
        built = None if data is None else build(json.loads(data))
        if stamp is not None and built is not None:
            self._fresh[name] = (stamp, built)
        return built

    def _item(self, data: Mapping[str, Any]) -> Item | None:
        """The item, unless its form is not there (yet)."""
        found = self._forms.whole(data)
        return Item.from_json(found) if found else None

    def _kept(self, key: tuple[str, str]) -> Item | None:
        with self._lock:
            if key in self._versions:
                self._versions.move_to_end(key)
            return self._versions.get(key)

    def _keep(self, key: tuple[str, str]) -> Item | None:
        data = self._read(f"{key[0]}/{key[1]}.json")
        if data is None:
            return None
        item = self._item(json.loads(data))
        if item is None:
            return None
        with self._lock:
            self._versions[key] = item
            while len(self._versions) > _VERSIONS_KEPT:
                self._versions.popitem(last=False)
        return item


def _is_item_id(text: str) -> bool:
    return _names_file(text) and not text.startswith("package-")


def _names_file(text: str) -> bool:
    return bool(_ITEM_ID.fullmatch(text)) and text not in RESERVED


def _file_bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _file_stamp(path: Path) -> Hashable:
    try:
        facts = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size
