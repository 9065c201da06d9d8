"""The same guides for Hugo, Eleventy and stock Pelican: python -m benchmarks.publish.peers CONTENT FOLDER.

Each gets the fields of a guide as they are, data files for departments, topics and code tables, and templates
that write the same page (hugo/, eleventy/, pelican/ beside this file). Their page set: guides, lists by
department and topic in parts of 30, an index, a sitemap.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from publishing import labels, sources
from publishing.sources import ROOT, Document

HERE = Path(__file__).parent
NAMES = ("hugo", "eleventy", "pelican")
DATA = {"hugo": "data", "eleventy": "src/_data"}
STATIC = {"hugo": "static/static", "eleventy": "public/static", "pelican": "content/static"}
GUIDES = {"hugo": "content/guides", "eleventy": "src/guides", "pelican": "content/guides"}
RENAMED = {
    "aliases": "also",
    "summary": "about",
    "id": "key",
    "name": "title",
}  # words with a meaning in Hugo
TABLES = (
    "ITEM_TYPE",
    "CASE_TYPE",
    "DEPT_KIND",
    "POWER_SOURCE",
    "LEVEL",
    "AUDIENCE",
    "CHANNEL",
    "ONLINE_DEPTH",
    "MEDIUM",
    "SOURCE",
    "NEED",
    "UNIT",
)


def convert(content: Path, folder: Path, *, names: Sequence[str] = NAMES) -> None:
    """Write these projects anew."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in names:
        shutil.copytree(HERE / name, folder / name)
    _, site = sources.read_site(content, [])
    site["footer"] = [{"url": page.url, "name": page.front["title"]} for page in _documents(content, "page")]
    data = _data(site)
    for name in names:
        if name == "pelican":
            (folder / name / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        else:
            _write_data(folder / name / DATA[name], data)
        shutil.copytree(ROOT / "theme" / "static", folder / name / STATIC[name])
    for guide in _documents(content, "guide"):
        _write(folder, guide, names)


def _documents(content: Path, kind: str) -> Iterator[Document]:
    for path in sorted((content / sources.FOLDERS[kind]).rglob("*.md")):
        document = sources.read(kind, path, faults=[])
        assert document, path
        yield document


def _data(site: dict[str, Any]) -> dict[str, Any]:
    topics = {topic["id"]: topic["name"] for side in site["topics"].values() for topic in side}
    return {
        "site": {key: site[key] for key in ("site", "region", "nav", "footer")},
        "departments": {row["id"]: row for row in site["departments"]},
        "topics": topics,
        "labels": {name: getattr(labels, name) for name in TABLES},
    }


def _write_data(folder: Path, data: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in data.items():
        (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def _write(folder: Path, guide: Document, names: Sequence[str]) -> None:
    for name in names:
        target = folder / name / GUIDES[name] / f"{guide.id}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_article(guide) if name == "pelican" else _page(guide), "utf-8")


def _page(guide: Document) -> str:
    """For Hugo and Eleventy: the same front matter, and the terms by which they make lists."""
    lines = [_renamed(line) for line in guide.front_text.rstrip("\n").split("\n")]
    front = guide.front
    terms = [
        f"departments: [{front['dept']}]",
        f"persons: {json.dumps(front.get('topics_person', []))}",
        f"corps: {json.dumps(front['topics_corp'])}",
    ]
    return "---\n" + "\n".join([*lines, *terms]) + "\n---\n\n" + guide.body


def _renamed(line: str) -> str:
    key, colon, rest = line.partition(":")
    if key in ("updated", "effective_on"):
        return f'{key}: "{rest.strip()}"'  # a text to all three, not an instant
    return f"{RENAMED.get(key, key)}{colon}{rest}"


def _article(guide: Document) -> str:
    """Pelican's own metadata is flat: the rest goes as JSON on one line."""
    front = guide.front
    tags = ", ".join(front.get("topics_person", []) + front["topics_corp"])
    head = {
        "title": front["name"],
        "date": front["updated"],
        "slug": guide.id,
        "category": front["dept"],
        "tags": tags,
    }
    head["data"] = json.dumps(front, ensure_ascii=False)
    return "\n".join(f"{key}: {value}" for key, value in head.items()) + "\n\n" + guide.body


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("content", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    convert(options.content, options.folder)


if __name__ == "__main__":
    main()
