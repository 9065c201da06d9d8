"""What supervision makes of one case: cards, counts, the lamp, and its place on lists of the desk, which stand in the
order of lights. Any of it twice changes nothing."""

from __future__ import annotations

from datetime import datetime

from .. import ledger
from ..actions import Desk
from ..domain.lights import cards
from ..listing import listed
from ..store.port import Record
from .cards import raise_card
from .lamps import light
from .tallies import count, lines_of


def observe(desk: Desk, record: Record, *, now: datetime) -> int:
    """Looks at a case as it was just read; how many cards were new. The lamp is written last: until then the case
    is looked at again."""
    case = ledger.from_record(record)
    world = desk.world(case, now)
    count(desk.store, lines_of(case, desk.calendar), now=now)
    raised = sum(raise_card(desk.store, case, card, now=now) for card in cards(case, world))
    ledger.relist(desk.store, record, listed(case, world))
    light(desk.store, case, world)
    return raised
