"""Forms that many items of the catalogue share: an item's file names its form, whose file is named by its hash."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

_ADDRESS = re.compile(r"/catalogue/(forms/[0-9a-f]{16}\.json)")
_KEPT = 64


class SharedForms:
    """Reads forms from a catalogue; `read(path)` gives None for what is not there.

    A form never changes once it is there, so it is read once; that it is missing is not remembered.
    """

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._form = lru_cache(_KEPT)(self._file)

    def whole(self, item: Mapping[str, Any]) -> dict[str, Any] | None:
        """An item with its form in place of the form's address; None where that file is not there.

        Items of packages hold their form themselves and stay as they are.
        """
        if not isinstance(item.get("form"), str):
            return dict(item)
        named = _ADDRESS.fullmatch(item["form"])
        try:
            return {**item, **self._form(named[1])} if named else None
        except FileNotFoundError:
            return None

    def _file(self, path: str) -> dict[str, Any]:
        data = self._read(path)
        if data is None:
            raise FileNotFoundError(path)
        return dict(json.loads(data))
