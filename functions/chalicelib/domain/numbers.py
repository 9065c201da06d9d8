"""Case numbers (办件编号): short, speakable, derived from the request so that a retry meets its own case.

Alphabet: 31 signs, without 0/O, 1/I/L. Eleven signs carry 54 bits of SHA-256; the twelfth checks them:
weights 1…11 modulo the prime 31 find every single wrong sign and every swap of neighbours.
"""

from __future__ import annotations

import hashlib

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 11


def check_sign(body: str) -> str:
    """The check character of eleven signs."""
    return ALPHABET[sum(ALPHABET.index(sign) * weight for weight, sign in enumerate(body, start=1)) % 31]


def derive(request_key: str, *, attempt: int = 0) -> str:
    """The number for a request key. `attempt` moves on when another request already owns the number."""
    rest = int.from_bytes(hashlib.sha256(f"{request_key}\n{attempt}".encode()).digest())
    body = ""
    for _ in range(_LENGTH):
        rest, digit = divmod(rest, 31)
        body += ALPHABET[digit]
    return body + check_sign(body)


def normalise(typed: str) -> str | None:
    """What a person typed as a number, or None when it cannot be one. Spaces, dashes and case do not matter."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(signs) != _LENGTH + 1 or any(sign not in ALPHABET for sign in signs):
        return None
    return signs if check_sign(signs[:-1]) == signs[-1] else None


def grouped(number: str) -> str:
    """As printed for people: three groups of four."""
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4))
