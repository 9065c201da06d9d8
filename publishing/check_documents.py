"""Checks of packages, notices, policies and pages, of bodies' links, and of dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

from publishing import fast_markdown
from publishing.bodies import Reader, split
from publishing.duties import addresses
from publishing.faults import Found
from publishing.sources import FOLDERS, Content, Document

_LINK = re.compile(r'(?:href|src)="([^"]*)"')
_TAG = re.compile(r"</?[a-zA-Z][^>\n]*>")
_SCHEMES = ("https://", "http://", "mailto:", "tel:")
_STANDING = (
    "/",
    "/en/",
    "/status/",
    "/en/status/",
    "/sitemap/",
    "/topics/",
    "/topics/person/",
    "/topics/corp/",
)
_STANDING_FILES = ("/notices/feed.xml", "/policies/feed.xml", "/sitemap.xml", "/404.html")
_COLUMNS = tuple(f"/{name}/" for name in ("guides", "packages", "notices", "policies", "departments"))
DYNAMIC = ("/me/", "/signin", "/review/", "/search/", "/en/search/", "/resume/", "/ask/")


def references(content: Content, document: Document) -> Iterator[Found]:
    """Ids that a package or policy names must exist."""
    if document.kind == "package":
        yield from _package(content, document)
    for number, name in enumerate(document.front.get("related", []) if document.kind == "policy" else []):
        if not content.has("guide", name):
            yield Found(("related", number), f"没有办事指南 {name}，请改正或者删去")


def _package(content: Content, package: Document) -> Iterator[Found]:
    front = package.front
    if front["lead"] not in content.departments:
        yield Found(("lead",), f"site.yaml 里没有部门 {front['lead']}，请改成已有的部门 id")
    if front.get("topic") and front["topic"] not in content.topics[front["audience"]]:
        yield Found(("topic",), f"site.yaml 里没有主题 {front['topic']}，请改成已有的主题 id")
    earlier: set[str] = set()
    for number, item in enumerate(front["items"]):
        if item["key"] in earlier:
            yield Found(("items", number), f"事项标识 {item['key']} 重复，请换一个")
        if not set(item.get("after", [])) <= earlier:
            yield Found(("items", number, "after"), "after 只能写排在前面的事项标识，请改正或者调整次序")
        if item.get("guide") and not content.has("guide", item["guide"]):
            yield Found(("items", number, "guide"), f"没有办事指南 {item['guide']}，请改正或者删去")
        earlier.add(item["key"])


def dates(document: Document, *, today: date) -> Iterator[Found]:
    """Dates that cannot be: published or verified in the future, expired but said to be in force."""
    front, now = document.front, today.isoformat()
    for key, word in (("updated", "最后核对日期"), ("published", "发布日期")):
        if front.get(key, "") > max(now, front.get("publish_on", "")):
            yield Found((key,), f"{word} {front[key]} 还没有到，请核对")
    if front.get("issued_on", "") > front.get("published", "9999"):
        yield Found(("issued_on",), "成文日期晚于发布日期，请核对")
    expires = front.get("expires_on", "9999")
    if expires < front.get("published", ""):
        yield Found(("expires_on",), "失效日期早于发布日期，请核对")
    elif expires < now and document.kind == "policy" and front["status"] == "有效":
        yield Found(("expires_on",), f"文件 {expires} 已经失效，请把 status 改成“废止”，或者改正失效日期")
    elif expires < now and document.kind == "notice":
        yield Found(("expires_on",), f"公告 {expires} 已经失效，页面会注明，不再列在首页", warning=True)
    if front.get("cancelled_on", "9999") <= now and front.get("state") != "3":
        yield Found(("cancelled_on",), "取消日期已到，请把 state 改成 3")


def body(content: Content, document: Document, reader: Reader) -> Iterator[Found]:
    """Headings, raw HTML and links of one body."""
    if not document.body.strip():
        yield Found((), "没有正文，请写上内容", line=document.body_line)
        return
    for section in split(document.body, level=1):
        if section.title:
            line = document.body_line + section.line
            yield Found((), f"正文标题从 ## 开始，请把“# {section.title}”改成“## {section.title}”", line=line)
    yield from _tags(document)
    quick = fast_markdown.links(document.body)
    if quick is not None and all(resolves(content, link) for link in quick):
        return
    for link in dict.fromkeys(map(unescape, _LINK.findall(reader.html(document.body)))):
        if not resolves(content, link):
            yield Found((), f"链接 {link} 打不开，请改正或者删去", line=_line(document, link))


def _tags(document: Document) -> Iterator[Found]:
    if "<" not in document.body:
        return
    for number, line in enumerate(document.body.split("\n")):
        tag = _TAG.search(line)
        if tag and "`" not in line:
            yield Found(
                (), f"正文不能用 HTML 标签，请改用 Markdown：{tag[0]}", line=document.body_line + number
            )


def _line(document: Document, link: str) -> int:
    before = document.body.partition(f"]({link}")[0]
    return document.body_line + (before.count("\n") if before != document.body else 0)


def resolves(content: Content, link: str) -> bool:
    """Whether a link leads out of the site, to a page that will be built, or to a file."""
    if link.startswith(_SCHEMES) or link.startswith("#"):
        return True
    path = link.split("#")[0].split("?")[0]
    if not path.startswith("/") or path.startswith("//"):
        return False
    if path.startswith("/files/"):
        return content.has_file(path[1:])
    return (
        path in _STANDING + _STANDING_FILES + _COLUMNS
        or path.startswith(DYNAMIC)
        or _names_page(content, path)
        or addresses.known(content, path)
    )


def _names_page(content: Content, path: str) -> bool:
    match path.strip("/").split("/") if path.endswith("/") else []:
        case ["topics", side, name]:
            return name in content.topics.get(side, {})
        case ["departments", name]:
            return name in content.departments
        case ["apply", name] | ["en", "apply", name]:
            return content.takes_applications(name)
        case [folder, name]:
            return any(folder == FOLDERS[kind] and content.has(kind, name) for kind in FOLDERS)
    return False
