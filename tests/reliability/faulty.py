"""A store that fails at a chosen write, and a way out of the house that fails at a chosen send."""

from __future__ import annotations

from typing import Any

from chalicelib.notify.message import Message
from chalicelib.notify.ways import NotNow
from chalicelib.store.port import Store, StoreUnavailable

WRITES = frozenset({"create", "update", "unmark", "delete", "put_file", "hold_file", "drop_file"})
BEFORE, AFTER, TWICE = "before", "after", "twice"


class Faulty:
    """Fails at its nth write, counted from 1; 0 never. `mode`: before doing it, after doing it without saying so,
    or so twice running. `done` says how many writes were asked for."""

    def __init__(self, store: Store, *, at: int = 0, mode: str = BEFORE) -> None:
        self._store, self._at, self._mode = store, at, mode
        self.done = 0

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._store, name)
        return (lambda *given, **named: self._write(act, *given, **named)) if name in WRITES else act

    def _write(self, act: Any, *given: Any, **named: Any) -> Any:
        self.done += 1
        hit = self.done == self._at or (self._mode == TWICE and self.done == self._at + 1)
        if hit and self._mode == BEFORE:
            raise StoreUnavailable(BEFORE)
        done = act(*given, **named)
        if hit:
            raise StoreUnavailable(AFTER)
        return done


SEND_MODES = ("refused before", "refused after", "timed out before", "timed out after")


class FaultyWay:
    """Takes messages as a gateway does and fails at its nth send, before or after taking the message.

    A refusal is answered as every way answers; a time-out escapes, as nobody knows what became of it.
    """

    def __init__(self, taken: Any, *, at: int, mode: str) -> None:
        self.inner, self._at, self._mode, self.sends = taken, at, mode, 0

    @property
    def taken(self) -> Any:
        """What the gateway really took."""
        return self.inner.taken

    def send(self, message: Message) -> None:
        self.sends += 1
        hit = self.sends == self._at
        if hit and "before" in self._mode:
            raise self._error()
        self.inner.send(message)
        if hit:
            raise self._error()

    def _error(self) -> Exception:
        return NotNow("busy") if "refused" in self._mode else TimeoutError("no answer")
