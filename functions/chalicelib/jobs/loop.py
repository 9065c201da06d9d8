"""The jobs of one machine, run again and again beside the web server: `python -m chalicelib.jobs.loop`."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

from schemas.calendar import day_of

from .. import clock, logs, settings, trace
from ..house import House, build
from ..interfaces.courier import Post
from ..interfaces.courier import send_due as send_outside
from ..notify.post import send_due
from ..store.port import Record
from ..watch.statistics import publish, statistics, through
from .allot import allot
from .answers import tell_askers
from .deliver import Outward, contacts_in, deliver
from .due_soon import remind_applicants
from .forget import forget
from .release import release
from .sweep import sweep
from .watch import remind, sweep_lights, watched

EVERY_SECONDS = 2.0
_log = logging.getLogger("banshi.jobs")


def once(house: House) -> None:
    """One round. A failure is logged and met again in the next round: every job is repeatable."""
    jobs: dict[str, Callable[[], object]] = {
        "sweep": lambda: sweep(house.desk, now=house.clock()),
        "forget": lambda: forget(house.store, now=house.clock()),
        "release": lambda: release(house.desk, now=house.clock()),
        "lights": lambda: sweep_lights(house.desk, now=house.clock()),
        "deliver": lambda: deliver_all(house),
        "remind": lambda: remind(house.store, house.staff, now=house.clock()),
        "due soon": lambda: remind_applicants(house.desk, now=house.clock(), outward=outward(house)),
        "answers": lambda: tell_askers(house.store, now=house.clock(), outward=outward(house)),
        "statistics": lambda: publish_statistics(house),
        "courier": lambda: send_outside(courier(house), now=house.clock()),
        "post": lambda: send_due(house.store, house.ways, now=house.clock()),
    }
    for name, job in jobs.items():
        with trace.work():
            try:
                job()
            except Exception:
                _log.exception("job %s failed", name)


def deliver_all(house: House) -> int:
    """The outbox: to applicants, to the reviewer it is drawn for, and before the eyes of supervision."""
    return deliver(
        house.store, now=house.clock(), outward=outward(house), watch=lambda record: seen(house, record)
    )


def seen(house: House, record: Record) -> bool:
    """What follows from an event within the house: the case drawn for a reviewer, and put before supervision."""
    allot(house, record)
    return watched(house.desk, record, now=house.clock())


def publish_statistics(house: House) -> bool:
    """statistics.json beside the site, for the next publication; made anew once a day."""
    target, today = house.settings.data_dir / "statistics.json", day_of(house.clock())
    if through(target) == today - timedelta(days=1):
        return False
    depts = [dept["id"] for dept in house.catalogue.site().get("departments", ())]
    return publish(statistics(house.store, depts, today=today), target)


def outward(house: House) -> Outward:
    """What leaves the house, as this house is set up."""
    facts = house.catalogue.site().get("site", {})
    site = {"name": str(facts.get("name", "")), "url": house.settings.base_url}
    return Outward(frozenset(house.ways), site, contacts_in(house.catalogue), house.outside)


def courier(house: House) -> Post:
    """What telling other systems needs of this house."""
    return Post(house.store, house.catalogue, house.outside, house.settings.base_url)


def main() -> None:
    """Rounds until told to stop."""
    logs.begin()
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    house = build(settings.read(os.environ), clock=clock.now)
    while not stop.is_set():
        once(house)
        stop.wait(EVERY_SECONDS)


if __name__ == "__main__":
    main()
