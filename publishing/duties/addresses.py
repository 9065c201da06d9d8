"""Which addresses of the duty pages a link may name."""

from __future__ import annotations

from publishing.duties import regions
from publishing.duties.classes import LABELS
from publishing.sources import FOLDERS, Content

_INDEXES = frozenset(url for url in LABELS if url.endswith("/"))
_FEEDS = frozenset(
    f"/{column}/feed.{kind}"
    for column in ("notices", "policies", "procurement", "specials")
    for kind in ("xml", "json")
)
_ONCE_THERE = {
    "/procurement/": "procurement",
    "/specials/": "special",
    "/duties/": "duty",
    "/facilities/": "facility",
}


def known(content: Content, path: str) -> bool:
    """Whether a page of this package will stand at `path`."""
    if path in _INDEXES | _FEEDS | {"/en/guides/", "/en/statistics/", "/forms/SHA256SUMS.txt"}:
        return _stands(content, path)
    match path.strip("/").split("/") if path.endswith("/") else []:
        case ["groups" | "events" as family, name]:
            return any(row["id"] == name for row in content.site.get(family, ()))
        case ["facilities", "kinds", name]:
            return any(row["id"] == name for row in content.site.get("facilities", ()))
        case ["regions", code]:
            return code in regions.of(content.site)
        case ["en", "departments", name]:
            return name in content.departments
        case ["en", "guides", name]:
            return content.has("guide", name)
        case ["forms", name]:
            return content.form(name).path.is_file()
    return False


def _stands(content: Content, path: str) -> bool:
    """Columns and lists exist once they have something."""
    for start, kind in _ONCE_THERE.items():
        if path.startswith(start):
            return any((content.folder / FOLDERS[kind]).glob("*.md"))
    if path in ("/groups/", "/events/"):
        return bool(content.site.get(path.strip("/")))
    return True
