"""A province to search: the labelled items in every region, with bodies from the sample guides' sentences."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.search import labelled_corpus

ROOT = Path(__file__).resolve().parents[2]

_FIRST, _SECOND = "青白云石龙凤金银玉清平安永长广新东南西北", "江河湖海山川原林泉溪岭湾洲城关桥浦田沙港"
_CITIES = 21
_SENTENCES = 22  # in one guide: about a thousand characters
_CUT = re.compile(r"[^。；\n|#-]{8,}[。；]?")


def regions(count: int) -> dict[str, str]:
    """A province, its cities and as many counties as needed, with names nobody has."""
    names = [f"{one}{two}" for one in _FIRST for two in _SECOND]
    random.Random(1).shuffle(names)
    found = {}
    for number in range(count):
        city, county = number % _CITIES + 1, number // _CITIES
        code = f"99{city:02}{county:02}"
        found[code] = names[number] + ("县" if county else "市")
    return found


def guides(count: int) -> Iterator[dict[str, Any]]:
    """Guides, all items of one region after the other; the same count gives the same guides."""
    rows = list(labelled_corpus.rows())
    sentences = _sentences()
    places = regions(count // len(rows) + 1)
    chance = random.Random(7)
    for number, (code, place) in enumerate(sorted(places.items())):
        for which, (dept, audience, name, aliases) in enumerate(rows):
            if number * len(rows) + which == count:
                return
            yield _guide(
                which, dept, audience, name, aliases, (code, place), chance.choices(sentences, k=_SENTENCES)
            )


def _guide(
    which: int,
    dept: str,
    audience: str,
    name: str,
    aliases: list[str],
    region: tuple[str, str],
    body: list[str],
) -> dict[str, Any]:
    code, place = region
    front = labelled_corpus._guide(which, dept, audience, name, aliases, "")
    return front | {
        "id": f"r{code}-{which:03}",
        "region": code,
        "dept_name": place + dept,
        "summary": f"{place}范围内符合条件的{audience}可以向{dept}申请{name}，审查通过后发给结果。",
        "task_code": f"119{code}{which:06}{which * 7919:013}",
        "body": "\n\n".join(body),
    }


def _sentences() -> list[str]:
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "content" / "guides").glob("*.md"))]
    return [
        found for text in texts for found in _CUT.findall(text) if re.search(r"[\u4e00-\u9fff]{6}", found)
    ]
