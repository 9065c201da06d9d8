"""Packages (一件事) for the catalogue: one immutable JSON file per version, and the items only packages have.

An item without a guide of its own becomes an item here: its department handles it, or hands it to the body
named in `dept_name` and records what that body answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from publishing.engine.hooks import Change, Kept, Output
from publishing.first_page import first_page
from publishing.page import Page, Text
from publishing.portal import Portal
from publishing.rows import Entry
from publishing.sources import Content, Document
from publishing.spelling import canonical, spelled
from schemas.form_fields import localised
from schemas.items import Catalogue
from schemas.package_form import overlay_of, project
from schemas.packages import PREFIX, Package

_LEGAL_DAYS = 20  # where the entry names none: what 行政许可法 42 allows at most
_CORRECTION_DAYS = 30
Json = dict[str, Any]


def form_name(package: Document | Entry) -> str:
    """The name of the package's form files."""
    return f"{PREFIX}{package.id}"


def item_id(package: str, key: str) -> str:
    """The catalogue id of an item that only this package has."""
    return f"{package}-{key.replace('_', '-')}"


def compiled(portal: Portal) -> Iterator[tuple[Json, list[Json]]]:
    """Each package that is applied for here, with the items only it has; the others are pages only."""
    for package in portal.packages:
        if package.front.get("online"):
            own = own_items(portal.content, package)
            named = {entry["guide"] for entry in package.front["items"] if "guide" in entry}
            items = {name: portal.published.item(name) for name in sorted(named)} | {
                item["id"]: item for item in own
            }
            yield compile_package(portal.content, package, items), own


class Packages:
    """The catalogue's packages and the first page of each one's application."""

    name = "packages"
    daily = False
    last = False

    def inputs(self, portal: Portal, change: Change) -> str | None:
        """There are few packages: they are put together whenever anything changed."""
        return None

    def outputs(self, portal: Portal, change: Change) -> Iterator[Output]:
        """Catalogue files, earlier versions included, their list, and first pages in both languages."""
        lists: dict[str, list[Json]] = {"packages": [], "items": []}
        for made, own in compiled(portal):
            for file in (*own, made):
                yield from _catalogued(portal, file)
            lists["packages"].append(_entry(made))
            lists["items"] += [_item_entry(item, made["id"].removeprefix(PREFIX)) for item in own]
            yield from _first_pages(portal, made, own)
        yield Text("catalogue/packages.json", canonical(lists))


def _catalogued(portal: Portal, file: Json) -> Iterator[Output]:
    """One file now, and every version that was published before: running cases are judged by them."""
    name, text = file["id"], canonical(file)
    yield Text(f"catalogue/{name}/{file['version']}.json", text)
    yield Text(f"catalogue/{name}.json", text)
    for earlier in portal.published.earlier(name):
        if earlier != file["version"]:
            yield Kept(f"catalogue/{name}/{earlier}.json")


def _first_pages(portal: Portal, made: Json, own: list[Json]) -> Iterator[Output]:
    known = {
        child["item"]: portal.published.whole(portal.published.item(child["item"]))
        for child in made["children"]
        if not _is_own(child, own)
    }
    bundle = Package.from_json(made, _Published(known | {item["id"]: item for item in own})).with_answers({})
    addresses = {"zh": f"/apply/{bundle.id}/", "en": f"/en/apply/{bundle.id}/"}
    for lang, other in (("zh", "en"), ("en", "zh")):
        item = {"id": bundle.id, "name": bundle.name(lang), "url": bundle.guide_url(lang)}
        context = first_page(bundle.form(lang), item, action=addresses[lang])
        yield Page(addresses[lang], "form.html", context, lang=lang, alt=addresses[other], indexed=False)


def _is_own(child: Json, own: list[Json]) -> bool:
    return any(child["item"] == item["id"] for item in own)


class _Published(Catalogue):
    """The items of this very build, whatever their version."""

    def __init__(self, known: Mapping[str, Json]) -> None:
        super().__init__(lambda path: spelled(known[path.split("/")[0]]))


def _entry(made: Json) -> Json:
    copied = ("name", "name_en", "summary", "summary_en", "lead", "audience", "days", "online")
    return {"id": made["id"], "version": made["version"]} | {key: made["package"][key] for key in copied}


def _item_entry(item: Json, package: str) -> Json:
    guide = {key: item["guide"][key] for key in ("name", "name_en", "dept")}
    return {"id": item["id"], "version": item["version"], "package": package} | guide


def compile_package(content: Content, package: Document | Entry, items: Mapping[str, Json]) -> Json:
    """The package with the versions of its items; its own version is the hash of all that."""
    lead = content.departments[package.front["lead"]]
    facts = {f"dept_{key}": lead[key] for key in ("name", "name_en", "code", "phone")}
    name = form_name(package)
    parts = {
        "package": {key: value for key, value in package.front.items() if key != "items"} | facts,
        "form": content.form(name).data,
        "form_en": content.form(name, suffix="en").data,
        "children": [_child(package, entry, items) for entry in package.front["items"]],
    }
    return _versioned(name, parts)


def _child(package: Document | Entry, entry: Json, items: Mapping[str, Json]) -> Json:
    item = items[entry.get("guide") or item_id(package.id, entry["key"])]
    own = "guide" not in entry
    return {
        "key": entry["key"],
        "item": item["id"],
        "item_version": item["version"],
        "name": entry["name"],
        "name_en": entry.get("name_en", ""),
        "optional": entry.get("optional", False),
        "after": entry.get("after", []),
        "note": entry.get("note", ""),
        "share": {field: field for field in entry.get("fields", [])} if own else entry.get("share", {}),
        "fixed": entry.get("fixed", {}),
        "materials": {slot: slot for slot in entry.get("uses", [])} if own else entry.get("materials", {}),
    }


def own_items(content: Content, package: Document | Entry) -> list[Json]:
    """The items of a package that have no guide of their own, as catalogue items."""
    entries = (entry for entry in package.front["items"] if "guide" not in entry)
    return [_own_item(content, package, entry) for entry in entries]


def _own_item(content: Content, package: Document | Entry, entry: Json) -> Json:
    name = form_name(package)
    shared, overlay = content.form(name).data, content.form(name, suffix="en").data or {}
    plain = project(shared, entry["fields"]) | {"title": entry["name"]}
    english = project(localised(shared, overlay), entry["fields"]) | {
        "title": entry.get("name_en", entry["name"])
    }
    parts = {
        "guide": _guide(content, package, entry),
        "body": {},
        "form": plain,
        "form_en": overlay_of(plain, english),
    }
    return _versioned(item_id(package.id, entry["key"]), parts)


def _guide(content: Content, package: Document | Entry, entry: Json) -> Json:
    """What a guide would say of it. Not online by itself: it is applied for with its package only."""
    dept, days = content.departments[entry["dept"]], entry["days"]
    wanted = set(entry.get("uses", []))
    return {
        "name": entry["name"],
        "name_en": entry.get("name_en", entry["name"]),
        "summary": entry.get("note", entry["name"]),
        "dept": entry["dept"],
        "dept_name": dept["name"],
        "dept_name_en": dept["name_en"],
        "dept_code": dept["code"],
        "dept_phone": dept["phone"],
        "consult": {"phone": dept["phone"]},
        "legal_limit": {"n": entry.get("legal_days", _LEGAL_DAYS), "unit": "workday"},
        "promise_limit": {"n": days, "unit": "workday" if days else "immediate"},
        "correction_days": _CORRECTION_DAYS,
        "steps": _steps(entry, dept),
        "materials": [one for one in package.front.get("materials", []) if one["id"] in wanted],
        "state": "1",
        "channels": [],
        "page": package.url,
        **_handed_to(entry, dept),
    }


def _handed_to(entry: Json, dept: Mapping[str, Any]) -> dict[str, str]:
    """The body that does the work, where the department at the desk only passes it on."""
    if entry["dept_name"] == dept["name"]:
        return {}
    return {"handed_to": entry["dept_name"], "handed_to_en": entry.get("dept_name_en", entry["dept_name"])}


def _steps(entry: Json, dept: Mapping[str, Any]) -> list[Json]:
    result = f"转交{entry['dept_name']}办理，登记结果" if _handed_to(entry, dept) else "办理并登记结果"
    return [
        {"name": "受理", "post": dept["short"], "days": 0, "result": "收到随套餐提交的申请"},
        {"name": "办理", "post": entry["dept_name"], "days": entry["days"], "result": result},
        {"name": "送达", "post": dept["short"], "days": 0, "result": "把结果告诉申请人"},
    ]


def _versioned(name: str, parts: Json) -> Json:
    digest = hashlib.sha256(spelled(parts)).hexdigest()
    return {"id": name, "version": digest[:16], **parts}
