"""The catalogue's items as they stand in the site being built and in those before it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from publishing.spelling import understood
from schemas.shared_forms import SharedForms

Item = dict[str, Any]


class Published:
    """`fresh` is where this build writes, `live` the site that stands, `past` one that a whole build replaces."""

    def __init__(self, fresh: Path, live: Path, past: Path | None) -> None:
        self._fresh, self._live = fresh, live
        roots = dict.fromkeys((live, past or live))
        self._past = [root for root in roots if root != fresh and (root / "catalogue").is_dir()]
        self._forms = SharedForms(self._catalogued)

    def item(self, name: str) -> Item:
        """A guide as the catalogue keeps it now, with the address of its form."""
        for root in (self._fresh, self._live):
            with suppress(FileNotFoundError), open(f"{root}/catalogue/{name}.json", "rb") as file:  # noqa: PTH123
                return understood(file.read())  # type: ignore[no-any-return]
        raise FileNotFoundError(name)

    def whole(self, item: Item) -> Item:
        """An item with its form."""
        found = self._forms.whole(item)
        if found is None:
            raise FileNotFoundError(item["form"])
        return found

    def versions(self, name: str) -> list[Item]:
        """Versions of a guide published before or now, with their forms, oldest first (by `updated`, then version)."""
        found: dict[str, Path] = {}
        for root in (*self._past, self._fresh):
            found |= {path.name: path for path in _files(root / "catalogue" / name)}
        items = [self.whole(understood(path.read_bytes())) for path in found.values()]
        return sorted(items, key=lambda item: (item["guide"]["updated"], item["version"]))

    def earlier(self, name: str) -> list[str]:
        """Versions of anything in the catalogue that stand in the live site or in one before it."""
        return sorted(path.stem for path in self._earlier(name))

    def changed_before(self, name: str, version: str) -> bool:
        """Whether another version than this one was published; cheap, so that every guide can ask."""
        return any(path.stem != version for path in self._earlier(name))

    def _earlier(self, name: str) -> Iterable[Path]:
        return {path.stem: path for root in self._past for path in _files(root / "catalogue" / name)}.values()

    def _catalogued(self, path: str) -> bytes | None:
        places = (root / "catalogue" / path for root in (self._fresh, *self._past))
        return next((place.read_bytes() for place in places if place.is_file()), None)


def _files(folder: Path) -> list[Path]:
    try:
        names = sorted(path.name for path in folder.iterdir())
        return [folder / name for name in names if name.endswith(".json")]
    except FileNotFoundError:
        return []
