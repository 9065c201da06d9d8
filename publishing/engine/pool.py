"""A small pool of forked workers: they inherit the jobs, are sent numbers, and answer as they finish."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

Job = TypeVar("Job")
Answer = TypeVar("Answer")
_RARELY = 20_000  # allocations between two collections: what pages leave behind is some kilobytes each
_AHEAD = 2  # jobs with one worker, so that it never waits for the parent
_DIES_WITH_PARENT = 1  # prctl(PR_SET_PDEATHSIG)


def run(
    work: Callable[[Job], Answer],
    jobs: Sequence[Job],
    *,
    workers: int,
    start: Callable[[], object] | None = None,
) -> Iterator[Answer]:
    """Answers in any order; `start` runs first in each worker. One worker means this very process."""
    if workers < 2 or len(jobs) < 2 or not hasattr(os, "fork"):
        yield from map(work, jobs)
        return
    gc.collect()
    gc.freeze()  # what the workers inherit stays shared memory
    team = _Team(work, jobs, min(workers, len(jobs)), start)
    try:
        yield from team.answers()
    finally:
        team.dismiss()
        gc.unfreeze()


class _Team:
    def __init__(
        self,
        work: Callable[[Job], Answer],
        jobs: Sequence[Job],
        size: int,
        start: Callable[[], object] | None,
    ) -> None:
        fork = multiprocessing.get_context("fork")
        self._coming = iter(range(len(jobs)))
        self._asked: dict[Connection, deque[int]] = {}
        self._people = []
        for _ in range(size):
            here, there = fork.Pipe()
            person = fork.Process(
                target=_serve, args=(there, [*self._asked, here], work, jobs, start), daemon=True
            )
            person.start()
            there.close()
            self._asked[here] = deque()
            self._people.append(person)

    def answers(self) -> Iterator[Any]:
        while self._hand_out():
            for line in wait([line for line, numbers in self._asked.items() if numbers]):
                fine, answer = line.recv()  # type: ignore[union-attr,call-arg]
                if not fine:
                    raise answer  # type: ignore[misc]
                self._asked[line].popleft()  # type: ignore[index]
                yield answer

    def _hand_out(self) -> bool:
        """Give each worker its next numbers; whether anybody is at work."""
        for line, numbers in self._asked.items():
            while len(numbers) < _AHEAD and (number := next(self._coming, None)) is not None:
                numbers.append(number)
                line.send(number)
        return any(self._asked.values())

    def dismiss(self) -> None:
        """Free workers leave by themselves; one that is still busy (an error, Ctrl-C) is stopped."""
        busy = any(self._asked.values())
        for line in self._asked:
            line.close()
        for person in self._people:
            if busy:
                person.kill()
            person.join()


def _serve(
    line: Connection,
    others: list[Connection],
    work: Callable[[Job], Answer],
    jobs: Sequence[Job],
    start: Callable[[], object] | None,
) -> None:
    """A worker's life: it ends when the parent closes the line or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_RARELY)
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl:
        prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    for other in others:
        other.close()
    if start:
        start()
    while True:
        try:
            number = line.recv()
        except EOFError:
            return
        try:
            line.send((True, work(jobs[number])))
        except Exception as error:
            line.send((False, error))
