"""The pages of the portal: address, template, context. Nothing is rendered here.

Standing pages are few and show counts and first entries only; whatever lists all guides is a paged list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from publishing import feeds
from publishing.bodies import trusted
from publishing.catalogue import Item, is_online
from publishing.duties import columns, english, facilities
from publishing.engine.hooks import ListKind, Part
from publishing.first_page import first_page
from publishing.guide_view import view
from publishing.page import Page, Stencil, Text
from publishing.portal import SIDES, Portal
from publishing.rows import Entry
from publishing.sources import Document

FEW = 200  # guides that one page may list by itself


def standing(portal: Portal) -> Iterator[Page]:
    """Pages of the whole portal."""
    yield from _homes(portal)
    yield from _columns(portal)
    yield from _topics(portal)
    yield Page("/departments/", "site/departments.html", {"portal": portal}, nav="/departments/")
    kinds = facilities.by_kind(portal)
    shown = {"portal": portal, "sides": SIDES, "few": FEW, "facility_kinds": kinds}
    yield Page("/sitemap/", "site/sitemap.html", shown)
    yield Page("/404.html", "site/not_found.html", {"portal": portal}, indexed=False)
    for lang, start, other in (("zh", "", "/en/status/"), ("en", "/en", "/status/")):
        url = f"{start}/status/"
        context = {"number": "", "code": "", "errors": [], "action": url}
        yield Page(url, "status_query.html", context, lang=lang, nav=url, alt=other)


def robots(portal: Portal) -> Iterator[Text]:
    """robots.txt; the feeds come with their columns (publishing.duties.columns)."""
    yield Text("robots.txt", feeds.robots(portal.site["site"]["url"]))


def _homes(portal: Portal) -> Iterator[Page]:
    notices = [notice for notice in portal.notices if not portal.expired(notice)]
    zh = {"notices": notices[:6], "policies": portal.policies[:4], "portal": portal}
    yield Page("/", "site/home.html", zh, nav="/", alt="/en/")
    yield Page("/en/", "site/home_en.html", {"portal": portal}, lang="en", nav="/en/", alt="/")


def _columns(portal: Portal) -> Iterator[Page]:
    yield Page(
        "/guides/",
        "site/guides.html",
        {"portal": portal, "count": portal.total, "few": FEW},
        alt="/en/guides/",
    )
    yield Page("/packages/", "site/packages.html", {"packages": portal.packages}, nav="/packages/")
    for url, template, documents in (
        ("/notices/", "site/notices.html", portal.notices),
        ("/policies/", "site/policies.html", portal.policies),
    ):
        for part in columns.parts(documents, url):
            yield Page(part.url, template, {"portal": portal, "part": part}, nav=url)


def _topics(portal: Portal) -> Iterator[Page]:
    yield Page("/topics/", "site/topics.html", {"portal": portal, "sides": SIDES})
    for side, name in SIDES.items():
        url = f"/topics/{side}/"
        context = {"portal": portal, "side": side, "name": name, "sides": SIDES}
        yield Page(url, "site/topic_side.html", context, nav=url)


def _department_keys(front: Mapping[str, Any], site: Mapping[str, Any]) -> Iterable[str]:
    """The department that handles an item, and those that do so with it."""
    del site
    return front["dept"], *front.get("joint_depts", ())


def _department(portal: Portal, key: str, part: Part) -> Page:
    dept = portal.content.departments[key]
    led = [package for package in portal.packages if package.front["lead"] == key] if part.head else []
    context = {"dept": dept, "part": part, "packages": led, "duties": "power_list" in portal.site}
    url = f"/departments/{key}/{part.suffix}"
    alt = f"/en{url}" if part.head else None
    return Page(url, "site/department.html", context, nav="/departments/", alt=alt)


DEPARTMENT_LISTS = ListKind(
    "dept", "/departments/{key}/", _department_keys, lambda portal: portal.content.departments, _department
)


def _topic_list(side: str, name: str) -> ListKind:
    url = f"/topics/{side}/"

    def page(portal: Portal, key: str, part: Part) -> Page:
        context = {
            "portal": portal,
            "side": side,
            "name": name,
            "topic": portal.content.topics[side][key],
            "part": part,
            "packages": portal.packages_about(side, key) if part.head else [],
        }
        return Page(f"{url}{key}/{part.suffix}", "site/topic.html", context, nav=url)

    return ListKind(
        side,
        f"{url}{{key}}/",
        lambda front, site: front.get(f"topics_{side}", ()),
        lambda portal: portal.content.topics[side],
        page,
    )


TOPIC_LISTS = [_topic_list(side, name) for side, name in SIDES.items()]


def mentions(document: Document) -> Iterator[str]:
    """Items that a guide or policy calls related, items of a package."""
    for name in document.front.get("related", ()):
        yield f"guide:{name}"
    for item in document.front.get("items", ()):
        if "guide" in item:
            yield f"guide:{item['guide']}"


def guide_pages(portal: Portal, item: Item) -> Iterator[Page]:
    """The guide itself."""
    context, url = view(portal, item), f"/guides/{item['id']}/"
    alt = f"/en{url}" if english.wanted(portal, item["id"]) else None
    yield Page(url, "site/guide.html", context, nav=context["trail"][0][0], alt=alt)


def package_pages(portal: Portal, package: Entry) -> Iterator[Page]:
    """A package with its items."""
    context = {
        "p": package.front,
        "items": _package_items(portal, package),
        "lead": portal.content.departments[package.front["lead"]],
        "body": _body(portal, package),
        "over": portal.expired(package),
    }
    yield Page(package.url, "site/package.html", context, nav="/packages/")


def _package_items(portal: Portal, package: Entry) -> list[dict[str, Any]]:
    names = {item["key"]: item["name"] for item in package.front["items"]}
    return [
        item
        | {
            "row": portal.row(item["guide"]) if "guide" in item else None,
            "after_names": "、".join(names[key] for key in item.get("after", [])),
            "note": item.get("note", ""),
            "optional": item.get("optional", False),
        }
        for item in package.front["items"]
    ]


def notice_pages(portal: Portal, notice: Entry) -> Iterator[Page]:
    """A notice."""
    context = {"n": notice.front, "body": _body(portal, notice), "expired": portal.expired(notice)}
    yield Page(notice.url, "site/notice.html", context, nav="/notices/")


def policy_pages(portal: Portal, policy: Entry) -> Iterator[Page]:
    """A policy document with the items it is about."""
    related = [row for name in policy.front.get("related", []) if (row := portal.row(name))]
    context = {"p": policy.front, "body": _body(portal, policy), "related": related}
    yield Page(policy.url, "site/policy.html", context, nav="/policies/")


def page_pages(portal: Portal, page: Entry) -> Iterator[Page]:
    """A page about the site itself."""
    yield Page(
        page.url,
        "site/page.html",
        {"p": page.front, "body": _body(portal, page), "over": portal.expired(page)},
    )


def form_pages(portal: Portal, item: Item) -> Iterator[Stencil]:
    """The first page of an application in both languages, for items handled over the web."""
    if is_online(item["guide"]):
        yield _form(portal, item, lang="zh", start="", other="/en")
        yield _form(portal, item, lang="en", start="/en", other="")


def _form(portal: Portal, item: Item, *, lang: str, start: str, other: str) -> Stencil:
    """The same template as the functions answer with; items that share a form differ in name and address."""
    form = item["guide"].get("form", item["id"])
    words = {"id": item["id"], "name": item["guide"]["name" if lang == "zh" else "name_en"]}

    def page(words: Mapping[str, str]) -> Page:
        url, alt = (f"{at}/apply/{words['id']}/" for at in (start, other))
        item = {"id": words["id"], "name": words["name"], "url": f"/guides/{words['id']}/"}
        context = first_page(portal.form(form, lang), item, action=url)
        return Page(url, "form.html", context, lang=lang, alt=alt, indexed=False)

    return Stencil(f"{start}/apply/{item['id']}/", ("form", form, lang), words, page, indexed=False)


def _body(portal: Portal, document: Entry) -> Any:
    return trusted(portal.reader.html(document.body))
