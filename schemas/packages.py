"""Packages (套餐、一件事) as the catalogue publishes them: several items behind one form and one set of files."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from schemas.form_fields import localised
from schemas.forms import Form
from schemas.items import Catalogue, Item
from schemas.materials import Material
from schemas.package_form import CHOSEN, compose
from schemas.package_items import WORDS, Child

PREFIX = "package-"
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Package:
    """One version of one package, never changed once published."""

    id: str
    version: str
    front: Mapping[str, Any]
    children: tuple[Child, ...]
    shared: Mapping[str, Any] = field(repr=False)
    shared_en: Mapping[str, str] = field(repr=False)
    _forms: dict[tuple[frozenset[str], str], Form] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], catalogue: Catalogue) -> Package:
        """A package as publish.py writes it; LookupError when an item version it pins is not there."""
        return cls(
            id=data["id"], version=data["version"], front=data["package"], shared=data["form"],
            shared_en=data["form_en"], children=tuple(Child.from_json(one, catalogue) for one in data["children"]),
        )  # fmt: skip

    @property
    def page(self) -> str:
        """The path of its page on the portal."""
        return f"/packages/{self.id.removeprefix(PREFIX)}/"

    def with_answers(self, answers: Mapping[str, Any]) -> Bundle:
        """The package as these answers choose from it."""
        picked = answers.get(CHOSEN)
        known = {child.key for child in self.children if child.optional}
        keys = (key for key in (picked if isinstance(picked, list) else ()) if isinstance(key, str))
        return Bundle(self, frozenset(known.intersection(keys)))

    def bundled_form(self, chosen: frozenset[str], lang: str) -> Form:
        """The form for one choice; there are few, so each is built once."""
        if (chosen, lang) not in self._forms:
            if len(self._forms) >= _KEPT:
                self._forms.clear()
            self._forms[chosen, lang] = self._built(chosen, lang)
        return self._forms[chosen, lang]

    def _built(self, chosen: frozenset[str], lang: str) -> Form:
        shared = localised(self.shared, self.shared_en) if lang == "en" else self.shared
        parts = [child.part(lang) for child in self.children if child.key in chosen or not child.optional]
        return Form(compose(shared, parts, choice=self._choice(lang), joint=WORDS[lang]["joint"]), lang=lang)

    def _choice(self, lang: str) -> dict[str, Any] | None:
        words, optional = WORDS[lang], [child for child in self.children if child.optional]
        if not optional:
            return None
        names = words["list"].join(child.title(lang) for child in self.children if not child.optional)
        intro = (
            words["always"].format(names=names)
            + words["pick"]
            + words["days"].format(days=self.front["days"])
        )
        options = [_option(child, lang) for child in optional]
        listed = {"type": "array", "title": words["fields"], "uniqueItems": True, "x-widget": "checkboxes"}
        page = {"id": CHOSEN, "title": words["title"], "intro": intro, "fields": [CHOSEN]}
        return {"page": page, "field": {**listed, "items": {"oneOf": options}}}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A package with the optional items that were chosen; to be applied for like one item."""

    package: Package
    chosen: frozenset[str]

    @property
    def id(self) -> str:
        """The package's id, which no item has."""
        return self.package.id

    @property
    def version(self) -> str:
        """The package's version."""
        return self.package.version

    @property
    def children(self) -> tuple[Child, ...]:
        """The items of this choice, in the package's order."""
        return tuple(
            child for child in self.package.children if child.key in self.chosen or not child.optional
        )

    def name(self, lang: str = "zh") -> str:
        """The package's name."""
        front = self.package.front
        return str(front["name_en"] if lang == "en" else front["name"])

    def dept_name(self, lang: str = "zh") -> str:
        """The authority in the lead (牵头部门)."""
        return str(self.package.front["dept_name_en" if lang == "en" else "dept_name"])

    @property
    def guide(self) -> Mapping[str, Any]:
        """What an item would call its guide."""
        return self.package.front

    @property
    def online(self) -> bool:
        """Whether it can be applied for online."""
        return bool(self.package.front.get("online"))

    def guide_url(self, lang: str = "zh") -> str:
        """The path of its page on the portal."""
        return self.package.page

    def form(self, lang: str = "zh") -> Form:
        """Its form in this language, for this choice."""
        return self.package.bundled_form(self.chosen, lang)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Shared documents that a chosen item uses, then what single items ask for."""
        used = {slot for child in self.children for slot in child.materials.values()}
        shared = (Material.from_json(one) for one in self.package.front.get("materials", ()))
        own = (material for child in self.children for material in child.own_materials("zh"))
        return (*(material for material in shared if material.id in used), *own)

    def materials_for(self, instance: Mapping[str, Any]) -> tuple[Material, ...]:
        """The documents that these answers call for."""
        answers = self.form().prune(instance)
        return tuple(material for material in self.materials if material.applies_to(answers))

    def before(self, key: str) -> tuple[str, ...]:
        """The chosen items whose results this one needs; those left out are replaced by what they need."""
        there = {child.key for child in self.children}
        after = {child.key: child.after for child in self.package.children}
        found: dict[str, None] = {}
        for name in after[key]:
            found |= dict.fromkeys((name,) if name in there else self.before(name))
        return tuple(found)


Applicable = Item | Bundle


class Packages:
    """The packages of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._versions: OrderedDict[tuple[str, str], Package] = OrderedDict()
        self._lock = Lock()

    def current(self, package_id: str) -> Package | None:
        """The package as published now."""
        facts = self._catalogue.document(package_id) if package_id.startswith(PREFIX) else None
        return self.version(package_id, facts["version"]) if facts else None

    def version(self, package_id: str, version: str) -> Package | None:
        """The package as it was when an application was pinned to it."""
        with self._lock:
            known = self._versions.get((package_id, version))
        if known or not package_id.startswith(PREFIX):
            return known
        data = self._catalogue.document(package_id, version)
        return self._keep(Package.from_json(data, self._catalogue)) if data else None

    def index(self) -> dict[str, list[dict[str, Any]]]:
        """{"packages": one line each, "items": the items that only packages have}."""
        return self._catalogue.listing("packages.json") or {"packages": [], "items": []}

    def _keep(self, package: Package) -> Package:
        with self._lock:
            self._versions[package.id, package.version] = package
            while len(self._versions) > _KEPT:
                self._versions.popitem(last=False)
        return package


def _option(child: Child, lang: str) -> dict[str, str]:
    option = {"const": child.key, "title": child.title(lang)}
    return option | ({"description": child.note} if child.note and lang == "zh" else {})
