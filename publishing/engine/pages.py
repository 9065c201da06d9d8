"""Rendering what is dirty: documents, parts of lists, standing pages, producers; in workers when many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from publishing.engine import lists, pool, registry, spool
from publishing.engine.hooks import SAME, Blob, Change, Producer
from publishing.engine.ledger import Ledger
from publishing.engine.progress import Progress
from publishing.engine.render import Made, Renderer
from publishing.engine.store import Store
from publishing.page import path_of
from publishing.portal import Portal

BATCH = 48
MANY = 400  # dirty documents from which workers are worth their start


class Job(NamedTuple):
    """documents: keys. list: name, and the digests its parts had. standing. producer: its number."""

    what: str
    about: Any = None


class Answer(NamedTuple):
    """What a job made: for documents one entry each, otherwise everything under one owner."""

    what: str
    owner: str
    made: list[Any]
    size: int = 1


class Painter:
    """Does jobs; each worker has its own renderer and its own connection."""

    def __init__(self, portal: Portal, renderer: Renderer, change: Change) -> None:
        self._portal = portal
        self._renderer = renderer
        self._change = change

    def work(self, job: Job) -> Answer:
        match job.what:
            case "documents":
                return Answer(job.what, "", [(key, self._document(key)) for key in job.about], len(job.about))
            case "list":
                return Answer(job.what, f"list:{job.about[0]}", list(self._list(*job.about)))
            case "standing":
                return Answer(job.what, "standing", self._renderer.write(registry.standing(self._portal)))
        producer: Producer = registry.PRODUCERS[job.about]
        outputs = producer.outputs(self._portal, self._change)
        return Answer(job.what, f"producer:{producer.name}", self._renderer.write(outputs))

    def _document(self, key: str) -> list[Made]:
        kind, _, name = key.partition(":")
        if kind == "file":
            return self._renderer.write([Blob(name, (self._portal.content.folder / name).read_bytes())])
        if kind == "form":
            return []
        if not self._portal.has(kind, name):
            return []  # a draft, or one whose first day has not come
        subject = self._portal.published.item(name) if kind == "guide" else self._portal.entry(kind, name)
        return self._renderer.write(registry.pages_of(self._portal, kind, subject)) if subject else []

    def _list(self, name: str, known: dict[str, bytes]) -> Iterator[tuple[str, str, bytes]]:
        """Parts whose digest differs, and heads always: they show more than their entries."""
        kind, key = registry.list_kind(name.partition(":")[0]), name.partition(":")[2]
        if key not in kind.all_keys(self._portal):
            return  # its last member left
        start = kind.url.format(key=key)
        for cut in lists.cuts(self._portal.db, name, start):
            url = start + cut.suffix
            if not cut.suffix or known.get(path_of(url)) != cut.digest:
                self._renderer.write([kind.page(self._portal, key, lists.part(self._portal.db, cut))])
            yield path_of(url), url, cut.digest


def paint(
    portal: Portal,
    store: Store,
    ledger: Ledger,
    renderer: Renderer,
    *,
    cold: bool,
    day: bool,
    workers: int,
    progress: Progress,
) -> set[str]:
    """Render everything that is dirty; the paths of what is no longer wanted."""
    dirty = [key for key in sorted(ledger.dirty) if cold or _public(store, key)]
    change = ledger.change()
    first = [*_producers(portal, change, store, day=day, last=False), Job("standing")]
    names = _touched(portal, ledger, cold=cold)
    jobs = [*first, *_list_jobs(store, names, cold=cold), *_document_jobs(dirty)]
    painter = Painter(portal, renderer, change)
    answers = _answers(painter, jobs, portal, workers=workers if len(dirty) + len(names) > MANY else 1)
    shelf = Shelf(store, cold=cold)
    if workers > 1:  # they read the store until the last of them is done
        told = progress.over(answers, "排版", len(dirty) + len(jobs))
        answers = (Answer(*plain) for plain in spool.held(told, store.path.parent))
    for answer in answers:
        shelf.keep(answer)
    change = ledger.change(before=shelf.urls_before, now=shelf.urls)
    painter = Painter(portal, renderer, change)
    last = list(_producers(portal, change, store, day=day, last=True))
    for answer in _answers(painter, last, portal, workers=1):
        shelf.keep(answer)
    return (shelf.unwanted | ledger.paths) - shelf.wanted


def _answers(painter: Painter, jobs: Sequence[Job], portal: Portal, *, workers: int) -> Iterator[Answer]:
    return pool.run(painter.work, jobs, workers=workers, start=portal.reopen)


def _public(store: Store, key: str) -> bool:
    kind, _, name = key.partition(":")
    return bool(store.one("select row from documents where kind = ? and id = ?", kind, name))


def _document_jobs(dirty: Sequence[str]) -> Iterator[Job]:
    for start in range(0, len(dirty), BATCH):
        yield Job("documents", dirty[start : start + BATCH])


def _touched(portal: Portal, ledger: Ledger, *, cold: bool) -> set[str]:
    """Lists with other members than before; all when packages changed, which heads of lists show too."""
    every = {f"{kind.name}:{key}" for kind in registry.LISTS for key in kind.all_keys(portal)}
    packages = any(kind == "package" for kind, _ in (*ledger.changed, *ledger.removed))
    return every if cold else ledger.lists | (every if packages else set())


def _list_jobs(store: Store, names: Iterable[str], *, cold: bool) -> Iterator[Job]:
    for name in sorted(names):
        query = "select path, digest from outputs where owner = ?"
        yield Job("list", (name, {} if cold else dict(store.all(query, f"list:{name}"))))


def _producers(portal: Portal, change: Change, store: Store, *, day: bool, last: bool) -> Iterator[Job]:
    """Those whose inputs differ from last time."""
    for number, producer in enumerate(registry.PRODUCERS):
        if producer.last != last:
            continue
        inputs = producer.inputs(portal, change)
        before = store.one("select inputs from producers where name = ?", producer.name)
        same = inputs is not None and inputs in (SAME, before)
        if not same or change.cold or (day and producer.daily):
            store.db.execute("insert or replace into producers values (?, ?)", (producer.name, inputs))
            yield Job("producer", number)


class Shelf:
    """Keeps in the store what was made by whom, and finds what is left over."""

    def __init__(self, store: Store, *, cold: bool) -> None:
        self._store = store
        self._cold = cold
        self.urls: set[str] = set()  # of what was made in this build, unless all of it was
        self.urls_before: set[str] = set()
        self.wanted: set[str] = set()  # paths
        self.unwanted: set[str] = set()  # unless they are wanted too

    def keep(self, answer: Answer) -> None:
        with self._store.together():
            self._keep(answer)

    def _keep(self, answer: Answer) -> None:
        if answer.what == "documents":
            for key, made in answer.made:
                self._document(key, made)
        else:
            self._owned(answer.owner, [(*one, None)[:3] for one in answer.made])

    def _document(self, key: str, made: list[Made]) -> None:
        kind, _, name = key.partition(":")
        paths = [path for path, _ in made] + ([f"catalogue/{name}.json"] if kind == "guide" else [])
        urls = [url for _, url in made if url]
        if not self._cold:
            query = "select outputs, urls from documents where kind = ? and id = ?"
            old, urls_before = self._store.db.execute(query, (kind, name)).fetchone()
            self._compare(_lines(old), paths, urls_before=_lines(urls_before), urls=urls)
        self._store.db.execute(
            "update documents set outputs = ?, urls = ? where kind = ? and id = ?",
            ("\n".join(paths), "\n".join(urls), kind, name),
        )

    def _owned(self, owner: str, made: list[tuple[str, str, bytes | None]]) -> None:
        if not self._cold:
            query = "select path, ifnull(url, '') from outputs where owner = ?"
            old = dict(self._store.all(query, owner))
            paths, urls = [path for path, *_ in made], [url for _, url, _ in made if url]
            self._compare(old, paths, urls_before=filter(None, old.values()), urls=urls)
            self._store.db.execute("delete from outputs where owner = ?", (owner,))
        self._store.many(
            "insert or replace into outputs values (?, ?, ?, ?)",
            ((path, owner, url, digest) for path, url, digest in made),
        )

    def _compare(
        self, old: Iterable[str], new: Iterable[str], *, urls_before: Iterable[str], urls: Iterable[str]
    ) -> None:
        self.unwanted.update(old)
        self.wanted.update(new)
        self.urls_before.update(urls_before)
        self.urls.update(urls)


def _lines(text: str | None) -> list[str]:
    return text.split("\n") if text else []
