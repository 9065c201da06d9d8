"""A build that is killed anywhere leaves a site that the next build makes right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from publishing.build import build
from publishing.engine import deliver, run
from publishing.engine.render import Renderer
from publishing.engine.store import Store
from publishing.faults import serious
from publishing.sources import ROOT
from tests.publishing.sample_site import TODAY, Sample, tree

pytestmark = pytest.mark.crash
KILLED = 9
GUIDE = "guides/laonian-zheng/index.html"


def in_a_child(act: Callable[[], object]) -> int:
    """Run it in a forked process; its exit status."""
    child = os.fork()
    if not child:
        status = 0
        try:
            act()
        except BaseException:
            status = 1
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def dying(method: Callable[..., object], after: int) -> Callable[..., object]:
    """The method, which takes its process with it at the call number `after`."""
    calls = iter(range(10**6))

    def call(*args: object, **more: object) -> object:
        if next(calls) == after:
            os._exit(KILLED)
        return method(*args, **more)

    return call


SPOTS = [
    *[(Renderer, "_write", after) for after in (0, 3, 9)],
    (deliver, "promise", 0),
    (run.Run, "_remember", 0),
    (deliver, "finish", 1),
    *[(deliver, "_move", after) for after in (0, 1, 5)],
    (deliver, "_delete", 0),
    (Store, "close", 0),
]


@pytest.mark.parametrize(
    ("owner", "name", "after"), SPOTS, ids=[f"{name} {after}" for _, name, after in SPOTS]
)
@pytest.mark.parametrize("back", [False, True], ids=["kept", "taken back"])
def test_an_edit_that_was_killed_is_finished_or_forgotten(sample, monkeypatch, owner, name, after, back):
    sample.build()
    original = sample.path("guide").read_text("utf-8")
    sample.edit("guide", ("name: 新事项", "name: 改过的事项"), ('state: "1"', 'state: "2"'))
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying(getattr(owner, name), after))
        assert in_a_child(sample.build) in (KILLED, 0)
    if back:
        sample.path("guide").write_text(original, "utf-8")
    assert whole(sample)


@pytest.mark.parametrize(
    "spot",
    [(Renderer, "_write"), (deliver, "swap"), (deliver, "_exchange"), (Store, "close")],
    ids=lambda spot: spot[1],
)
def test_a_cold_build_that_was_killed_harms_nothing(sample, monkeypatch, spot):
    sample.build()
    before = tree(sample.output)
    with monkeypatch.context() as patch:
        patch.setattr(*spot, dying(getattr(*spot), 0))
        assert (
            in_a_child(
                lambda: build(sample.content, sample.output, today=TODAY, forms=sample.forms, full=True)
            )
            == KILLED
        )
    assert tree(sample.output) == before
    assert whole(sample)


def test_a_store_lost_between_swap_and_rename_means_a_cold_build(sample, monkeypatch):
    sample.build()
    sample.edit("guide", ("name: 新事项", "name: 改过的事项"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying(Path.replace, 0))
        again = lambda: build(sample.content, sample.output, today=TODAY, forms=sample.forms, full=True)  # noqa: E731
        assert in_a_child(again) == KILLED
    assert whole(sample)


@pytest.mark.parametrize("what", ["store", "half a store", "site"])
def test_what_somebody_threw_away_is_made_again(sample, what):
    sample.build()
    cache = sample.output.parent / ".site.cache"
    if what == "store":
        cache.unlink()
    elif what == "half a store":
        cache.write_bytes(cache.read_bytes()[:5000])
    else:
        sample.output.rename(sample.output.parent / "elsewhere")
    assert whole(sample)


def whole(sample: Sample) -> bool:
    """The next build gives what a cold build elsewhere gives, and leaves nothing beside it."""
    assert not list(serious(sample.build()))
    other = sample.output.parent.parent / "other" / "site"
    build(sample.content, other, today=TODAY, forms=sample.forms)
    versions = {
        path for path in tree(sample.output) if path.startswith("catalogue/") and path.count("/") == 2
    }
    mine = {path: data for path, data in tree(sample.output).items() if path not in versions}
    theirs = {path: data for path, data in tree(other).items() if path in mine}
    left = [path.name for path in sample.output.parent.glob(".site.new-*")]
    history = {path for path in mine if path.endswith("/history/index.html")}
    changed = {path for path in theirs if mine[path] != theirs[path]}
    allowed = {GUIDE, "sitemap.xml"} if history else set()  # they name the page of earlier versions
    return not left and changed <= allowed and set(mine) - history == set(theirs)


@pytest.mark.parametrize("delay", [0.3, 0.7, 1.1])
def test_the_command_may_be_interrupted_or_killed_at_any_time(tmp_path, delay):
    output = tmp_path / "site"
    command = [sys.executable, str(ROOT / "publish.py"), "build", "--output", str(output), "--full"]
    for number in (signal.SIGINT, signal.SIGKILL):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
        time.sleep(delay)
        process.send_signal(number)
        process.communicate(timeout=60)
    done = subprocess.run(
        command[:-1],
        check=False,
        capture_output=True,
        cwd=ROOT,
        timeout=120,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1795392000"},
    )
    assert not done.returncode, done.stdout.decode()
    assert (output / "index.html").is_file()
    assert not list(tmp_path.glob(".site.new-*"))
