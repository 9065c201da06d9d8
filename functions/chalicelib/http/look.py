"""Looking at the pictures of a case on a page of our own: nothing of an upload is ever a document by itself."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.case import File
from ..domain.numbers import grouped
from ..domain.refusal import Refusal
from ..uploads import PICTURES
from .access import desk_case
from .ask import Ask
from .comparison import every_file
from .material_slots import file_row
from .reply import Reply
from .show import show


def look(ask: Ask) -> Reply | Refusal:
    """GET: one picture of a case, with the ways to the picture before and after it."""
    found = desk_case(ask)
    if isinstance(found, Refusal):
        return found
    pictures = _pictures(every_file(found).values())
    wanted = ask.params["sha256"]
    if wanted not in pictures:
        return Refusal("not_found")
    base, order = f"/review/{found.number}/files", list(pictures)
    at = order.index(wanted)
    return show(
        ask,
        "review/look.html",
        staff=True,
        nav_current="/review/",
        number=grouped(found.number),
        case_url=f"/review/{found.number}/",
        file=file_row(pictures[wanted], base),
        place=f"{at + 1}/{len(order)}",
        prev_url=f"{base}/{order[at - 1]}/look" if at else None,
        next_url=f"{base}/{order[at + 1]}/look" if at + 1 < len(order) else None,
    )


def _pictures(lists: Iterable[tuple[File, ...]]) -> dict[str, File]:
    """Pictures by hash, each once, in the order they were handed in."""
    files = [file for files in lists for file in files]
    return {file.sha256: file for file in files if file.kind in PICTURES}
