"""A corpus of 370 items in a district with two towns, indexed as publishing does it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from publishing.search import contents, entries

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TODAY = date(2026, 11, 23)
REGIONS = {
    "990102": "望澜区", "990102001": "澜湾街道", "990102001001": "听潮社区", "990102100": "石门渡镇",
    "990102100201": "上堰村", "990102101": "望山镇", "990102101201": "茶坞村",
}  # fmt: skip
TOWNS = ("990102100", "990102101")
LOCAL = ("民政局", "人社局", "残联", "农业农村局", "退役军人局")  # departments with items of the towns' own
LOCAL_ITEMS = ("出生登记",)
PAPERS = (
    "居民身份证", "居民户口簿", "营业执照", "结婚证", "不动产权证书", "授权委托书", "社会保障卡",
    "法定代表人身份证明", "劳动合同", "出生医学证明", "护照", "场地使用证明", "残疾人证", "学历证书",
    "近期免冠照片", "银行账户信息",
)  # fmt: skip
SENTENCES = (
    "符合下列条件的，可以提出申请：具有完全民事行为能力，材料真实、完整、有效。",
    "申请人可以在窗口办理，也可以在网上办理；老年人、残疾人可以由亲属代办。",
    "工作人员收到申请后当场核对，材料齐全的予以受理，不齐全的一次告知需要补正的内容。",
    "经审查符合条件的，在承诺时限内作出决定，并将结果送达申请人。",
    "对决定不服的，可以依法申请行政复议或者提起行政诉讼。",
    "办理中需要现场核查的，工作人员会提前电话联系，约定上门时间。",
    "已经领取过证照的，变更、延续、注销请查看相应的办事指南。",
    "涉及户口、婚姻、社保、公积金、税费和不动产登记信息的，由部门之间共享，不用提交证明。",
)


def rows() -> Iterator[tuple[str, str, str, list[str]]]:
    """Department, audience, name and aliases of each item."""
    for line in (HERE / "items.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            dept, audience, name, aliases = [*line.split("\t"), ""][:4]
            yield dept, audience, name, [alias for alias in aliases.split("、") if alias]


def guides() -> Iterator[dict[str, Any]]:
    """Every item as front matter with a body; some departments' items once more in each town."""
    for number, (dept, audience, name, aliases) in enumerate(rows()):
        regions = ["", *TOWNS] if dept in LOCAL or name in LOCAL_ITEMS else [""]
        for region in regions:
            yield _guide(number, dept, audience, name, aliases, region)


def _guide(
    number: int, dept: str, audience: str, name: str, aliases: list[str], region: str
) -> dict[str, Any]:
    papers = [PAPERS[(number * step) % len(PAPERS)] for step in (1, 3, 5, 7)]
    start = REGIONS[region or "990102"]
    return {
        "id": f"item-{number:03}-{region or 'qu'}",
        "name": name,
        "name_en": f"Item {number}",
        "summary": f"符合条件的{audience}可以向{start}{dept}提出申请，审查通过后办结并发给结果。",
        "aliases": aliases,
        "dept": f"d{sum(map(ord, dept))}",
        "dept_name": f"望澜区{dept}",
        "audience": ["1"] if audience == "个人" else ["2"],
        "result": {"name": "办理结果"},
        "materials": [{"name": paper} for paper in dict.fromkeys(papers)],
        "legal_basis": [{"law": "中华人民共和国行政许可法"}],
        "body": "\n".join(SENTENCES[(number + step) % len(SENTENCES)] for step in range(5)),
    } | ({"region": region} if region else {})


def document(front: dict[str, Any], *, kind: str = "guide") -> Any:
    """What the extractor gets of a document."""
    return SimpleNamespace(
        kind=kind, id=front["id"], url=f"/{kind}s/{front['id']}/", front=front, body=front.get("body", "")
    )


def extracted(fronts: Iterator[dict[str, Any]]) -> dict[contents.Key, bytes]:
    """Entries by key, in order."""
    found = {("guide", front["id"]): entries.extract(document(front), {"guide": front}) for front in fronts}
    return {key: data for key, data in sorted(found.items()) if data is not None}


def published(made: dict[contents.Key, bytes], facts: dict[str, object]) -> dict[str, bytes]:
    """The files of an index."""
    parts = list(contents.cut(made.items()))
    table = contents.table((file for file, _ in parts), facts)
    return {file.name: data for file, data in parts} | {"index.json": table.encode()}
