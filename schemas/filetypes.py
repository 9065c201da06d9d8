"""What kind of file these bytes are, by their first bytes and never by a name."""

from __future__ import annotations

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
)


def file_type(data: bytes) -> str | None:
    """The kind, pdf, jpg or png; None for anything else. The signature must stand at the very start."""
    return next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), None)
