"""What changed between two versions of a guide, in words a citizen understands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from publishing import labels

Guide = Mapping[str, Any]
Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: `before` or `after` is empty where it was added or taken away."""

    part: str
    name: str
    before: str
    after: str

    @property
    def how(self) -> str:
        """新增, 取消 or 调整."""
        if not self.before:
            return "新增"
        return "调整" if self.after else "取消"


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Differences of two catalogue items, part by part, in the order of the guide's page."""
    return [
        Change(part, name, before.get(name, ""), after.get(name, ""))
        for part, read in _PARTS.items()
        for before, after in [(read(old), read(new))]
        for name in {**before, **after}
        if before.get(name, "") != after.get(name, "")
    ]


def _materials(item: Mapping[str, Any]) -> Facts:
    return {one["name"]: _material(one) for one in item["guide"]["materials"]}


def _material(one: Guide) -> str:
    copies = one.get("copies", {})
    counts = [
        f"{word} {copies[key]} 份" for key, word in (("orig", "原件"), ("copy", "复印件")) if copies.get(key)
    ]
    parts = [
        labels.NEED[one["need"]],
        labels.MEDIUM[one["medium"]],
        "、".join(counts) or labels.KIND[one["kind"]],
        f"免提交，由部门共享{one['shared_from']}" if one.get("shared_from") else "",
        one.get("fill_note", ""),
        one.get("accept_rule", ""),
    ]
    return "；".join(part.rstrip("。") for part in parts if part)


def _limits(item: Mapping[str, Any]) -> Facts:
    guide = item["guide"]
    limits = {
        "承诺时限": labels.limit(guide["promise_limit"]),
        "法定时限": labels.limit(guide["legal_limit"]),
    }
    pauses = {f"特别程序：{one['type']}": f"最长 {one['max_days']} 个工作日" for one in guide["special"]}
    return limits | pauses | {"补正期限": f"{guide.get('correction_days', 30)} 个工作日"}


def _fees(item: Mapping[str, Any]) -> Facts:
    guide = item["guide"]
    if not guide["fee"]["charged"]:
        return {"收费": "不收费"}
    return {
        fee["name"]: "；".join(fee[key] for key in ("rule", "waiver") if fee.get(key))
        for fee in guide["fees"]
    }


def _steps(item: Mapping[str, Any]) -> Facts:
    return {
        step["name"]: f"{step['post']}，{labels.step_days(step['days'])}" for step in item["guide"]["steps"]
    }


def _places(item: Mapping[str, Any]) -> Facts:
    return {
        place["name"]: "，".join(place[key] for key in ("addr", "hours", "phone"))
        for place in item["guide"]["places"]
    }


def _ways(item: Mapping[str, Any]) -> Facts:
    guide = item["guide"]
    return {
        "办理形式": labels.words(labels.CHANNEL, guide["channels"]),
        "到现场": f"{guide['visits']} 次",
        "服务对象": labels.words(labels.AUDIENCE, guide["audience"]),
        "事项状态": labels.STATE[guide["state"]],
        "咨询电话": guide["consult"]["phone"],
        "投诉电话": guide["complain"]["phone"],
        "办理结果": guide["result"]["name"],
    }


def _names(item: Mapping[str, Any]) -> Facts:
    return {"事项名称": item["guide"]["name"], "一句话说明": item["guide"]["summary"]}


def _law(item: Mapping[str, Any]) -> Facts:
    return {f"《{one['law']}》{one['article']}": one["text"] for one in item["guide"]["legal_basis"]}


def _form(item: Mapping[str, Any]) -> Facts:
    return {field.get("title", name): _asked(field) for name, field in _fields(item["form"])}


def _asked(field: Mapping[str, Any]) -> str:
    options = "、".join(option["title"] for option in field.get("oneOf", ()))
    return "；".join(part for part in ("填写", options, field.get("description", "")) if part)


def _fields(form: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from form.get("properties", {}).items()
    for branch in form.get("allOf", ()):
        yield from branch.get("then", {}).get("properties", {}).items()


_PARTS: dict[str, Callable[[Mapping[str, Any]], Facts]] = {
    "基本信息": _names,
    "申请材料": _materials,
    "办理时限": _limits,
    "收费": _fees,
    "办理流程": _steps,
    "办理方式": _ways,
    "办理地点": _places,
    "设定依据": _law,
    "申请表": _form,
}


def marked(before: str, after: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
    """Both texts in pieces, each marked where the other one differs."""
    old: list[tuple[bool, str]] = []
    new: list[tuple[bool, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old += [(tag != "equal", before[a:b])] * (b > a)
        new += [(tag != "equal", after[c:d])] * (d > c)
    return old, new
