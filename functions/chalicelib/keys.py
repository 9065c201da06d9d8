"""Keys derived from the one secret, and the small signatures made with them.

When the secret is changed, what was signed with the one before holds for as long as that is named too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


class Keys:
    """One derived key a purpose, so that a token made for one can never pass for another."""

    def __init__(self, secret: str, *, before: str = "") -> None:
        self._secrets = [text.encode() for text in (secret, before) if text]

    def key(self, purpose: str) -> bytes:
        """32 bytes for this purpose: what new things are signed and sealed with."""
        return self.keys(purpose)[0]

    def keys(self, purpose: str) -> list[bytes]:
        """The keys that may open what is shown to us, the present one first."""
        return [hmac.digest(secret, purpose.encode(), "sha256") for secret in self._secrets]

    def mark(self, purpose: str, *parts: str) -> str:
        """A 128-bit signature over `parts`, URL-safe."""
        return _mark(self.key(purpose), parts)

    def holds(self, mark: str, purpose: str, *parts: str) -> bool:
        """Whether `mark` is ours for `parts`; constant time for each key."""
        ours = [_mark(key, parts).encode() for key in self.keys(purpose)]
        return True in [hmac.compare_digest(mark.encode(), one) for one in ours]


def _mark(key: bytes, parts: tuple[str, ...]) -> str:
    digest = hmac.digest(key, "\n".join(parts).encode(), "sha256")[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fingerprint(*parts: bytes) -> str:
    """SHA-256 over length-prefixed parts, in hex."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()
