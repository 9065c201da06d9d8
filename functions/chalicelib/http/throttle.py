"""How often one caller may knock (限流), as data: a route names its rate, the door keeps to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from .. import attempts
from ..attempts import Rate
from ..domain.refusal import Refusal
from ..store.port import TRIES, Record, StoreUnavailable, Table
from .ask import Ask

_MINUTE, _QUARTER, _HOUR = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1)
BY_ADDRESS: Mapping[str, Rate] = {
    "sign_in": Rate(30, _QUARTER),
    "status": Rate(60, _QUARTER),  # of wrong tries, see `unless_shut`
    "resume": Rate(30, _QUARTER),
    "ask": Rate(10, _HOUR),
    "begin": Rate(60, _QUARTER),
    "upload": Rate(120, _QUARTER),
    "code": Rate(30, _QUARTER),
    "api": Rate(600, _MINUTE),
}
CODES = "status"  # looking up by number and code: a right one is not counted
UPLOADS = "upload"  # the press that goes on beside the files takes none in and is not counted
PER_NUMBER = Rate(20, _QUARTER)
WRONG = Rate(20, _QUARTER)


def held_up(ask: Ask, rate: str) -> Refusal | None:
    """too_many_tries when this caller used up a rate: a person with a token by their name, others by address."""
    if not rate or rate == CODES or (rate == UPLOADS and ask.posted.first("_go") == "next"):
        return None
    return _refused(ask, *_by_caller(ask, rate))


def unless_shut(ask: Ask, table: Table, number: str) -> Record | Refusal | None:
    """What stands under a number that somebody has typed a code to, read in one request with the counters of their
    wrong tries; too_many_tries while there are too many, whatever the code. A right one writes nothing."""
    now, doors = ask.now, _of_codes(ask, number)
    marks = [(TRIES, attempts.counter(ask.house.keys.mark("rate", what))) for what, _ in doors]
    found, *counted = ask.house.store.find_each([(table, number), *marks], now=now)
    wait = max(attempts.until(count, rate, now=now) for count, (_, rate) in zip(counted, doors, strict=True))
    return attempts.too_many(wait) if wait else found


def wrong_code(ask: Ask, number: str) -> Refusal:
    """Counts a wrong code, by caller and by number and address; too_many_tries when others were faster."""
    held = [_refused(ask, what, rate) for what, rate in _of_codes(ask, number)]
    return next((no for no in held if no), Refusal("wrong_code"))


def _of_codes(ask: Ask, number: str) -> tuple[tuple[str, Rate], ...]:
    """The counters of wrong codes: of this caller, and of this number from this address; others may go on."""
    return _by_caller(ask, CODES), (f"code {number} {ask.peer}", PER_NUMBER)


def _by_caller(ask: Ask, rate: str) -> tuple[str, Rate]:
    who = ask.visitor.sub or ask.peer
    return f"{rate} {who}", BY_ADDRESS[rate].times(ask.house.settings.rate_factor)


def unproven(ask: Ask, what: str) -> Refusal | None:
    """too_many_tries when this address showed too many tokens or signatures that prove nothing.

    What cannot be guessed needs no lock against its owner: one that holds is let in meanwhile, so nobody is shut
    out by a neighbour behind the same address.
    """
    return _refused(ask, f"wrong {what} {ask.peer}", WRONG.times(ask.house.settings.rate_factor))


def peer_of(told: str) -> str:
    """The caller's network address as one name: IPv6 by its /64, the last of a list, without a port."""
    last = told.split(",")[-1].strip()
    for text in (last, last.rpartition(":")[0].strip("[]")):
        try:
            address = ip_address(text)
        except ValueError:
            continue
        return str(IPv6Address(int(address) >> 64 << 64)) if address.version == 6 else str(address)
    return "unknown"


def _refused(ask: Ask, what: str, rate: Rate) -> Refusal | None:
    """The counter's name is keyed: the store learns no address from it.

    Where nothing can be written, on a full disk say, nobody is held up: looking at a case must still work.
    """
    try:
        wait = attempts.wait(ask.house.store, ask.house.keys.mark("rate", what), rate, now=ask.now)
    except StoreUnavailable:
        return None
    return attempts.too_many(wait) if wait else None
