"""Short ways of rendering write what Jinja alone writes; lists keep still; a pool answers everything."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest
from markupsafe import escape

import theme
from publishing.build import build
from publishing.engine import lists, pool
from publishing.engine.render import Renderer
from publishing.engine.store import Store
from publishing.engine.templates import escaped
from publishing.faults import serious
from publishing.page import Stencil
from publishing.sources import ROOT
from tests.publishing.sample_site import TODAY

HOSTILE = ["<b>", "a & b", "“”'\"", "</script>", 5, None, True, 0.5]


def test_every_page_of_the_real_site_is_what_jinja_alone_writes(tmp_path, monkeypatch):
    plain, seen = theme.environment(), []
    quick = Renderer.html

    def both(self, page):
        html = quick(self, page)
        whole = plain.get_template(page.template).render(self._frame(page) | page.context)
        seen.append((page.url, html == whole))
        return html

    monkeypatch.setattr(Renderer, "html", both)
    assert not list(serious(build(ROOT / "content", tmp_path / "site", today=TODAY, workers=1)))
    assert len(seen) > 100
    assert [url for url, same in seen if not same] == []


def test_a_stencil_filled_in_is_the_page_itself(sample, monkeypatch):
    sample.edit("guide", ("name: 新事项（laonian-zheng）", "name: 新</title><b>事项 & 副本"))
    compared = []
    filled = Renderer._filled

    def both(self, stencil: Stencil):
        text = filled(self, stencil)
        compared.append(text == self.html(stencil.page(stencil.words)))
        return text

    monkeypatch.setattr(Renderer, "_filled", both)
    sample.build()
    assert compared == [True, True]


@pytest.mark.parametrize("value", HOSTILE)
def test_quick_escaping_escapes_alike(value):
    assert escaped(value) == str(escape(value))


Parts = dict[str, tuple[bytes, list[str]]]  # address after the list's, digest, names


def listed(tmp_path: Path, names: Sequence[str]) -> Parts:
    """The parts of a list with these members, the newest last."""
    path = tmp_path / "list.cache"
    path.unlink(missing_ok=True)
    store = Store(path, new=True)
    with store.together():
        for number, name in enumerate(names):
            store.db.execute(
                "insert into documents (kind, id, row, listed) values ('guide', ?, ?, 1)",
                (name, f'{{"id": "{name}"}}'),
            )
            store.db.execute("insert into members values ('dept:x', ?, ?, ?)", (f"{number:05}", name, name))
    cuts = lists.cuts(store.db, "dept:x", "/x/")
    return {cut.suffix: (cut.digest, [row["id"] for row in lists.part(store.db, cut).rows]) for cut in cuts}


def items(count: int) -> list[str]:
    return [f"item-{number:05}" for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 49, 50, 60, 71, 100, 300, 2000])
def test_a_list_is_cut_into_parts_of_some_twenty_to_fifty_and_a_head(tmp_path, count):
    parts = listed(tmp_path, items(count))
    assert next(iter(parts)) == ""
    head, *older = (names for _, names in parts.values())
    assert min(count, lists.LEAST) <= len(head) < lists.LEAST + lists.MOST
    assert all(lists.LEAST <= len(names) <= lists.MOST for names in older)
    assert [name for names in (head, *older) for name in names] == items(count)[::-1]


def test_parts_are_called_by_their_oldest_member(tmp_path):
    for suffix, (_, names) in list(listed(tmp_path, items(300)).items())[1:]:
        assert suffix == f"from-{names[-1]}/"


@pytest.mark.parametrize("place", [3, 700, 1400, 1999])
@pytest.mark.parametrize("more", [True, False])
def test_one_member_more_or_less_touches_few_parts_wherever_it_stands(tmp_path, place, more):
    names = items(2000)
    before = listed(tmp_path, names)
    changed = [*names[:place], "another", *names[place:]] if more else names[:place] + names[place + 1 :]
    after = listed(tmp_path, changed)
    touched = {suffix for suffix in before | after if before.get(suffix) != after.get(suffix)} - {""}
    assert len(before) > 50
    assert len(touched) <= 8


def test_all_jobs_are_answered_by_several_workers():
    assert sorted(pool.run(lambda number: number * number, list(range(50)), workers=3)) == [
        n * n for n in range(50)
    ]


def test_an_error_in_a_worker_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        list(pool.run(lambda number: 1 // (number - 30), list(range(50)), workers=2))


def test_workers_die_with_their_parent():
    read, write = os.pipe()
    child = os.fork()
    if not child:
        for pid in pool.run(
            lambda _: os.getpid(), [0] * 8, workers=2, start=lambda: os.write(write, b"%d\n" % os.getpid())
        ):
            del pid
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    workers = os.read(read, 100).split()
    assert all(gone(int(pid)) for pid in workers)


def gone(process: int) -> bool:
    """Whether it is no more, within a second or so."""
    for _ in range(50):
        status = Path(f"/proc/{process}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        os.sched_yield()
        signal.sigtimedwait([], 0.03)
    return False
