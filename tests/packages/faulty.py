"""A store that fails at one chosen write: before it happened, or after it happened without saying so."""

from __future__ import annotations

from typing import Any

from chalicelib.store.port import Store, StoreUnavailable

WRITES = frozenset({"create", "update", "unmark", "delete", "put_file"})


class Faulty:
    """`at` counts writes from 0; None never fails. `done` says how many were asked for."""

    def __init__(self, store: Store, *, at: int | None = None, after: bool = False) -> None:
        self._store, self.at, self.after, self.done = store, at, after, 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        return self._writing(method) if name in WRITES else method

    def _writing(self, method: Any) -> Any:
        def write(*args: Any, **named: Any) -> Any:
            now, self.done = self.done, self.done + 1
            if now == self.at and not self.after:
                raise StoreUnavailable("before")
            outcome = method(*args, **named)
            if now == self.at:
                raise StoreUnavailable("after")
            return outcome

        return write
