"""Checks of what publishing duties add: references, labels, columns without items or news."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from publishing.duties import columns, regions
from publishing.duties.classes import LABEL_LENGTH, LABELS
from publishing.faults import Found
from publishing.sources import Content, Document

Front = Mapping[str, Any]
FAMILIES = {"groups": "人群", "events": "大事"}


def document(content: Content, document: Document) -> Iterator[Found]:
    """Findings about one document whose fields are each right by themselves."""
    front = document.front
    yield from _span(front)
    if document.id in front.get("formerly", ()):
        yield Found(("formerly",), f"曾用标识里有现在的标识 {document.id}，请删去")
    yield from _families(content, front)
    if "region" in front and front["region"] not in regions.of(content.site):
        yield Found(("region",), f"site.yaml 的 region 里没有 {front['region']}，请改成已有的行政区划代码")
    if "dept" in front and front["dept"] not in content.departments and document.kind != "guide":
        yield Found(("dept",), f"site.yaml 里没有部门 {front['dept']}，请改成已有的部门 id")
    yield from _KINDS.get(document.kind, _nothing)(content, document)


def _nothing(content: Content, document: Document) -> Iterator[Found]:
    del content, document
    return iter(())


def _span(front: Front) -> Iterator[Found]:
    first, last = front.get("publish_on", ""), front.get("expires_on", "9999")
    if first > last:
        yield Found(("publish_on",), f"定时发布的日期 {first} 晚于失效日期 {last}，请核对")
    if first and front.get("published", first) != first:
        yield Found(("publish_on",), "定时发布的，发布日期（published）要和 publish_on 相同")


def _families(content: Content, front: Front) -> Iterator[Found]:
    for family, word in FAMILIES.items():
        known = {row["id"] for row in content.site.get(family, ())}
        for number, name in enumerate(front.get(family, ())):
            if name not in known:
                yield Found((family, number), f"site.yaml 里没有{word} {name}，请改成已有的 id")


def _guide(content: Content, guide: Document) -> Iterator[Found]:
    yield from _listed(content, guide)


def _listed(content: Content, guide: Document) -> Iterator[Found]:
    """On a site that keeps a 权责清单 every item needs an entry there."""
    name = guide.front.get("duty", guide.id)
    if not content.site.get("power_list") or not guide.front.get("dept"):
        return
    if not content.has("duty", name):
        advice = f"请补上 content/duties/{name}.md，或者用 duty 写明是哪一条"
        yield Found(
            ("duty" if "duty" in guide.front else "catalog_code",), f"权责清单里没有这个事项，{advice}"
        )


def _procurement(content: Content, notice: Document) -> Iterator[Found]:
    front = notice.front
    if "follows" in front and (
        front["follows"] == notice.id or not content.has("procurement", front["follows"])
    ):
        yield Found(("follows",), f"没有采购公告 {front['follows']}，请改正或者删去")
    closes = front.get("closes_at")
    if closes and not _is_moment(closes):
        yield Found(("closes_at",), f"不是有效的时间：{closes}，请写成 2026-12-15 09:30")
    elif closes and closes[:10] < front["published"]:
        yield Found(("closes_at",), "截止时间早于发布日期，请核对")
    paid = sum(one["amount_fen"] for one in front.get("suppliers", ()))
    if paid > front.get("budget_fen", paid):
        yield Found(("suppliers",), "成交金额合计超过预算金额，请核对")


def _is_moment(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007  (shape only)
    except ValueError:
        return False
    return True


def _special(content: Content, special: Document) -> Iterator[Found]:
    kinds = {"guides": "guide", "packages": "package", "policies": "policy", "notices": "notice"}
    for key, kind in kinds.items():
        yield from _there(content, kind, key, special.front.get(key, ()))


def _there(content: Content, kind: str, key: str, names: Iterable[str]) -> Iterator[Found]:
    for number, name in enumerate(names):
        if not content.has(kind, name):
            yield Found((key, number), f"没有 {name}，请改正或者删去")


def _duty(content: Content, duty: Document) -> Iterator[Found]:
    yield from _there(content, "guide", "guides", duty.front.get("guides", ()))


def _english(content: Content, text: Document) -> Iterator[Found]:
    if not content.has("guide", text.id):
        yield Found(("id",), f"没有办事指南 {text.id}，英文的文件名要和中文的相同")


def _facility(content: Content, facility: Document) -> Iterator[Found]:
    kinds = [row["id"] for row in content.site.get("facilities", ())]
    if facility.front["kind"] not in kinds:
        yield Found(("kind",), f"site.yaml 的 facilities 里没有 {facility.front['kind']}，请改成已有的种类")


_KINDS: dict[str, Callable[[Content, Document], Iterator[Found]]] = {
    "guide": _guide,
    "procurement": _procurement,
    "special": _special,
    "duty": _duty,
    "guide_en": _english,
    "facility": _facility,
}


def agreement(content: Content) -> Iterator[tuple[Document, Found]]:
    """Guides and their entries in the 权责清单 that contradict each other (only where both are at hand)."""
    entries = {entry.id: entry.front for entry in content.of("duty")}
    for guide in content.of("guide"):
        entry = entries.get(guide.front.get("duty", guide.id), {})
        pairs = (("catalog_code", "code"), ("item_type", "item_type"), ("dept", "dept"))
        for key, other in pairs if entry else ():
            if guide.front.get(key) != entry.get(other):
                yield guide, Found((key,), f"和权责清单不一致：那里是 {entry.get(other)}，请改其中一处")


def site(content: Content) -> Iterator[Found]:
    """site.yaml: labels of groups and events, and one label for one thing."""
    for family in FAMILIES:
        yield from _family(content, family)
    codes = [region.code for region in regions.of(content.site)] if content.site.get("region") else []
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Found(("region",), f"行政区划代码 {code} 写了两次，请核对")
    yield from _one_label(content)


def _family(content: Content, family: str) -> Iterator[Found]:
    rows = content.site.get(family, ())
    for number, row in enumerate(rows):
        if row["id"] in [other["id"] for other in rows[:number]]:
            yield Found((family, number), f"标识 {row['id']} 重复，请换一个")
        if len(row["name"]) > LABEL_LENGTH:
            yield Found((family, number), f"“{row['name']}”超过 {LABEL_LENGTH} 个字，请缩短")


def _one_label(content: Content) -> Iterator[Found]:
    """A column is called the same everywhere, and two different things never share a name."""
    names = dict(LABELS)
    for number, entry in enumerate(content.site.get("nav", ())):
        if names.setdefault(entry["url"], entry["name"]) != entry["name"]:
            wanted = names[entry["url"]]
            yield Found(("nav", number), f"这个栏目在别处叫“{wanted}”，请改成同一个名字")
    owners = {name: url for url, name in names.items()}
    for where, url, name in _labels(content):
        if owners.setdefault(name, url) != url:
            yield Found(where, f"“{name}”已经是 {owners[name]} 的名字，请换一个不会混淆的")


def _labels(content: Content) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """(where, address, name) of what site.yaml names; a topic of both sides is one thing."""
    for side, topics in content.topics.items():
        for number, topic in enumerate(topics.values()):
            yield ("topics", side, number), f"topic:{topic['name']}", topic["name"]
    for family in (*FAMILIES, "facilities"):
        for number, row in enumerate(content.site.get(family, ())):
            yield (family, number), f"/{family}/{row['id']}/", row["name"]
    for number, dept in enumerate(content.site.get("departments", ())):
        yield ("departments", number), f"/departments/{dept['id']}/", dept["short"]


def empty(content: Content, used: Callable[[str], bool]) -> Iterator[Found]:
    """Groups and events without an item or a package; `used` is asked "groups:laonian"."""
    for family, word in FAMILIES.items():
        for number, row in enumerate(content.site.get(family, ())):
            if not used(f"{family}:{row['id']}"):
                message = f"{word}“{row['name']}”下没有事项，请补上事项，或者删去"
                yield Found((family, number), message)


def named(front: Front) -> set[str]:
    """Groups and events of one guide or package, as `empty` asks for them."""
    return {f"{family}:{name}" for family in FAMILIES for name in front.get(family, ())}


def stale(documents: Mapping[str, Sequence[Any]], today: date) -> Iterator[Found]:
    """Reminders about a home page or a column that has had no news for too long."""
    return (Found(("nav",), message, warning=True) for message in columns.ages(documents, today))


def former(content: Content) -> Iterator[tuple[Document, Found]]:
    """A former name that is somebody's name now, or the former name of two."""
    owners: dict[tuple[str, str], str] = {}
    for one in content.all():
        for number, old in enumerate(one.front.get("formerly", ())):
            other = old if content.has(one.kind, old) else owners.setdefault((one.kind, old), one.id)
            if other != one.id:
                yield one, Found(("formerly", number), f"曾用标识 {old} 和 {other} 冲突，请核对")
