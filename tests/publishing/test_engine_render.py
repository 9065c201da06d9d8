"""Short ways of rendering write what Jinja alone writes; lists keep still; a pool answers everything."""

from __future__ import annotations

import os
import signal
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


def listed(tmp_path: Path, count: int) -> list[tuple[str, bytes, int]]:
    """Address, digest and length of the parts of a list of `count` items."""
    path = tmp_path / f"{count}.cache"
    path.unlink(missing_ok=True)
    store = Store(path, new=True)
    for number in range(count):
        name = f"item-{number:04}"
        store.db.execute(
            "insert into documents (kind, id, row, listed) values ('guide', ?, ?, 1)",
            (name, f'{{"id": "{name}"}}'),
        )
        store.db.execute("insert into members values ('dept:x', ?, ?, ?)", (name, name, name))
    cuts = lists.cuts(store.db, "dept:x", "/x/")
    return [(cut.suffix, cut.digest, len(lists.part(store.db, cut).rows)) for cut in cuts]


@pytest.mark.parametrize("count", [0, 1, 29, 30, 59, 60, 61, 89, 90, 100, 300])
def test_a_list_is_cut_into_full_parts_and_a_head(tmp_path, count):
    head, *older = listed(tmp_path, count)
    assert head[0] == ""
    assert head[2] == count if count < 60 else 30 <= head[2] < 60
    assert [length for _, _, length in older] == [30] * len(older)
    assert head[2] + 30 * len(older) == count


def test_an_addition_touches_the_head_alone(tmp_path):
    before, after = listed(tmp_path, 100), listed(tmp_path, 101)
    assert [one[0] for one, other in zip(before, after, strict=True) if one[:2] != other[:2]] == [""]


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
