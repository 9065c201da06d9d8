"""What a refused person reads, and what must not have been kept."""

from __future__ import annotations

import pytest
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.turns import TURNS
from chalicelib.http import words
from chalicelib.store.port import CASES, DRAFTS

from tests.http.front_door import Answer
from tests.http.stand_in import Town

LANGUAGES = pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])


def says(answer: Answer, code: str, prefix: str) -> bool:
    """Whether the page says why, in its language."""
    lang = "en" if prefix else "zh"
    return (
        words.explain(Refusal(code), lang) in answer.text
        and f'lang="{"en" if prefix else "zh-CN"}"' in answer.text
    )


def nothing_kept(here: Town) -> bool:
    return not any(here.store.count(CASES, "all", turn) for turn in TURNS) and not any(
        here.store.query(DRAFTS, "owner", sub).rows for sub in ("lin-he", "zhou-man")
    )


def problem(answer: Answer, status: int, code: str) -> None:
    """A problem is whole: type, status, code, both languages; nothing to cache."""
    assert (answer.status, answer.kind) == (status, "application/problem+json"), answer.text
    told = answer.json
    assert (told["code"], told["status"], told["type"]) == (code, status, f"urn:banshi:problem:{code}")
    assert told["title"] != told["title_en"] and "{" not in told["title"] + told["title_en"]
    assert (
        answer.header("Cache-Control") == "no-store" and answer.header("X-Content-Type-Options") == "nosniff"
    )
