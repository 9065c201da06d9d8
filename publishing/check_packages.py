"""The checks of a package that is applied for online: its form, and how each item takes its part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publishing.faults import Fault, Found, shown
from publishing.location import Pointer, pointer_steps
from publishing.packages import form_name, item_id
from publishing.sources import Content, Document, JsonFile, takes_applications
from schemas.form_fields import Field, fields_of
from schemas.form_lint import lint
from schemas.items import Material
from schemas.package_form import CHOSEN

_LONGEST_ID = 40
LICENCE, JOINT_DAYS = "01", 45
Fields = Mapping[str, Field]
Entry = Mapping[str, Any]


def faults(content: Content, package: Document) -> Iterator[Fault]:
    """Findings in the package, its form or its English overlay; nothing for packages that are pages only."""
    if not package.front.get("online"):
        return
    most = _LONGEST_ID - len(form_name(package)) + len(package.id)
    if len(package.id) > most:
        yield package.fault(
            Found(
                ("id",),
                f"可以网上申请的套餐，标识最多 {most} 个字符，请改短",
            )
        )
    form, overlay = content.form(form_name(package)), content.form(form_name(package), suffix="en")
    if form.data is None or overlay.data is None:
        missing = form if form.data is None else overlay
        yield package.fault(Found(("online",), f"找不到套餐的表单 {shown(missing.path)}，请新建"))
        return
    wrong = lint(form.data, overlay.data, package.front)
    files: dict[str, Document | JsonFile] = {"form": form, "overlay": overlay, "guide": package}
    for problem in wrong:
        yield files[problem.part].fault(Found(pointer_steps(problem.pointer), problem.message))
    if not wrong:
        yield from map(package.fault, _found(content, package, fields_of(form.data)))


def _found(content: Content, package: Document, shared: Fields) -> Iterator[Found]:
    for number, entry in enumerate(package.front["items"]):
        at: Pointer = ("items", number)
        if "guide" in entry:
            yield from _with_guide(content, package, entry, shared=shared, at=at)
        else:
            yield from _without_guide(content, package, entry, shared=shared, at=at)
    yield from _unused(package, shared)
    yield from _longest(content, package)
    yield from _joint(content, package)


def _joint(content: Content, package: Document) -> Iterator[Found]:
    """Joint handling is for two licences or more, and none may take longer than all together (行政许可法 42)."""
    if not package.front.get("joint"):
        return
    licences = []
    for number, entry in enumerate(package.front["items"]):
        guide = content.guide(entry["guide"]) if "guide" in entry else None
        if guide is None or guide.front.get("item_type") != LICENCE:
            continue
        licences.append(number)
        limit = guide.front["legal_limit"]
        if limit["unit"] == "workday" and limit["n"] > JOINT_DAYS:
            yield Found(
                ("items", number),
                f"并联办理合计不超过 {JOINT_DAYS} 个工作日，这一项的法定期限更长，请分开办理",
            )
    if len(licences) < 2:
        yield Found(("joint",), "并联办理要有两项以上行政许可，请改为 false 或者补上事项")


def _without_guide(
    content: Content, package: Document, entry: Entry, *, shared: Fields, at: Pointer
) -> Iterator[Found]:
    name = item_id(package.id, entry["key"])
    if len(name) > _LONGEST_ID or content.guide(name) is not None:
        yield Found(at, f"事项的编号 {name} 太长，或者和办事指南重名，请换一个 key")
    missing = [key for key in ("dept", "days", "fields") if key not in entry]
    if missing:
        yield Found(at, f"没有办事指南的事项要写 {'、'.join(missing)}，请补上")
        return
    if entry["dept"] not in content.departments:
        yield Found((*at, "dept"), f"site.yaml 里没有部门 {entry['dept']}，请改成已有的部门 id")
    if entry["days"] > entry.get("legal_days", 20):
        yield Found((*at, "days"), f"承诺 {entry['days']} 个工作日比法定时限长，请缩短")
    for field in entry["fields"]:
        yield from _taken(field, entry["fields"], shared=shared, at=(*at, "fields"))
    for slot in set(entry.get("uses", [])) - _slots(package):
        yield Found((*at, "uses"), f"套餐没有材料 {slot}，请在 materials 里补上，或者改正")


def _taken(field: str, listed: list[str], *, shared: Fields, at: Pointer) -> Iterator[Found]:
    if field not in shared:
        yield Found(at, f"套餐的表单里没有字段 {field}，请改正")
    elif (condition := shared[field].condition) and condition.control not in listed:
        yield Found(at, f"字段 {field} 要看 {condition.control} 怎么选，请把 {condition.control} 也列上")


def _with_guide(
    content: Content, package: Document, entry: Entry, *, shared: Fields, at: Pointer
) -> Iterator[Found]:
    guide = content.guide(entry["guide"])
    if guide is None:
        return
    if not takes_applications(guide.front):
        yield Found((*at, "guide"), f"{guide.id} 现在不能网上办理，不能放进可以网上申请的套餐")
        return
    own = fields_of(content.form(guide.front.get("form", guide.id)).data or {})
    yield from _fixed(entry, own, at=(*at, "fixed"))
    for name, source in entry.get("share", {}).items():
        if name not in own or source not in shared:
            where = (
                f"{guide.id} 的表单里没有字段 {name}" if name not in own else f"套餐的表单里没有字段 {source}"
            )
            yield Found((*at, "share"), f"{where}，请改正")
        else:
            for clash in _clashes(own[name], shared[source], entry):
                yield Found((*at, "share"), f"{name} 用的是套餐的 {source}，但是{clash}，请改成一致")
    yield from _documents(package, guide, entry, at=(*at, "materials"))


def _fixed(entry: Entry, own: Fields, *, at: Pointer) -> Iterator[Found]:
    for name, value in entry.get("fixed", {}).items():
        known = {option["const"] for option in own[name].options} if name in own else set()
        if value not in known:
            yield Found(at, f"{entry['guide']} 的表单没有选项 {name}: {value}，请改正")
        if name in entry.get("share", {}):
            yield Found(at, f"{name} 已经固定，不要再写在 share 里")


def _clashes(own: Field, shared: Field, entry: Entry) -> Iterator[str]:
    """Why an answer that suits the package's question might not suit the item's."""
    mine, its = own.spec, shared.spec
    if own.kind != shared.kind:
        yield "类型不同"
    elif own.kind == "group":
        yield from _entries(own, shared, entry)
    for key, word in (
        ("format", "格式"),
        ("pattern", "写法"),
        ("x-past", "对日期的要求"),
        ("x-mask", "遮掩方式"),
    ):
        if mine.get(key) and mine[key] != its.get(key):
            yield f"{word}不同"
    if own.options and not {o["const"] for o in shared.options} <= {o["const"] for o in own.options}:
        yield "选项更多"
    if own.options and not shared.options:
        yield "没有选项"
    yield from _bounds(mine, its, cap=shared.cap)
    if own.required and not shared.required:
        yield "不是必填"
    if shared.condition and not _asked_whenever(own, shared, entry):
        yield "不一定会问到"


def _entries(own: Field, shared: Field, entry: Entry) -> Iterator[str]:
    """Every field of each entry must suit as well; what the package asks besides is left out for the item."""
    asked = {field.name: field for field in shared.inner}
    for field in own.inner:
        if field.name in asked:
            yield from (f"{field.title}{clash}" for clash in _clashes(field, asked[field.name], entry))
        elif field.required:
            yield f"没有逐个问{field.title}"


def _bounds(mine: Mapping[str, Any], its: Mapping[str, Any], *, cap: int) -> Iterator[str]:
    lower = ("minLength", "minimum", "exclusiveMinimum", "minItems")
    upper = ("maxLength", "maximum", "exclusiveMaximum", "maxItems")
    if any(its.get(key, float("-inf")) < mine[key] for key in lower if key in mine):
        yield "下限更低"
    its = {"maxLength": cap, **its}
    if any(its.get(key, float("inf")) > mine[key] for key in upper if key in mine):
        yield "上限更高"


def _asked_whenever(own: Field, shared: Field, entry: Entry) -> bool:
    """Whether the package asks in every case in which the item does."""
    assert shared.condition is not None
    if own.condition is None:
        return False
    same = entry.get("share", {}).get(own.condition.control) == shared.condition.control
    return same and set(own.condition.values) <= set(shared.condition.values)


def _documents(package: Document, guide: Document, entry: Entry, *, at: Pointer) -> Iterator[Found]:
    its = {one["id"]: Material.from_json(one) for one in package.front.get("materials", [])}
    own = {one["id"]: Material.from_json(one) for one in guide.front.get("materials", [])}
    for name, slot in entry.get("materials", {}).items():
        if name not in own or slot not in its:
            where = f"{guide.id} 没有材料 {name}" if name not in own else f"套餐没有材料 {slot}"
            yield Found(at, f"{where}，请改正")
        elif not set(its[slot].accept) <= set(own[name].accept) or its[slot].max_mb > own[name].max_mb:
            yield Found(at, f"材料 {slot} 允许的类型或者大小超过了 {guide.id} 的 {name}，请改成一致")
        elif not _asked_too(its[slot], own[name], entry):
            yield Found(at, f"{guide.id} 要 {name} 的时候，套餐不一定要 {slot}，请改 when，让两处一致")


def _asked_too(its: Material, own: Material, entry: Entry) -> bool:
    named = {entry.get("share", {}).get(name, name): set(wanted) for name, wanted in own.when.items()}
    covered = all(named.get(name, set()) and named[name] <= set(wanted) for name, wanted in its.when.items())
    return covered and (its.need == "1" or own.need != "1")


def _unused(package: Document, shared: Fields) -> Iterator[Found]:
    entries = package.front["items"]
    fields = {
        name for entry in entries for name in (*entry.get("fields", ()), *entry.get("share", {}).values())
    }
    fields |= {shared[name].condition.control for name in fields if name in shared and shared[name].condition}  # type: ignore[union-attr]
    for name in [name for name in shared if name not in fields]:
        yield Found(
            ("items",), f"套餐的表单问了 {name}，但是没有事项用到，请删去，或者写进事项的 fields、share"
        )
    slots = {
        slot for entry in entries for slot in (*entry.get("uses", ()), *entry.get("materials", {}).values())
    }
    for slot in sorted(_slots(package) - slots):
        yield Found(("materials",), f"没有事项用到材料 {slot}，请删去，或者写进事项的 uses、materials")
    if CHOSEN in shared:
        yield Found(("online",), f"套餐的表单不能有叫 {CHOSEN} 的字段，它是用来选事项的，请改名")


def _longest(content: Content, package: Document) -> Iterator[Found]:
    """One item after another must fit into what the package promises as a whole."""
    ends: dict[str, int] = {}
    for entry in package.front["items"]:
        guide = content.guide(entry["guide"]) if "guide" in entry else None
        days = guide.front["promise_limit"]["n"] if guide else entry.get("days", 0)
        ends[entry["key"]] = days + max((ends.get(key, 0) for key in entry.get("after", [])), default=0)
    if ends and max(ends.values()) > package.front["days"]:
        last = max(ends, key=lambda key: ends[key])
        yield Found(
            ("days",),
            f"先后办完 {last} 要 {ends[last]} 个工作日，超过承诺的 {package.front['days']} 个，请改成一致",
        )


def _slots(package: Document) -> set[str]:
    return {one["id"] for one in package.front.get("materials", [])}
