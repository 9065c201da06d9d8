"""Texts packed for DynamoDB, which charges each write and each read by the kilobyte: a third of their size.

The first byte says how the rest is to be read, so that what was written once can always be read; a text that
is stored as a string is older than packing and is read as it stands.
"""

from __future__ import annotations

import re
import zlib

from . import packing_1

PLAIN, DEFLATED_1 = b"\0", b"\1"
_DICTIONARY_1 = packing_1.TEXT.encode()
_RAW = -zlib.MAX_WBITS  # without zlib's own head and checksum: DynamoDB keeps its own
_LONG, _SHORT = (
    b"\xfe",
    b"\xfd",
)  # bytes that no UTF-8 has: behind them 32 or 16 bytes that were written in hex
_MARKS = {64: _LONG, 32: _SHORT}
_HEX = re.compile(rb"[0-9a-f]{64}|[0-9a-f]{32}")
_BYTES = re.compile(_LONG + b"(.{32})|" + _SHORT + b"(.{16})", re.DOTALL)


def pack(text: str) -> bytes:
    """The text in as few bytes as it takes; `unpack` gives it back."""
    plain = text.encode()
    short = _HEX.sub(lambda found: _MARKS[len(found[0])] + bytes.fromhex(found[0].decode()), plain)
    deflate = zlib.compressobj(level=9, wbits=_RAW, zdict=_DICTIONARY_1)
    small = deflate.compress(short) + deflate.flush()
    return DEFLATED_1 + small if len(small) < len(plain) else PLAIN + plain


def unpack(data: bytes) -> str:
    """The text that `pack` was given. A first byte of a later release is a ValueError."""
    mark, rest = data[:1], data[1:]
    if mark == PLAIN:
        return rest.decode()
    if mark != DEFLATED_1:
        raise ValueError(f"packed by a newer release: mark {mark!r}")
    inflate = zlib.decompressobj(wbits=_RAW, zdict=_DICTIONARY_1)
    short = inflate.decompress(rest) + inflate.flush()
    return _BYTES.sub(lambda found: (found[1] or found[2]).hex().encode(), short).decode()
