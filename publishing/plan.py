"""Every page of the portal as a plan: address, template, context. Nothing is rendered here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from publishing import feeds
from publishing.bodies import trusted
from publishing.catalogue import Item, is_online
from publishing.guide_view import view
from publishing.page import Page, Text
from publishing.portal import SIDES, Portal
from publishing.sources import Document
from schemas.forms import Form

AFTER_FORM = 2  # steps of an application after its form pages: materials, check


def pages(portal: Portal) -> Iterator[Page]:
    """The whole portal, page by page."""
    yield from _homes(portal)
    yield from _guides(portal)
    yield from _packages(portal)
    yield from _news(portal)
    yield from _topics(portal)
    yield from _departments(portal)
    yield from _standing(portal)
    yield from _forms(portal)


def texts(portal: Portal) -> Iterator[Text]:
    """Feeds, sitemap.xml and robots.txt."""
    site, base = portal.site, portal.site["site"]["url"]
    columns = (("/notices/", "通知公告", portal.notices), ("/policies/", "政策文件", portal.policies))
    for url, title, documents in columns:
        yield Text(f"{url[1:]}feed.xml", feeds.atom(site, url=url, title=title, documents=documents))
    yield Text("sitemap.xml", feeds.sitemap(base, (page.url for page in pages(portal) if page.indexed)))
    yield Text("robots.txt", feeds.robots(base))


def _homes(portal: Portal) -> Iterator[Page]:
    notices = [notice for notice in portal.notices if not portal.expired(notice)]
    zh = {"notices": notices[:6], "policies": portal.policies[:4], "portal": portal}
    yield Page("/", "site/home.html", zh, nav="/", alt="/en/")
    yield Page("/en/", "site/home_en.html", {"portal": portal}, lang="en", nav="/en/", alt="/")


def _guides(portal: Portal) -> Iterator[Page]:
    departments = portal.content.departments.values()
    groups = [
        (dept["name"], portal.by_department[dept["id"]])
        for dept in departments
        if dept["id"] in portal.by_department
    ]
    yield Page("/guides/", "site/guides.html", {"groups": groups, "count": len(portal.rows)})
    for item in portal.items:
        context = view(portal, item)
        yield Page(f"/guides/{item['id']}/", "site/guide.html", context, nav=context["trail"][0][0])


def _packages(portal: Portal) -> Iterator[Page]:
    yield Page("/packages/", "site/packages.html", {"packages": portal.packages}, nav="/packages/")
    for package in portal.packages:
        context = {
            "p": package.front,
            "items": _package_items(portal, package),
            "lead": portal.content.departments[package.front["lead"]],
            "body": _body(portal, package),
        }
        yield Page(package.url, "site/package.html", context, nav="/packages/")


def _package_items(portal: Portal, package: Document) -> list[dict[str, Any]]:
    names = {item["key"]: item["name"] for item in package.front["items"]}
    return [
        item
        | {
            "row": portal.rows.get(item.get("guide", "")),
            "after_names": "、".join(names[key] for key in item.get("after", [])),
            "note": item.get("note", ""),
            "optional": item.get("optional", False),
        }
        for item in package.front["items"]
    ]


def _news(portal: Portal) -> Iterator[Page]:
    yield Page(
        "/notices/", "site/notices.html", {"portal": portal, "notices": portal.notices}, nav="/notices/"
    )
    for notice in portal.notices:
        context = {"n": notice.front, "body": _body(portal, notice), "expired": portal.expired(notice)}
        yield Page(notice.url, "site/notice.html", context, nav="/notices/")
    yield Page("/policies/", "site/policies.html", {"policies": portal.policies}, nav="/policies/")
    for policy in portal.policies:
        related = [portal.rows[name] for name in policy.front.get("related", []) if name in portal.rows]
        context = {"p": policy.front, "body": _body(portal, policy), "related": related}
        yield Page(policy.url, "site/policy.html", context, nav="/policies/")


def _topics(portal: Portal) -> Iterator[Page]:
    yield Page("/topics/", "site/topics.html", {"portal": portal, "sides": SIDES})
    for side, name in SIDES.items():
        url = f"/topics/{side}/"
        context = {"portal": portal, "side": side, "name": name, "sides": SIDES}
        yield Page(url, "site/topic_side.html", context, nav=url)
        for topic in portal.content.topics[side].values():
            packages = portal.packages_about(side, topic["id"])
            yield Page(
                f"{url}{topic['id']}/",
                "site/topic.html",
                context | {"topic": topic, "packages": packages},
                nav=url,
            )


def _departments(portal: Portal) -> Iterator[Page]:
    yield Page("/departments/", "site/departments.html", {"portal": portal}, nav="/departments/")
    for dept in portal.content.departments.values():
        led = [package for package in portal.packages if package.front["lead"] == dept["id"]]
        context = {"dept": dept, "rows": portal.by_department.get(dept["id"], []), "packages": led}
        yield Page(f"/departments/{dept['id']}/", "site/department.html", context, nav="/departments/")


def _standing(portal: Portal) -> Iterator[Page]:
    for page in portal.content.of("page"):
        yield Page(page.url, "site/page.html", {"p": page.front, "body": _body(portal, page)})
    yield Page("/sitemap/", "site/sitemap.html", {"portal": portal, "sides": SIDES})
    yield Page("/404.html", "site/not_found.html", {"portal": portal}, indexed=False)
    for lang, start, other in (("zh", "", "/en/status/"), ("en", "/en", "/status/")):
        url = f"{start}/status/"
        context = {"number": "", "code": "", "errors": [], "action": url}
        yield Page(url, "status_query.html", context, lang=lang, nav=url, alt=other)


def _forms(portal: Portal) -> Iterator[Page]:
    for item in portal.items:
        if is_online(item["guide"]):
            yield _form(item, lang="zh", url=f"/apply/{item['id']}/", alt=f"/en/apply/{item['id']}/")
            yield _form(item, lang="en", url=f"/en/apply/{item['id']}/", alt=f"/apply/{item['id']}/")


def _form(item: Item, *, lang: str, url: str, alt: str) -> Page:
    """The first page of an application, the same template as the functions answer with."""
    form = Form(item["form"], item["form_en"], lang=lang)
    first = form.pages[0]
    names = form.names(0)
    context = {
        "item": {
            "id": item["id"],
            "name": item["guide"]["name" if lang == "zh" else "name_en"],
            "url": f"/guides/{item['id']}/",
        },
        "page": {
            "n": 1,
            "count": len(form.pages) + AFTER_FORM,
            "title": first.title,
            "intro": first.intro,
        },
        "controls": form.controls(names, instance={}),
        "errors": [],
        "action": url,
        "back_url": None,
        "hidden": {},
        "submit_label": None,
    }
    return Page(url, "form.html", context, lang=lang, alt=alt, indexed=False)


def _body(portal: Portal, document: Document) -> Markup:
    return trusted(portal.reader.html(document.body))
