"""Carrying on elsewhere (换设备续填): a short code and a secret that open one draft, without an account.

A draft has one slip, the same each time it is asked for, so a second press does not spoil the first paper.
The code is derived from the draft; of the secret only a keyed hash is stored.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from . import attempts, drafts
from .attempts import Rate
from .domain.numbers import ALPHABET, derive, normalise
from .domain.refusal import Refusal
from .drafts import Draft
from .keys import Keys
from .store.port import DRAFTS, Record, Store

SECRET_SIGNS = 10
TRIES, WINDOW = 10, timedelta(minutes=15)
_LASTS = timedelta(days=90)  # longer than any draft: the draft's own expiry decides
_ATTEMPTS = 8
_NOBODY = "0" * 32


@dataclass(frozen=True, slots=True)
class Slip:
    """What the citizen writes down (续填凭条): a code that may be seen, a secret that may not."""

    code: str
    secret: str


def slip_for(store: Store, keys: Keys, draft: Draft, *, now: datetime) -> Slip:
    """The slip of this draft, made valid if it was not yet."""
    secret = _secret(keys, draft)
    for attempt in range(_ATTEMPTS):
        code = derive(f"slip {draft.id}", attempt=attempt)
        head = {"draft": draft.id, "mark": keys.mark("slip", code, secret)}
        record = Record(key=_key(code), head=head, expires_at=now + _LASTS)
        if store.create(DRAFTS, record, now=now):
            return Slip(code, secret)
        held = store.find(DRAFTS, record.key, now=now)
        if held and held.head["draft"] == draft.id:
            store.update(DRAFTS, replace(record, version=held.version), expected=held.version)
            return Slip(code, secret)
    raise RuntimeError("every candidate code belongs to another draft")


def opened(store: Store, keys: Keys, *, code: str, secret: str, now: datetime) -> Draft | Refusal:
    """The draft of a slip.

    Refusals: wrong_slip (whichever of the two is wrong, and a draft that is gone), too_many_tries.
    """
    plain = normalise(code)
    if plain is None:
        return Refusal("wrong_slip")
    wait = attempts.wait(store, f"slip {plain}", Rate(TRIES, WINDOW), now=now)
    if wait:
        return attempts.too_many(wait)
    record = store.find(DRAFTS, _key(plain), now=now)
    given = "".join(sign for sign in secret.upper() if sign.isalnum())
    fits = keys.holds(record.head["mark"] if record else "-", "slip", plain, given)
    draft = drafts.find(store, record.head["draft"] if record and fits else _NOBODY, now=now)
    return draft or Refusal("wrong_slip")


def spaced(secret: str) -> str:
    """A secret as printed for people: two groups of five."""
    return f"{secret[:5]} {secret[5:]}"


def _secret(keys: Keys, draft: Draft) -> str:
    """49 bits derived from the draft's random id and the one secret; cannot be had from the store alone."""
    rest = int.from_bytes(hmac.digest(keys.key("slip secret"), draft.id.encode(), "sha256"))
    signs = ""
    for _ in range(SECRET_SIGNS):
        rest, digit = divmod(rest, len(ALPHABET))
        signs += ALPHABET[digit]
    return signs


def _key(code: str) -> str:
    return f"slip-{code}"
