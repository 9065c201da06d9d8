"""Sessions that were ended (退出登录): a cookie lives in the browser, but its end is remembered here.

Only ends are stored, and only until the cookie would have ended by itself.
"""

from __future__ import annotations

from datetime import datetime

from .keys import fingerprint
from .store.port import DRAFTS, Record, Store


def end(store: Store, session: str, *, until: datetime, now: datetime) -> None:
    """From now on the session is nobody's, whoever holds its cookie."""
    if session:
        store.create(DRAFTS, Record(key=_key(session), head={}, expires_at=until), now=now)


def ended(store: Store, session: str, *, now: datetime) -> bool:
    """Whether somebody signed out of this session, a moment ago at the latest: each signed-in request asks."""
    return store.find(DRAFTS, _key(session), now=now, fresh=False) is not None


def _key(session: str) -> str:
    return f"over-{fingerprint(session.encode())[:32]}"
