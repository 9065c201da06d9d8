"""Keys derived from the one secret, and the small signatures made with them."""

from __future__ import annotations

import base64
import hashlib
import hmac


class Keys:
    """One derived key a purpose, so that a token made for one can never pass for another."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def key(self, purpose: str) -> bytes:
        """32 bytes for this purpose."""
        return hmac.digest(self._secret, purpose.encode(), "sha256")

    def mark(self, purpose: str, *parts: str) -> str:
        """A 128-bit signature over `parts`, URL-safe."""
        digest = hmac.digest(self.key(purpose), "\n".join(parts).encode(), "sha256")[:16]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def holds(self, mark: str, purpose: str, *parts: str) -> bool:
        """Whether `mark` is ours for `parts`; constant time."""
        return hmac.compare_digest(mark.encode(), self.mark(purpose, *parts).encode())


def fingerprint(*parts: bytes) -> str:
    """SHA-256 over length-prefixed parts, in hex."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()
