"""A process to be killed: writes without end and says on one line each what was acknowledged."""

from __future__ import annotations

import itertools
import os
import sys

from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import CASES, Record


def write(folder: str, name: str) -> None:
    """Creates a case, updates it twice, keeps a file of random size; tells after each."""
    store = EmbeddedStore(folder)
    for n in itertools.count():
        key = f"{name}-{n}"
        record = Record(key, {"at": 1}, {"text": "字" * 500}, ({"n": 0},), {"queue": ("all", key)})
        assert store.create(CASES, record)
        print("case", key, 1, flush=True)
        for version in (1, 2):
            moved = Record(key, {"at": version + 1}, index={"queue": ("all", key)})
            assert store.update(CASES, moved, expected=version, appended=[{"n": version}])
            print("case", key, version + 1, flush=True)
        print("file", store.put_file(os.urandom(n * 997 % 300_000)), 0, flush=True)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2])
