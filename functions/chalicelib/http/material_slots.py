"""The materials of an application as upload slots: one file a post, kept before the page is shown again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from schemas.items import Material

from .. import uploads
from ..domain.case import File
from ..domain.refusal import Refusal
from . import words
from .ask import Ask
from .reply import Reply, download

Files = Mapping[str, tuple[File, ...]]
Change = Callable[[Files], Files]

_NEED = {"1": "required", "2": "optional", "3": "later"}


def slots_of(
    ask: Ask,
    materials: Iterable[Material],
    kept: Files,
    *,
    errors: Mapping[str, str],
    link: str | None = None,
) -> list[dict[str, Any]]:
    """One slot a material, in the guide's order. `link` is the address under which files are seen."""
    return [
        _slot(ask, material, kept.get(material.id, ()), errors.get(material.id), link)
        for material in materials
    ]


def _slot(
    ask: Ask, material: Material, files: tuple[File, ...], error: str | None, link: str | None
) -> dict[str, Any]:
    need = _NEED[material.need]
    return {
        "id": material.id,
        "name": material.title(ask.lang),
        "need": need,
        "note": "" if material.from_form else material.note(ask.lang),
        "accept_rule": _rule(material, ask.lang),
        "accept": ",".join(uploads.ENDINGS[kind] for kind in material.accept)
        + (",.jpeg" if "jpg" in material.accept else ""),
        "max_mb": material.max_mb,
        "files": [
            {
                "id": file.sha256,
                "name": file.name,
                "meta": size_text(file),
                "url": f"{link}/{file.sha256}" if link else None,
            }
            for file in files
        ],
        "error": error,
        "given": given_text(material, ask.lang),
        "none": words.say("materials", "none" if need == "required" else need, ask.lang),
    }


def given_text(material: Material, lang: str, *, desk: bool = False) -> str:
    """Why nothing has to be uploaded; nothing when something has."""
    if material.from_form:
        return words.say("materials", "from_form_desk" if desk else "from_form", lang)
    if material.shared_from:
        return words.say("materials", "shared", lang, source=material.shared_from)
    return "" if material.upload else words.say("materials", "paper", lang)


def file_row(file: File, base: str) -> dict[str, Any]:
    """One file of a list at the desk: its name, kind and size, where it is, and whether it can be looked at."""
    return {
        "name": file.name,
        "meta": size_text(file),
        "url": f"{base}/{file.sha256}",
        "look": f"{base}/{file.sha256}/look" if file.kind in uploads.PICTURES else None,
    }


def size_text(file: File) -> str:
    """PDF 1.2 MB / JPG 340 KB."""
    kilobytes = file.size / 1024
    size = f"{kilobytes / 1024:.1f} MB" if kilobytes >= 1024 else f"{max(1, round(kilobytes))} KB"
    return f"{file.kind.upper()} {size}"


def upload(ask: Ask, wanted: Iterable[Material], kept: Files) -> Change | Refusal:
    """Keeps the posted file and says how it changes the materials.

    Refusals: file_unknown (no such slot), file_missing, too_many_files, and those of `uploads.keep`.
    """
    material = next((m for m in wanted if m.id == ask.posted.first("_slot") and m.upload), None)
    if material is None:
        return Refusal("file_unknown")
    sent = ask.posted.files.get("file")
    if sent is None:
        return Refusal("file_missing")
    file = uploads.keep(ask.house.store, name=sent.name, data=sent.data, material=material)
    if isinstance(file, Refusal):
        return file
    change = adding(material.id, file)
    return change if len(change(kept)[material.id]) <= uploads.MAX_FILES_EACH else Refusal("too_many_files")


def remove(ask: Ask) -> Change:
    """Takes the named file out of its slot; one that is not there changes nothing."""
    slot, sha256 = ask.posted.first("_slot"), ask.posted.first("_file")
    return lambda kept: {
        name: tuple(file for file in files if name != slot or file.sha256 != sha256)
        for name, files in kept.items()
    }


def send_file(ask: Ask, kept: Files) -> Reply | Refusal:
    """The file named in the address, if it is one of these; a picture may be asked for to be shown (`?show`)."""
    file = next(
        (file for files in kept.values() for file in files if file.sha256 == ask.params["sha256"]), None
    )
    data = ask.house.store.get_file(file.sha256) if file else None
    if file is None or data is None:
        return Refusal("not_found")
    shown = "show" in ask.query and file.kind in uploads.PICTURES
    return download(data, name=file.name, content_type=uploads.MEDIA_TYPES[file.kind], shown=shown)


def adding(slot: str, file: File) -> Change:
    """Puts the file into a slot; one that is there already moves to the end."""

    def add(kept: Files) -> Files:
        others = tuple(known for known in kept.get(slot, ()) if known.sha256 != file.sha256)
        return {**kept, slot: (*others, file)}

    return add


def _rule(material: Material, lang: str) -> str:
    kinds = (("、" if lang == "zh" else ", ").join(material.accept)).upper()
    limit = words.say("materials", "limit", lang, kinds=kinds, mb=material.max_mb)
    return f"{material.accept_rule}{limit}" if lang == "zh" else limit
