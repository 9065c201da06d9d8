"""joserfc, imported when the first token is made or read: with its cryptography it is a fifth of a cold start, and
neither the jobs nor a page without a cookie need it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "jwt": "joserfc.jwt",
    "jwe": "joserfc.jwe",
    "JoseError": "joserfc.errors",
    "KeySet": "joserfc.jwk",
    "OctKey": "joserfc.jwk",
}


def __getattr__(name: str) -> Any:
    """`jwt` and `jwe` are modules; the others are classes of theirs."""
    if name not in _HOME:
        raise AttributeError(name)
    module = import_module(_HOME[name])
    found = module if name in ("jwt", "jwe") else getattr(module, name)
    globals()[name] = found
    return found
