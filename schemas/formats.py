"""The written forms of Chinese numbers: checking them, and tidying what people type."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from stdnum.cn import uscc

if TYPE_CHECKING:
    from jsonschema import FormatChecker

_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_USCC = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_EARLIEST_BIRTH = date(1850, 1, 1)
_INVISIBLE = frozenset("\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3002: 0x2E}


def birth_date(text: str) -> date | None:
    """The date of birth in a resident id number, or None if there is none."""
    return date_of(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")


def is_resident_id(text: str) -> bool:
    """Whether the check digit and the date of birth hold (GB 11643).

    Area codes are not looked up: cards keep codes of areas that are gone, and 81/82/83 (residence permits
    for Hong Kong, Macao and Taiwan residents) and 9 (foreigners' permanent residence cards) are valid.
    """
    if not _ID.fullmatch(text):
        return False
    born = birth_date(text)
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return born is not None and born >= _EARLIEST_BIRTH and _ID_CHECK[total % 11] == text[17]


def is_mobile(text: str) -> bool:
    """Whether this is a mainland mobile number, 11 digits."""
    return bool(_MOBILE.fullmatch(text))


def is_uscc(text: str) -> bool:
    """Whether this is a unified social credit code (GB 32100), check digit included."""
    return bool(_USCC.fullmatch(text)) and bool(uscc.is_valid(text))


def date_of(text: str) -> date | None:
    """The date written as YYYY-MM-DD, or None."""
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


_CHECKS = {
    "cn-resident-id": is_resident_id,
    "cn-mobile": is_mobile,
    "cn-uscc": is_uscc,
    "date": lambda text: date_of(text) is not None,
}


@cache
def format_checker() -> FormatChecker:
    """A checker that knows our formats and no others; values that are not text pass, as the standard says."""
    from jsonschema import FormatChecker  # heavy: no cold start should pay for it

    checker = FormatChecker(formats=())
    for name, check in _CHECKS.items():
        checker.checks(name)(lambda value, check=check: not isinstance(value, str) or check(value))
    return checker


FORMATS = tuple(_CHECKS)


def half_width(text: str) -> str:
    """Full-width letters, digits and signs from Chinese keyboards become plain ones."""
    return text.translate(_HALF_WIDTH)


def unreadable(text: str) -> bool:
    """Whether it has characters that no keyboard gives: controls, half pairs, direction overrides."""
    return any(_is_unreadable(character) for character in text)


def readable(text: str) -> str:
    """The text without such characters, with line ends as \\n and no blanks around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in lines if not _is_unreadable(character)).strip()


def _is_unreadable(character: str) -> bool:
    if character in "\n\t":
        return False
    return unicodedata.category(character) in ("Cc", "Cs") or character in _INVISIBLE


def squeezed(text: str) -> str:
    """Half-width, upper case, without blanks and hyphens: how numbers on cards are compared."""
    return re.sub(r"[\s-]", "", half_width(text)).upper()


def mobile(text: str) -> str:
    """A mobile number without blanks, hyphens and the country's 86."""
    return re.sub(r"^(\+|00)?86(?=[0-9]{11}$)", "", squeezed(text))


def number_of(text: str) -> int | float | None:
    """The number people meant, thousands separators allowed, or None."""
    plain = half_width(text).replace(" ", "")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        return None
    return float(plain) if "." in plain else int(plain)


TIDY = {"cn-resident-id": squeezed, "cn-uscc": squeezed, "cn-mobile": mobile}
