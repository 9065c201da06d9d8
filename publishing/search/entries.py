"""One document as an entry of the search index: which words count as title, as head and as body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from publishing.labels import ITEM_TYPE
from schemas.search import chunk
from schemas.search.fold import fold
from schemas.search.grams import fact, text_tokens, title_tokens

SEARCHED = ("guide", "package", "notice", "policy", "page", "procurement", "special", "duty", "facility")
BASE = "search-index/"
PERSON = "1"  # code of natural persons in a guide's audience
CANCELLED = "3"
_KEPT_TEXT = 1500  # characters of a body kept for excerpts; guides have theirs in the catalogue
_HEAD = (
    "summary",
    "summary_en",
    "title_en",
    "source",
    "issuer",
    "doc_no",
    "index_no",
    "project_no",
    "agency",
    "addr",
    "serves",
)
_CODES = ("catalog_code", "task_code", "handling_code", "local_code")
_LINKS = re.compile(r"\]\([^)]*\)|[*_`\[]+")
_MARKS = re.compile(r"^\s*(?:[-+>#]+|[0-9]+\.)\s|^[|:\- ]+$|[|\]]", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_LONG_NUMBER = re.compile(r"[0-9A-Za-z]{33,}")

Front = Mapping[str, Any]


def extract(document: Any, item: Mapping[str, Any] | None) -> bytes | None:
    """The entry of one document; None for what readers are not to find (drafts, cancelled items)."""
    front: Front = item["guide"] if item else document.front
    if document.kind not in SEARCHED or front.get("draft") or front.get("state") == CANCELLED:
        return None
    title = set().union(*map(title_tokens, map(fold, _titles(front))))
    head = text_tokens("\n".join(_head(front))) | set(_facts(document.kind, front))
    body = text_tokens(_LONG_NUMBER.sub(" ", "\n".join([*_details(front), document.body])))
    return chunk.entry(title=title, head=head, body=body, record=_record(document, front))


def _titles(front: Front) -> Iterator[str]:
    for key in ("name", "title", "name_en"):
        if key in front:
            yield front[key]
    yield from front.get("aliases", ())


def _head(front: Front) -> Iterator[str]:
    yield from (str(front[key]) for key in (*_HEAD, *_CODES) if key in front)
    yield from front.get("keywords", ())
    yield front.get("dept_name", "")
    yield ITEM_TYPE.get(front.get("item_type", ""), "")
    yield front.get("result", {}).get("name", "")
    yield from (material["name"] for material in front.get("materials", ()))
    yield from (basis["law"] for basis in front.get("legal_basis", ()))
    yield from (part["name"] for part in front.get("items", ()))


def _details(front: Front) -> Iterator[str]:
    for place in front.get("places", ()):
        yield f"{place['name']}\n{place['addr']}"
    yield from (f"{fee['name']}\n{fee['rule']}" for fee in front.get("fees", ()))
    yield from (material.get("fill_note", "") for material in front.get("materials", ()))


def _facts(kind: str, front: Front) -> Iterator[int]:
    yield fact("kind", kind)
    for dept in {front.get("dept") or front.get("lead"), *front.get("joint_depts", ())} - {None}:
        yield fact("dept", dept)
    yield from (fact("side", side) for side in sides(front.get("audience", ())))
    yield from (fact("topic", topic) for topic in _topics(front))
    region = front.get("region", "")
    yield fact("at", region)
    yield from (fact("region", code) for code in within(region))


def sides(audience: str | Iterable[str]) -> set[str]:
    """person, corp or both: packages say it in words, guides in codes."""
    if isinstance(audience, str):
        return {audience}
    return {"person" if code == PERSON else "corp" for code in audience}


def _topics(front: Front) -> Iterator[str]:
    yield from (f"person/{topic}" for topic in front.get("topics_person", ()))
    yield from (f"corp/{topic}" for topic in front.get("topics_corp", ()))
    if "audience" in front and "topic" in front:
        yield f"{front['audience']}/{front['topic']}"


def within(code: str) -> Iterator[str]:
    """A region's code and those of the regions around it: 990102001 -> 990102001, 990102, 990100, 990000."""
    if not code:
        return
    around = [code[:2] + "0000", code[:4] + "00", code[:6], code[:9], code]
    yield from dict.fromkeys(reversed(around))


def _record(document: Any, front: Front) -> chunk.Record:
    record = {
        "k": document.kind,
        "i": document.id,
        "u": document.url,
        "n": front.get("name") or front["title"],
        "e": front.get("name_en") or front.get("title_en"),
        "a": list(front.get("aliases", ())),
        "s": front.get("summary", ""),
        "es": front.get("summary_en", ""),
        "d": front.get("dept") or front.get("lead"),
        "r": front.get("region"),
        "t": str(front.get("published", "")),
        "f": str(front.get("publish_on", "")),
        "x": str(front.get("expires_on", "")),
        "b": "" if document.kind == "guide" else plain(document.body)[:_KEPT_TEXT],
        "p": list(_topics(front)),
    }
    return {key: value for key, value in record.items() if value}


def plain(markdown: str) -> str:
    """Markdown as running text, good enough for an excerpt."""
    return _SPACE.sub(" ", _MARKS.sub(" ", _LINKS.sub("", markdown))).strip()
