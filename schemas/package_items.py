"""One item within a package (一件事): how its answers and documents are taken from the package's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemas.form_fields import localised, root_of
from schemas.items import Catalogue, Item
from schemas.materials import Material
from schemas.package_form import Part

WORDS = {
    "zh": {
        "title": "要办哪几件事", "fields": "按需要选", "always": "一定会办：{names}。",
        "pick": "下面的按需要选，不选的不办。",
        "days": "全部 {days} 个工作日内办完。", "list": "、", "joint": "：", "of": "{material}（{item}）",
    },
    "en": {
        "title": "What you want done", "fields": "Choose what applies", "always": "Always included: {names}. ",
        "pick": "Choose from the rest; what you leave out is not done. ",
        "days": "Everything is done within {days} working days.", "list": ", ",
        "joint": ": ", "of": "{material} ({item})",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Child:
    """One item of a package. `share` and `materials` map its fields and documents to the package's own.

    `after` names the items whose results it needs.
    """

    key: str
    item: Item
    name: str
    name_en: str
    optional: bool
    after: tuple[str, ...]
    note: str
    share: Mapping[str, str]
    fixed: Mapping[str, Any]
    materials: Mapping[str, str]

    @classmethod
    def from_json(cls, data: Mapping[str, Any], catalogue: Catalogue) -> Child:
        """One item as a package lists it; LookupError when the version it pins is not there."""
        item = catalogue.version(data["item"], data["item_version"])
        if item is None:
            raise LookupError(f"{data['item']} {data['item_version']}")
        plain = ("key", "name", "name_en", "optional", "note", "share", "fixed", "materials")
        return cls(item=item, after=tuple(data["after"]), **{name: data[name] for name in plain})

    def title(self, lang: str = "zh") -> str:
        """Its name within the package."""
        return self.name_en if lang == "en" and self.name_en else self.name

    def answers(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """The item's own answers, taken from the package's."""
        prefix = f"{self.key}."
        own = {name.removeprefix(prefix): value for name, value in form.items() if name.startswith(prefix)}
        shared = {name: form[source] for name, source in self.share.items() if source in form}
        return self.item.form().prune({**own, **shared, **self.fixed})

    def files(self, answers: Mapping[str, Any], files: Mapping[str, Any]) -> dict[str, Any]:
        """The item's own documents, by reference: one upload serves every item that wants it."""
        wanted = (material.id for material in self.item.materials_for(answers) if material.upload)
        return {name: files[self.slot(name)] for name in wanted if files.get(self.slot(name))}

    def named(self, name: str) -> str:
        """What the package calls a field of the item, or a field within an entry of one of its groups."""
        root = root_of(name)
        return self.part("zh").named(root) + name.removeprefix(root)

    def slot(self, material: str) -> str:
        """What the package calls this document of the item."""
        return self.materials.get(material) or f"{self.key}.{material}"

    def own_materials(self, lang: str) -> list[Material]:
        """Documents only this item asks for, with conditions in the package's names."""
        own = (one for one in self.item.materials if one.upload and one.id not in self.materials)
        return [self._renamed(one, lang) for one in own if self._possible(one)]

    def part(self, lang: str) -> Part:
        """Its share in the form, in one language."""
        schema = self.item.form_schema or {"x-pages": [], "properties": {}}
        texts = localised(schema, self.item.form_en) if lang == "en" else schema
        return Part(self.key, self.title(lang), texts, self.share, self.fixed)

    def _possible(self, material: Material) -> bool:
        return all(self.fixed[name] in wanted for name, wanted in material.when.items() if name in self.fixed)

    def _renamed(self, material: Material, lang: str) -> Material:
        part = self.part("zh")
        when = {part.named(name): wanted for name, wanted in material.when.items() if name not in self.fixed}
        said = {code: words["of"] for code, words in WORDS.items()}
        return replace(
            material, id=self.slot(material.id), when=when,
            name=said["zh"].format(material=material.name, item=self.name),
            name_en=said["en"].format(material=material.title("en"), item=self.title("en")),
        )  # fmt: skip
