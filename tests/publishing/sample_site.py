"""A small complete site whose files tests break in one place at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from publishing import check, sources
from publishing.build import build
from publishing.faults import Fault

TODAY = date(2026, 11, 23)
SITE = """\
site:
  name: 望澜政务服务网
  name_en: Wanglan Government Services
  owner: 栖宁市望澜区人民政府主办
  owner_en: Wanglan District, Qining City
  domain: zwfw.wanglan.example
  url: https://zwfw.wanglan.example
  site_id_code: "0000000000"
  hotline: "12345"
  organiser: 望澜区人民政府办公室
  operator: 望澜区政务服务局
  demo_notice: 演示站点，非政府网站
  demo_notice_en: Demonstration site, not a government website
region: {code: "990102", name: 望澜区, name_en: Wanglan District, level: "4"}
departments:
  - {id: zwfw, code: 11990102000000001J, num: "01", short: 政务服务局, name: 望澜区政务服务局,
     name_en: Government Services Bureau, phone: 0999-5550101, addr: 望澜区澜湾街道政通路 1 号}
topics:
  person:
    - {id: shebao, glyph: 社, name: 社会保障, name_en: Social security}
  corp: []
nav:
  - {url: /, name: 首页, name_en: Home}
  - {url: /status/, name: 办件查询, name_en: Track a case}
  - {url: /notices/, name: 通知公告, name_en: Notices}
"""
KINDS = {
    "guide": "laonian-zheng",
    "package": "banzheng",
    "notice": "tongzhi",
    "policy": "guiding",
    "page": "about",
}


@dataclass(frozen=True)
class Sample:
    """The folders of one small site."""

    content: Path
    forms: Path
    output: Path

    def path(self, kind: str) -> Path:
        """The one document of a kind, the form, its English or site.yaml."""
        slug = KINDS.get(kind, KINDS["guide"])
        special = {"form": f"{slug}.schema.json", "overlay": f"{slug}.en.json"}
        if kind in special:
            return self.forms / special[kind]
        return self.content / ("site.yaml" if kind == "site" else f"{sources.FOLDERS[kind]}/{slug}.md")

    def edit(self, kind: str, *changes: tuple[str, str]) -> None:
        path = self.path(kind)
        text = path.read_text("utf-8")
        for old, new in changes:
            assert old in text, f"{old!r} is not in {path.name}"
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def line(self, kind: str, start: str) -> int:
        """The number of the first line of a document that starts with `start`."""
        lines = self.path(kind).read_text("utf-8").split("\n")
        return next(number for number, line in enumerate(lines, 1) if line.strip().startswith(start))

    def faults(self) -> list[Fault]:
        return check.faults(sources.load(self.content, forms=self.forms), today=TODAY)

    def build(self, *, today: date = TODAY) -> list[Fault]:
        return build(self.content, self.output, today=today, forms=self.forms)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
