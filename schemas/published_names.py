"""Names of published files that say their content: such a file never changes, and whoever has it need not ask again."""

from __future__ import annotations

import re

_BY_CONTENT = re.compile(
    r"catalogue/[^/]+/[0-9a-f]{16}\.json"  # a version of an item, or a form
    r"|search-index/[0-9a-f]{20}\.bin"
    r"|(.*/)?[^/]+\.[0-9a-f]{8,}\.[a-z0-9]+"  # styles, scripts, pictures
)


def never_changes(name: str) -> bool:
    """Whether what stands under this name, relative to the site, stands there for ever or not at all."""
    return _BY_CONTENT.fullmatch(name) is not None
