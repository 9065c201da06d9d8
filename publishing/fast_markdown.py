"""The plain part of Markdown that guides are written in, turned to HTML about twenty times faster.

`convert` answers byte for byte what python-markdown (extensions tables and sane_lists, HTML switched off)
would, or None: whatever is not certain stands aside for python-markdown itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_STRANGE = re.compile(
    r"[\u3000\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\ufeff\x00-\x09\x0b-\x1f\x7f-\x9f`\\<>&_!{}~^]"
    r"|\*\*\*|  \n"
)
_LINK = re.compile(r"\[([^\[\]*\n]+)\]\(((?:https?://|/)[A-Za-z0-9./?=%#:-]*)\)")
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_EMPHASIS = re.compile(r"\*(?=\S)([^*\n]+?)(?<=\S)\*")
_NUMBERED = re.compile(r"(\d+)\. (\S.*)\Z")
_RULE = re.compile(r"\| ?(:?-{3,}:?) ?(?:\| ?:?-{3,}:? ?)*\|\Z")
_OPENS_BLOCK = re.compile(r"[ #>+*:=\-]|\d+[.)]|\[[^\]]*\]:")
_ALIGNED = {
    (False, False): "",
    (True, False): ' style="text-align: left;"',
    (False, True): ' style="text-align: right;"',
    (True, True): ' style="text-align: center;"',
}
_SPECIAL = "-+*#>:"


def convert(text: str) -> str | None:
    """The HTML of a text, or None."""
    if _STRANGE.search(text):
        return None
    made: list[str] = []
    before = ""
    for piece in text.strip("\n").split("\n\n"):
        block = piece.strip("\n")
        kind = _kind(block)
        if not kind or (kind == "list" and before == "list"):
            return None
        html = _WRITERS[kind](block)
        if html is None:
            return None
        made.append(html)
        before = "list" if kind in ("list", "numbers") else kind
    return "\n".join(made)


def links(text: str) -> list[str] | None:
    """Every address that the text can lead to, wherever it stands (more than the reference may find); or None."""
    if "[" not in text and "<" not in text:
        return []
    if _STRANGE.search(text) or "[" in _LINK.sub("", text):
        return None
    return [address for _, address in _LINK.findall(text)]


def _kind(block: str) -> str:
    first = block[:1]
    if first.isdigit() and first.isascii() and _NUMBERED.match(block.partition("\n")[0]):
        return "numbers"
    return {"": "", "#": "heading", "-": "list", "|": "table"}.get(first, "paragraph")


def _inline(text: str) -> str | None:
    if "[" in text:
        text = _LINK.sub(r'<a href="\2">\1</a>', text)
        if "[" in text:
            return None
    if "*" in text:
        text = _STRONG.sub(r"<strong>\1</strong>", text)
        text = _EMPHASIS.sub(r"<em>\1</em>", text) if "*" in text else text
        if "*" in text:
            return None
    return text


def _heading(block: str) -> str | None:
    level = len(block) - len(block.lstrip("#"))
    title = block[level + 1 :]
    plain = "\n" not in block and level <= 6 and block[level : level + 1] == " "
    if not plain or not title or title[-1] == "#" or title != title.strip():
        return None
    html = _inline(title)
    return None if html is None else f"<h{level}>{html}</h{level}>"


def _list(block: str) -> str | None:
    items = []
    for line in block.split("\n"):
        if line[:2] != "- " or not _begins_plainly(line[2:]) or line[-1] == " ":
            return None
        html = _inline(line[2:])
        if html is None:
            return None
        items.append(html)
    return "<ul>\n<li>" + "</li>\n<li>".join(items) + "</li>\n</ul>"


def _numbers(block: str) -> str | None:
    items = []
    for number, line in enumerate(block.split("\n")):
        found = _NUMBERED.match(line)
        if not found or (not number and found[1] != "1") or line[-1] == " " or not _begins_plainly(found[2]):
            return None
        html = _inline(found[2])
        if html is None:
            return None
        items.append(html)
    return "<ol>\n<li>" + "</li>\n<li>".join(items) + "</li>\n</ol>"


def _begins_plainly(text: str) -> bool:
    """Whether an item's text opens no block of its own."""
    first = text[:1]
    return (
        bool(text)
        and (first not in _SPECIAL + " " or text[:2] == "**")
        and not first.isdigit()
        and "|" not in text
    )


def _paragraph(block: str) -> str | None:
    for line in block.split("\n"):
        if not line or (_OPENS_BLOCK.match(line) and line[:2] != "**") or line[-1] == " " or "|" in line:
            return None
    html = _inline(block)
    return None if html is None else f"<p>{html}</p>"


def _table(block: str) -> str | None:
    lines = block.split("\n")
    if len(lines) < 3 or not _RULE.match(lines[1]):
        return None
    marks = [mark.strip(" ") for mark in lines[1][1:-1].split("|")]
    styles = [_ALIGNED[mark[0] == ":", mark[-1] == ":"] for mark in marks]
    rows = [
        _row(line, styles, "th" if not number else "td") for number, line in enumerate(lines) if number != 1
    ]
    if None in rows:
        return None
    head, *body = rows
    return f"<table>\n<thead>\n{head}</thead>\n<tbody>\n{''.join(map(str, body))}</tbody>\n</table>"


def _row(line: str, styles: list[str], tag: str) -> str | None:
    cells = line[1:-1].split("|")
    if line[:1] != "|" or line[-1:] != "|" or len(line) < 2 or len(cells) != len(styles):
        return None
    made = []
    for cell, style in zip(cells, styles, strict=True):
        html = _inline(cell.strip(" "))
        if html is None:
            return None
        made.append(f"<{tag}{style}>{html}</{tag}>\n")
    return "<tr>\n" + "".join(made) + "</tr>\n"


_WRITERS: dict[str, Callable[[str], str | None]] = {
    "heading": _heading,
    "list": _list,
    "numbers": _numbers,
    "table": _table,
    "paragraph": _paragraph,
}
