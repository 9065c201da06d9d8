"""However a site came to be, the same content on the same day gives the same bytes."""

from __future__ import annotations

import random
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.build import build
from publishing.engine import pages, run
from publishing.faults import serious
from publishing.scaffold import scaffold
from tests.publishing.conftest import small_site
from tests.publishing.sample_site import TODAY, Sample, tree

NAMES = ["甲事项", "乙事项", "丙<b>事项", "丁 & 事项", "戊“事项”"]
SMALL = {
    "engine.lists.LEAST": 2,
    "engine.lists.MOST": 5,
    "engine.lists.SELDOM": 2,
    "sitemaps.LENGTH": 40,
    "sitemaps.SELDOM": 6,
}


class Town:
    """A growing site: guides that relate to each other, a package, notices, powers; every act keeps it sound."""

    def __init__(self, sample: Sample, seed: int) -> None:
        self.sample = sample
        self.random = random.Random(seed)
        self.model = sample.path("guide").read_text("utf-8")
        self.notice = sample.path("notice").read_text("utf-8")
        self.serial = 100
        self.today = TODAY

    @property
    def guides(self) -> list[Path]:
        first = self.sample.path("guide")
        return sorted(path for path in (self.sample.content / "guides").rglob("*.md") if path != first)

    def act(self, number: int) -> None:
        acts = (
            self.add,
            self.add,
            self.rename,
            self.delete,
            self.pause,
            self.relate,
            self.pack,
            self.announce,
            self.sleep,
            self.move,
            self.empower,
            self.disempower,
        )
        acts[number % len(acts)]()

    def add(self) -> None:
        self.serial += 1
        name, folder = (
            f"item-{self.serial}",
            self.sample.content / "guides" / self.random.choice([".", "a", "b/c"]),
        )
        folder.mkdir(parents=True, exist_ok=True)
        day = f"2025-01-{self.random.randint(1, 28):02}"
        text = self.model.replace("id: laonian-zheng", f"id: {name}\nform: laonian-zheng").replace(
            "001000", f"{self.serial}000"
        )
        text = text.replace("新事项（laonian-zheng）", f"{self.random.choice(NAMES)}{self.serial}").replace(
            "files/item", "files/laonian"
        )
        text = text.replace("effective_on: 2026-11-23", f"effective_on: {day}")
        (folder / f"{name}.md").write_text(text, "utf-8")

    def some(self) -> Path | None:
        return self.random.choice(self.guides) if self.guides else None

    def change(self, old: str, new: str) -> None:
        guide = self.some()
        if guide:
            guide.write_text(guide.read_text("utf-8").replace(old, new, 1), "utf-8")

    def rename(self) -> None:
        self.change("事项", "服务事项")

    def pause(self) -> None:
        self.change('state: "1"', f'state: "{self.random.choice("12")}"')

    def delete(self) -> None:
        guide = self.some()
        if guide:
            self._unname(guide.stem)
            guide.unlink()

    def move(self) -> None:
        guide = self.some()
        if guide:
            target = self.sample.content / "guides" / "moved" / guide.name
            target.parent.mkdir(exist_ok=True)
            guide.rename(target)

    def relate(self) -> None:
        guide, other = self.some(), self.some()
        if guide and other and guide != other and "related:" not in guide.read_text("utf-8"):
            self._append(guide, f"related: [{other.stem}]\n")

    def pack(self) -> None:
        guide = self.some()
        package = self.sample.path("package")
        if guide:
            self._unname("", package)
            package.write_text(
                package.read_text("utf-8").replace("key: first", f"key: first\n    guide: {guide.stem}"),
                "utf-8",
            )

    def announce(self) -> None:
        self.serial += 1
        text = self.notice.replace("id: tongzhi", f"id: news-{self.serial}")
        text = text.replace("source:", "expires_on: 2026-11-25\nsource:")
        (self.sample.content / "notices" / f"news-{self.serial}.md").write_text(text, "utf-8")

    def empower(self) -> None:
        self.serial += 1
        made = scaffold(
            "duty",
            f"power-{self.serial}",
            content=self.sample.content,
            today=self.today,
            forms=self.sample.forms,
        )
        assert not isinstance(made, str)

    def disempower(self) -> None:
        for path in sorted((self.sample.content / "duties").glob("*.md"))[:1]:
            path.unlink()

    def sleep(self) -> None:
        self.today += timedelta(days=1)

    def _append(self, path: Path, line: str) -> None:
        path.write_text(path.read_text("utf-8").replace("retention:", f"{line}retention:", 1), "utf-8")

    def _unname(self, name: str, only: Path | None = None) -> None:
        """Nothing may name a guide that is about to go."""
        for path in [only] if only else [*self.guides, self.sample.path("package")]:
            lines = path.read_text("utf-8").split("\n")
            wanted = (f"related: [{name}]", f"    guide: {name}") if name else ()
            kept = [
                line for line in lines if line not in wanted and (name or not line.startswith("    guide:"))
            ]
            path.write_text("\n".join(kept), "utf-8")

    def build(self, output: Path, **how: int) -> dict[str, bytes]:
        found = build(self.sample.content, output, today=self.today, forms=self.sample.forms, **how)
        assert not list(serious(found)), found
        return present(output)


def with_past(output: Path) -> Path:
    """A folder with nothing but the published versions of a site: the past that histories of guides tell."""
    again = output.parent / "again"
    shutil.rmtree(again, ignore_errors=True)
    shutil.copytree(output / "catalogue", again / "catalogue")
    return again


def present(output: Path) -> dict[str, bytes]:
    """A site without the versions of items that only its own past has."""
    files = tree(output)
    return {
        path: data
        for path, data in files.items()
        if not (path.startswith("catalogue/") and path.count("/") == 2)
        or data == files.get(f"{path.rpartition('/')[0]}.json")
    }


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 10**6),
    st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=4), min_size=2, max_size=6),
)
def test_an_incremental_build_gives_what_a_cold_build_gives(seed, rounds):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for name, size in SMALL.items():  # so that few guides fill many parts
            patch.setattr(f"publishing.{name}", size)
        town = Town(small_site(Path(folder)), seed)
        for _ in range(7):
            town.add()
        town.build(town.sample.output)
        for acts in rounds:
            for act in acts:
                town.act(act)
            grown = town.build(town.sample.output)
            again = town.build(with_past(town.sample.output), full=True)
            assert sorted(grown) == sorted(again)
            assert [path for path in grown if grown[path] != again[path]] == []


@pytest.fixture
def crowded(sample: Sample) -> Town:
    town = Town(sample, 7)
    for _ in range(12):
        town.add()
    return town


def test_two_workers_write_what_one_writes(crowded, monkeypatch):
    one = crowded.build(crowded.sample.output, workers=1)
    for module in (run, pages):
        monkeypatch.setattr(module, "MANY", 1)
        monkeypatch.setattr(module, "BATCH", 2)
    assert crowded.build(crowded.sample.output.parent / "two", workers=2) == one
