"""The English side of a guide: fields with an English twin, the translated text, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publishing.bodies import trusted
from publishing.catalogue import is_online
from publishing.page import Page

Guide = Mapping[str, Any]
CHANNEL = {"1": "at a counter", "2": "online", "3": "by courier"}
UNIT = {"workday": "working day", "calendar_day": "day"}
NEED = {"1": "required", "2": "optional", "3": "may follow later"}
AUDIENCE = {
    "1": "individuals",
    "2": "companies",
    "3": "public institutions",
    "4": "associations",
    "5": "unincorporated businesses",
    "6": "government bodies",
    "9": "other organisations",
}
STATE = {"2": "This service is paused.", "3": "This service has ended."}


def wanted(portal: Any, name: str) -> bool:
    """Whether an item has an English page: all do, or only translated ones (site.yaml, site.english)."""
    every = portal.site["site"].get("english", "all") == "all"
    return every or portal.entry("guide_en", name) is not None


def pages(portal: Any, item: Mapping[str, Any], translation: Mapping[str, Any] | None) -> Iterator[Page]:
    """The English page; `translation` is {"front": …, "html": …} of content/en/guides/<id>.md."""
    if not wanted(portal, item["id"]):
        return
    guide, front = item["guide"], translation["front"] if translation else {}
    url = f"/guides/{item['id']}/"
    context = {
        "g": guide,
        "t": front,
        "body": trusted(translation["html"]) if translation else None,
        "stale": bool(front) and front["translated_on"] < guide["updated"],
        "online": is_online(guide),
        "state": STATE.get(guide["state"], ""),
        "facts": facts(guide, front),
        "materials": [material(one) for one in guide["materials"]],
        "steps": steps(guide, front),
        "dept": portal.content.departments[guide["dept"]],
        "missing": missing(guide, translation),
        "zh": url,
    }
    yield Page(f"/en{url}", "site/guide_en.html", context, lang="en", alt=url)


def limit(value: Guide) -> str:
    """A time limit: 8 working days, on the spot."""
    if value["unit"] == "immediate":
        return "on the spot"
    return f"{value['n']} {UNIT[value['unit']]}{'s' * (value['n'] != 1)}"


def facts(guide: Guide, front: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is asked first, with what words there are."""
    fee = (
        "No fee"
        if not guide["fee"]["charged"]
        else front.get("fees", "A fee is charged; see the Chinese guide")
    )
    visits = {0: "None", 1: "1 visit"}.get(guide["visits"], f"{guide['visits']} visits")
    ways = ", ".join(CHANNEL[code] for code in guide["channels"])
    return [
        ("Time", limit(guide["promise_limit"])),
        ("Fee", fee),
        ("Visits", visits),
        ("How", ways[0].upper() + ways[1:]),
        ("For", ", ".join(AUDIENCE[code] for code in guide["audience"])),
    ]


def material(one: Guide) -> dict[str, Any]:
    """One document to hand in; without an English name the Chinese one is shown and marked."""
    shared = "Nothing to hand in: departments share it." if one.get("shared_from") else ""
    made = "Made from what you enter online." if one.get("from_form") else ""
    return {
        "name": one.get("name_en"),
        "name_zh": one["name"],
        "need": NEED[one["need"]],
        "note": one.get("fill_note_en") or shared or made,
    }


def steps(guide: Guide, front: Mapping[str, Any]) -> list[dict[str, str]]:
    """The steps where all have an English name; an empty list otherwise."""
    names = front.get("steps", ())
    if len(names) != len(guide["steps"]):
        return []
    pairs = zip(names, guide["steps"], strict=True)
    return [{"name": name, "who": "", "limit": _days(step["days"])} for name, step in pairs]


def _days(days: float) -> str:
    return f"{days:g} working day{'s' * (days != 1)}" if days else "on the spot"


def missing(guide: Guide, translation: Mapping[str, Any] | None) -> list[str]:
    """Parts that are still only in Chinese."""
    front = translation["front"] if translation else {}
    parts = [
        ("conditions and procedure", translation is not None),
        ("names of documents", all(one.get("name_en") for one in guide["materials"])),
        ("fees", not guide["fee"]["charged"] or "fees" in front),
        ("steps", len(front.get("steps", ())) == len(guide["steps"])),
    ]
    return [name for name, there in parts if not there]


def department_keys(front: Guide, site: Mapping[str, Any]) -> list[str]:
    """The department under which the English list shows an item."""
    del site
    return [front["dept"]]


def department_page(portal: Any, key: str, part: Any) -> Page:
    """Services of one department in English."""
    dept = portal.content.departments[key]
    alt = f"/departments/{key}/" if part.head else None
    context = {"dept": dept, "part": part, "trail": [("/en/guides/", "All services")]}
    url = f"/en/departments/{key}/{part.suffix}"
    return Page(url, "site/department_en.html", context, lang="en", alt=alt)


def indexes(portal: Any) -> Iterator[Page]:
    """The English list of departments."""
    departments = [(dept, portal.count(f"dept:{name}")) for name, dept in portal.content.departments.items()]
    context = {"departments": departments}
    yield Page("/en/guides/", "site/guides_en.html", context, lang="en", alt="/guides/")
