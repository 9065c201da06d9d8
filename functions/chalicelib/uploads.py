"""Uploaded files (申请材料): size, type by content, hash, and a name that is safe to show."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from schemas.filetypes import file_type
from schemas.items import Material

from .domain.case import File
from .domain.refusal import Refusal
from .store.port import Store

MAX_FILES_EACH = 5
ENDINGS = {"pdf": ".pdf", "jpg": ".jpg", "png": ".png"}
MEDIA_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
PICTURES = frozenset({"jpg", "png"})  # what the desk shows on a page of its own; the rest is downloaded
_NAME_LIMIT = 80


def inspect(name: str, data: bytes) -> File | None:
    """The facts of an upload; None when its first bytes are of no type we take."""
    kind = file_type(data)
    if kind is None:
        return None
    return File(hashlib.sha256(data).hexdigest(), safe_name(name, kind), len(data), kind)


def fits(file: File, material: Material) -> Refusal | None:
    """Whether this material takes such a file. Sizes in bytes against the guide's megabytes."""
    if file.kind not in material.accept:
        return Refusal("file_type", {"accept": "、".join(material.accept).upper()})
    if file.size > material.max_mb * 1024 * 1024:
        return Refusal("file_too_big", {"max_mb": str(material.max_mb)})
    return None


def keep(store: Store, *, name: str, data: bytes, material: Material) -> File | Refusal:
    """Keeps an upload durably, or says why not: file_empty, file_type, file_too_big."""
    if not data:
        return Refusal("file_empty")
    file = inspect(name, data)
    if file is None:
        return Refusal("file_type", {"accept": "、".join(material.accept).upper()})
    no = fits(file, material)
    if no:
        return no
    stored = store.put_file(data)
    assert stored == file.sha256
    return file


def safe_name(name: str, kind: str) -> str:
    """The applicant's file name without paths, control or direction signs, ending as its content does."""
    last = re.split(r"[/\\\\]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    stem = re.sub(r'[<>:"|?*]', "", printable.rsplit(".", 1)[0]).strip(" .")
    return (stem[:_NAME_LIMIT] or "file") + ENDINGS[kind]
