"""The fast readers answer exactly what the reference answers, or stand aside."""

from __future__ import annotations

import re
from html import unescape

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing import bodies, fast_markdown, fast_yaml, spelling
from publishing.bodies import Reader
from publishing.sources import FOLDERS, ROOT, loader

FILES = [path for folder in FOLDERS.values() for path in sorted((ROOT / "content" / folder).glob("*.md"))]
PIECES = [
    "name: ", "items:", "- ", "  ", "    ", "\n", "\n", "\n\n", "a", "户口", "：", ": ", ":", ", ", ",", "[", "]", "{", "}",
    '"', "'", "1", "0", "0.5", "12:30", "-", "1e3", "0x1f", "1_000", "010", "true", "no", "on", "null", "~", "2026-11-23", "#",
    " #x", "&a", "*a", "!!str x", "|", ">", "?", "%", "@", "`", "\\", "\t", "\u3000", "\xa0", "\u2028", "\ufeff", "<<: ", "=",
    "when: {married: \"yes\"}", "x: [甲, 乙]", "k: v", "- {name: 受理, days: 0.5}", "0999-5550101", "/a/", "https://a/b?c=d#e",
]  # fmt: skip
WORDS = [
    "办理", "a", "1", "2", ". ", "1. ", "2. ", "- ", "* ", "+ ", "# ", "## ", "### ", "> ", "\n", "\n", "\n\n", "\n\n", " ", "  ",
    "    ", "**", "*", "***", "_", "__", "`", "```", "[甲](/a/)", "[", "]", "(", ")", "[b](https://a.example/)", "![c](/d)", "| 甲 | 乙 |\n",
    "| --- | :-: |\n", "| 1 | 2 |", "|", "-", "---", "===", ":", ": ", "<b>", "&", "&amp;", "\\", "\u3000", "\xa0", "!", "{", "~", "\t", "\r",
    "[d]: /x/", "[甲][d]", "https://e.example/", "\x0c", "\x85", "１", "²", "\u200b", "www.", "a@b.example", "\ufeff", "\x02", "\x03", "1)",
]  # fmt: skip


def reference(text: str) -> object:
    try:
        return yaml.load(text, Loader=loader())
    except yaml.YAMLError:
        return "error"
    except (ValueError, RecursionError):
        return "error"


def same_yaml(text: str) -> None:
    fast = fast_yaml.parse(text)
    if fast is not None:
        assert repr(fast) == repr(reference(text))


def same_html(text: str) -> None:
    fast = fast_markdown.convert(text)
    if fast is not None:
        assert fast == slow_html(text)


def slow_html(text: str, reader: Reader = Reader()) -> str:  # noqa: B008  (one for all)
    return reader.reference(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_real_documents_are_read_alike(path):
    front, _, body = path.read_text("utf-8")[4:].partition("\n---\n")
    same_yaml(front + "\n")
    same_html(body.lstrip("\n"))


def test_real_guides_take_the_fast_path():
    texts = [
        path.read_text("utf-8")[4:].partition("\n---\n") for path in FILES if path.parent.name == "guides"
    ]
    assert all(fast_yaml.parse(front + "\n") for front, _, _ in texts)
    assert (
        sum(fast_markdown.convert(body.strip("\n")) is not None for _, _, body in texts) >= len(texts) * 0.8
    )


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_any_front_matter_is_read_alike_or_left_to_the_loader(text):
    same_yaml(text)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 4000), st.sampled_from(PIECES), st.integers(0, 3))
def test_damaged_front_matter_is_read_alike_or_left_to_the_loader(path, at, piece, cut):
    front = path.read_text("utf-8")[4:].partition("\n---\n")[0] + "\n"
    at %= len(front)
    same_yaml(front[:at] + piece + front[at + cut :])


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=16).map("".join))
def test_any_body_is_written_alike_or_left_to_python_markdown(text):
    same_html(text)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 4000), st.sampled_from(WORDS), st.integers(0, 3))
def test_a_damaged_body_is_written_alike_or_left_to_python_markdown(path, at, piece, cut):
    body = path.read_text("utf-8").partition("\n---\n")[2].lstrip("\n")
    at %= len(body)
    same_html(body[:at] + piece + body[at + cut :])


PIECES_OF_SECTIONS = [
    "## ",
    "# ",
    "### ",
    "甲",
    "\n",
    "\n",
    "\n\n",
    " ",
    "##",
    "乙 丙",
    "\r",
    "\u2028",
    "\x0c",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES_OF_SECTIONS), max_size=16).map("".join), st.integers(1, 3))
def test_a_body_without_code_is_cut_at_headings_as_line_by_line(text, level):
    mark = "#" * level + " "
    assert list(bodies._unfenced(text, mark)) == list(bodies._fenced(text, mark))


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=16).map("".join))
def test_no_address_that_a_body_leads_to_is_overlooked(text):
    quick = fast_markdown.links(text)
    if quick is not None:
        real = re.findall(r'(?:href|src)="([^"]*)"', Reader().html(text))
        assert {unescape(address) for address in real} <= set(quick)


NUMBERS = st.floats(allow_nan=True) | st.floats(1e-6, 1e-3) | st.integers() | st.booleans() | st.none()
VALUES = st.recursive(
    NUMBERS | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(), inner, max_size=4)
        | st.dictionaries(st.integers(), inner, max_size=2)
    ),
    max_leaves=12,
)


@settings(max_examples=500, deadline=None)
@given(VALUES)
def test_any_value_is_spelled_as_the_standard_library_spells_it(value):
    assert spelling.spelled(value) == spelling.reference(value)
