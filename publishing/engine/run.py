"""One build from beginning to end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from publishing import check_site, sources, statistics
from publishing.engine import deliver, environment, pages, pool, survey
from publishing.engine.compile import Compiled, Compiler
from publishing.engine.known import Answered, Asked, content_of
from publishing.engine.ledger import Ledger
from publishing.engine.progress import Progress
from publishing.engine.render import Renderer
from publishing.engine.settle import Settlement
from publishing.engine.sink import Sink
from publishing.engine.store import Store
from publishing.faults import Fault, serious, shown
from publishing.portal import Portal
from publishing.search import synonyms
from publishing.sources import Content

BATCH = 64
MANY = 400  # changed sources from which workers are worth their start
BULK = 10_000  # changed sources from which everything anew, on all cores, is sooner done


class Run:
    """What one build works with. `now` is the file system's clock (ns)."""

    def __init__(
        self, folder: Path, output: Path, *, today: date, forms: Path, workers: int, now: int
    ) -> None:
        self._folder, self._output, self._forms = folder, output, forms
        self._today, self._workers, self._now = today, workers, now
        self._cache = output.parent / f".{output.name}.cache"
        self._environment = environment.digest(folder, forms)
        self._words = synonyms.digest(folder) + statistics.digest(output)
        self._progress = Progress()

    def build(self, *, full: bool, only: frozenset[str] | None) -> list[Fault]:
        """Publish; with serious faults nothing changes."""
        store = None if full else self._standing_store()
        if store is None:
            return self._cold()
        try:
            faults = self._incremental(store, only)
        finally:
            store.close()
        return self._cold() if faults is None else faults

    def _standing_store(self) -> Store | None:
        """The last build's store, if it may be built upon; what a killed build promised is done first."""
        store = Store.readable(self._cache)
        if store is None:
            return None
        if deliver.belongs(store, self._output):
            deliver.finish(store, self._output)
            if (
                store.get("environment") == self._environment
                and store.get("today") <= self._today.isoformat()
            ):
                return store
        store.close()
        return None

    def _cold(self) -> list[Fault]:
        deliver.clear(self._output)
        fresh = deliver.workplace(self._output)
        store = Store(fresh.with_name(f"{fresh.name}.cache"), new=True)
        try:
            faults = self._work(
                store, fresh, sight=survey.Survey(store, self._places(), now=self._now), cold=True
            )
            if any(serious(faults)):
                return faults
            if self._output.is_dir():
                carry_over(self._output, fresh)
            store.set("folder", fresh.stat().st_ino)
        finally:
            store.close()
        deliver.swap(fresh, self._output)
        store.path.replace(self._cache)
        return faults

    def _incremental(self, store: Store, only: frozenset[str] | None) -> list[Fault] | None:
        """Publish what changed; None when that is so much that a cold build is better."""
        sight = survey.Survey(store, self._places(), now=self._now, only=only, today=self._today)
        if (
            not sight.any
            and store.get("today") == self._today.isoformat()
            and store.get("words") == self._words
        ):
            return self._warnings(store)
        if len(sight.jobs) > BULK or sight.concerns("page"):  # every page's footer names the standing pages
            return None
        deliver.clear(self._output)
        staging = deliver.workplace(self._output)
        store.db.execute("begin immediate")
        faults = self._work(store, staging, sight=sight, cold=False)
        if any(serious(faults)):
            store.db.execute("rollback")
            return faults
        store.db.execute("commit")
        deliver.finish(store, self._output)
        return faults

    def _work(self, store: Store, root: Path, *, sight: survey.Survey, cold: bool) -> list[Fault]:
        """Compile, settle, render below `root`; for an incremental build also promise what is to be done."""
        faults: list[Fault] = []
        text, site = sources.read_site(self._folder, faults)
        views = [
            content_of(cls, self._folder, self._forms, text=text, site=site)
            for cls in (Content, Asked, Answered)
        ]
        content, asked, answered = views
        answered.store = store
        misshapen = [content.site_fault(found) for found in check_site.shape(content)]
        if faults or misshapen:
            return [*faults, *misshapen]
        ledger = Ledger(store, cold=cold)
        faults += statistics.faults(self._output)
        faults += [*sight.faults, *self._compile(ledger, asked, root, sight)]
        faults += Settlement(store, asked, answered, today=self._today).faults(ledger, cold=cold)
        if any(serious(faults)):
            return sorted(set(faults))
        self._render(store, content, ledger, root, cold=cold)
        self._remember(store, sight)
        return sorted({*faults, *self._warnings(store)})

    def _compile(self, ledger: Ledger, asked: Asked, root: Path, sight: survey.Survey) -> Iterable[Fault]:
        jobs = sight.jobs
        batches = [jobs[start : start + BATCH] for start in range(0, len(jobs), BATCH)]
        compiler = Compiler(asked, today=self._today, output=root)
        workers = self._workers if len(jobs) > MANY else 1
        found: list[Fault] = []
        for name in sight.removed:
            ledger.remove(*name)
        answers = (Batch(answer) for answer in pool.run(compiler.batch, batches, workers=workers))
        with ledger.store.together():
            for batch in self._progress.over(answers, "读取", len(jobs)):
                ledger.take(batch)
                found += [fault for one in batch for fault in one.faults]
        return found

    def _render(self, store: Store, content: Content, ledger: Ledger, root: Path, *, cold: bool) -> None:
        live = None if cold else self._output
        portal = Portal(
            content,
            self._today,
            store.path,
            root,
            live or root,
            database=store.db,
            before=ledger.before,
            past=self._output,
        )
        renderer = Renderer(portal, Sink(root, live))
        day = store.get("today") != self._today.isoformat()
        workers = self._workers if cold else 1

        def work() -> None:
            unwanted = pages.paint(
                portal, store, ledger, renderer, cold=cold, day=day, workers=workers, progress=self._progress
            )
            if not cold:
                deliver.promise(store, root, unwanted)

        drive(work, portal=portal, output=root, assets=cold)

    def _remember(self, store: Store, sight: survey.Survey) -> None:
        sight.remember(store)
        store.set("environment", self._environment)
        store.set("today", self._today.isoformat())
        store.set("words", self._words)

    def _warnings(self, store: Store) -> list[Fault]:
        """What earlier builds found and let pass."""
        return sorted(
            Fault(shown(Path(path)), line, message, True)
            for path, text in store.all("select path, warnings from documents where warnings != ''")
            for line, message in json.loads(text)
        )

    def _places(self) -> list[survey.Place]:
        documents = [survey.Place(kind, self._folder / name, ".md") for kind, name in sources.FOLDERS.items()]
        return [
            *documents,
            survey.Place("file", self._folder / "files", whole_path=True),
            survey.Place("form", self._forms, ".json"),
        ]


class Batch(list[Compiled]):
    """Answers for some sources, counted for the progress bar."""

    @property
    def size(self) -> int:
        return len(self)


def carry_over(old: Path, fresh: Path) -> None:
    """Versions that running cases are judged by stay for ever."""
    from publishing import catalogue

    catalogue.carry_over(old / "catalogue", fresh / "catalogue")


def drive(work: Any, *, portal: Portal, output: Path, assets: bool) -> None:
    """Let Pelican run our generator; its errors are exceptions here, never skipped pages."""
    import pelican
    from pelican.log import init
    from pelican.settings import read_settings

    from publishing.plugin import settings

    init(level="WARNING", fatal="errors")
    pelican.console.quiet = True
    pelican.Pelican(read_settings(override=settings(portal, output) | {"WORK": work, "ASSETS": assets})).run()
