"""Seven hundred items of forty departments, done at three levels, are browsed level by level."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from benchmarks.publish.generate import generate
from publishing.build import build
from publishing.faults import serious

ITEMS = 700
TOWNS = {f"9901021{n:02}": f"镇{n}" for n in range(6)}
VILLAGES = {f"{town}2{n:02}": f"{name}村{n}" for town, name in TOWNS.items() for n in range(3)}
LEVELS = ["990102", *TOWNS, *VILLAGES]


def tree() -> dict[str, object]:
    """A county with six towns of three villages."""

    def below(town: str) -> list[dict[str, object]]:
        return [
            {"code": code, "name": VILLAGES[code], "level": "6"} for code in VILLAGES if code.startswith(town)
        ]

    towns = [
        {"code": code, "name": name, "level": "5", "children": below(code)} for code, name in TOWNS.items()
    ]
    return {"code": "990102", "name": "望澜区", "name_en": "Wanglan", "level": "4", "children": towns}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hall")
    generate(ITEMS, folder)
    site = folder / "content" / "site.yaml"
    front = yaml.safe_load(site.read_text("utf-8")) | {"region": tree()}
    site.write_text(json.dumps(front, ensure_ascii=False), "utf-8")
    for number, path in enumerate(sorted((folder / "content" / "guides").rglob("*.md"))):
        text = path.read_text("utf-8")
        path.write_text(text.replace("---\n", f'---\nregion: "{LEVELS[number % len(LEVELS)]}"\n', 1), "utf-8")
    output = folder / "out" / "site"
    assert not list(
        serious(build(folder / "content", output, today=date(2026, 11, 23), forms=folder / "forms"))
    )
    return output


def links(hall: Path, url: str) -> list[str]:
    return re.findall(r'href="(/[^"#]*)"', (hall / url.strip("/") / "index.html").read_text("utf-8"))


def walked(hall: Path, url: str) -> Iterator[str]:
    """The guides of one place, over all pages of its list."""
    found = links(hall, url)
    yield from (link for link in found if re.fullmatch(r"/guides/[^/]+/", link))
    further = [link for link in found if link.startswith(f"{url.split('from-')[0]}from-") and link > url]
    yield from (guide for link in dict.fromkeys(further) for guide in walked(hall, link))


def test_every_item_is_reached_from_the_page_of_its_own_level(hall: Path) -> None:
    found = {code: set(walked(hall, f"/regions/{code}/")) for code in LEVELS}
    assert len(set().union(*found.values())) == ITEMS == sum(map(len, found.values()))
    assert min(map(len, found.values())) >= ITEMS // len(LEVELS)


def test_each_level_leads_to_the_next_one_down_and_up(hall: Path) -> None:
    for code in TOWNS:
        below = [f"/regions/{one}/" for one in VILLAGES if one.startswith(code)]
        assert {*below, "/regions/990102/"} <= set(links(hall, f"/regions/{code}/"))
        assert f"/regions/{code}/" in links(hall, "/regions/990102/")
