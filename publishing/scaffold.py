"""`publish.py new`: a first draft of a document, complete enough to pass `check`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Template

from publishing import sources
from publishing.sources import FOLDERS, Content

STARTERS = Path(__file__).parent / "starters"
_SLUG = re.compile(r"[a-z][a-z0-9-]{2,39}")
_TYPE = "20"  # 公共服务: the kind with the fewest conditions


def scaffold(
    kind: str, slug: str, *, content: Path, today: date, forms: Path = sources.FORMS
) -> list[Path] | str:
    """Write the files of a new document; a text says why nothing was written."""
    if not _SLUG.fullmatch(slug):
        return f"{slug} 不能作名字：用 3 至 40 个小写字母、数字或者短横线，以字母开头"
    found = sources.load(content, forms=forms)
    if kind == "facility" and not found.site.get("facilities"):
        return "先在 site.yaml 的 facilities 里写明有哪几种设施"
    targets = _targets(
        kind, slug, content=content, forms=forms, power_list=bool(found.site.get("power_list"))
    )
    taken = [path for path in targets if path.exists()]
    if taken:
        return f"{taken[0].name} 已经有了，请换一个名字"
    values = _values(found, slug, today)
    for path, starter in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template((STARTERS / starter).read_text("utf-8")).substitute(values), "utf-8")
    return list(targets)


def _targets(kind: str, slug: str, *, content: Path, forms: Path, power_list: bool) -> dict[Path, str]:
    """File -> starter. On a site with a 权责清单 a new guide brings its entry."""
    document = {content / FOLDERS[kind] / f"{slug}.md": f"{kind}.md"}
    if kind != "guide":
        return document
    listed = {content / FOLDERS["duty"] / f"{slug}.md": "duty.md"} if power_list else {}
    return (
        document
        | listed
        | {
            forms / f"{slug}.schema.json": "form.schema.json.txt",
            forms / f"{slug}.en.json": "form.en.json.txt",
            content / "files" / f"{slug}-result.svg": "result.svg",
        }
    )


def _values(content: Content, slug: str, today: date) -> dict[str, str]:
    dept = next(iter(content.departments.values()))
    catalog = _free_code(content, dept["num"])
    return {
        "slug": slug,
        "today": today.isoformat(),
        "year": str(today.year),
        "region_code": content.site["region"]["code"],
        "dept": dept["id"],
        "dept_name": dept["name"],
        "phone": dept["phone"],
        "addr": dept["addr"],
        "hotline": content.site["site"]["hotline"],
        "level": content.site["region"]["level"],
        "facility_kind": next((row["id"] for row in content.site.get("facilities", ())), ""),
        "topic": next(iter(content.topics["person"])),
        "catalog_code": catalog,
        "task_code": dept["code"] + content.site["region"]["level"] + catalog,
    }


def _free_code(content: Content, number: str) -> str:
    """The first 基本编码 of this department and type that no guide and no list entry has yet."""
    used = {guide.front.get("catalog_code") for guide in content.of("guide")}
    used |= {duty.front.get("code") for duty in content.of("duty")}
    start = content.site["region"]["code"][:2] + _TYPE + number
    codes = (f"{start}{serial:03}000" for serial in range(1, 1000))
    return next(code for code in codes if code not in used)
