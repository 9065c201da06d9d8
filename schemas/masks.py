"""Personal data made unreadable but recognisable (脱敏), as its owner sees it by default."""

from __future__ import annotations

import re
from collections.abc import Callable

_HIDDEN = "****"
_HAN = "[\u4e00-\u9fff]"
_DISTRICT = re.compile(
    rf"(?:{_HAN}{{2,8}}?(?:省|自治区))?"
    rf"(?:{_HAN}{{2,8}}?(?<![超门城])[市州盟])?"
    rf"(?:{_HAN}{{1,8}}?(?<![小社园景校厂院])[区县旗])?"
)


def mask(kind: str, text: str) -> str:
    """张*三, 9901**********0015, 138****1234, 望澜区****, **** 0015. An unknown kind shows nothing."""
    return _MASKS.get(kind, _nothing)(text.strip())


def _nothing(text: str) -> str:
    return _HIDDEN if text else ""


def _name(text: str) -> str:
    if len(text) <= 2:
        return text[:1] + "*" if len(text) == 2 else "*" * len(text)
    return text[0] + "*" * (len(text) - 2) + text[-1]


def _id(text: str) -> str:
    return text[:4] + "*" * (len(text) - 8) + text[-4:] if len(text) >= 15 else _nothing(text)


def _phone(text: str) -> str:
    return text[:3] + "*" * (len(text) - 7) + text[-4:] if len(text) >= 11 else _nothing(text)


def _bank(text: str) -> str:
    return f"{_HIDDEN} {text[-4:]}" if len(text) >= 12 else _nothing(text)


def _address(text: str) -> str:
    found = _DISTRICT.match(text)
    shown = found.group() if found else ""
    return shown + _HIDDEN if text and shown != text else _nothing(text)


_MASKS: dict[str, Callable[[str], str]] = {
    "name": _name,
    "id": _id,
    "phone": _phone,
    "bank": _bank,
    "address": _address,
}
MASK_KINDS = tuple(_MASKS)
