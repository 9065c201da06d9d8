"""Moving everything from one engine to another: a folder of JSON lines and files, verified by hash on both sides.

The folder holds a line for each record (`cases.jsonl` …), the files by their SHA-256, and, once all is there,
`manifest.json`. It is in the clear: keep it where the data themselves may be kept, and delete it afterwards.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.store.folder import FolderFiles
from chalicelib.store.port import CASES, TABLES, Record, Store, Table
from chalicelib.store.walk import every

from . import lines
from .lines import Sum

MANIFEST = "manifest.json"
FORMAT = 1
BEFORE_ANY_EXPIRED = datetime.fromtimestamp(0, UTC)
Placed = Callable[[Table, Record], Record]  # a record, listed as this release lists
Sums = dict[str, dict[str, Any]]  # of each table, as a manifest keeps them


class CannotMove(Exception):
    """The folder is not what it should be; the message says in which way."""


@dataclass(slots=True)
class Moved:
    """What one run did. `conflicts` and `lacking` name what a person must look at: nothing there was touched.
    `sums`: what the store holds now if all went well."""

    written: int = 0
    known: int = 0
    files: int = 0
    conflicts: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    sums: Sums = field(default_factory=dict)


def export(store: Store, folder: Path) -> Moved:
    """Writes every record and every file they name; goes on where an interrupted run of this folder stopped."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / MANIFEST).unlink(missing_ok=True)
    moved = Moved()
    for table in TABLES:
        moved.sums[table.name] = _export_table(store, table, folder, moved).facts()
    _settle(folder / MANIFEST, {"format": FORMAT, "tables": moved.sums, "lacking": moved.lacking})
    return moved


def import_(store: Store, folder: Path, *, placed: Placed = lambda _, record: record) -> Moved:
    """Writes every record of the folder that the store lacks; one that is there and differs is left and named.

    Where an earlier release listed its records elsewhere, `placed` says where they belong.
    CannotMove when the folder is unfinished or no longer what its manifest says: then nothing was written.
    """
    tables = _checked(folder)
    moved, files = Moved(), FolderFiles(folder / "files")
    for table in tables:
        total = Sum()
        for line in _lines(folder, table):
            record = _of_this_release(lines.read(line), table, placed)
            total.add(lines.write(_import_record(store, table, record, files, moved)))
        moved.sums[table.name] = total.facts()
    return moved


def compare(store: Store, told: Mapping[str, Any]) -> list[str]:
    """The tables whose records are not exactly those of the sums that moving told; empty when all agree."""
    return [table.name for table in TABLES if summed(store, table) != told.get(table.name, Sum().facts())]


def summed(store: Store, table: Table) -> dict[str, Any]:
    """Count and sum of all records of a table."""
    total = Sum()
    for record in every(store, table):
        total.add(lines.write(record))
    return total.facts()


def _export_table(store: Store, table: Table, folder: Path, moved: Moved) -> Sum:
    files = FolderFiles(folder / "files")
    total, last = Sum(), None
    for record, line in _resumed(folder / f"{table.name}.jsonl"):
        _export_files(store, record, files, moved)
        total.add(line)
        last, moved.known = record.key, moved.known + 1
    with (folder / f"{table.name}.jsonl").open("a", encoding="utf-8") as out:
        for record in every(store, table, after=last):
            _export_files(store, record, files, moved)
            line = lines.write(record)
            out.write(f"{line}\n")
            total.add(line)
            moved.written += 1
        out.flush()
        os.fsync(out.fileno())
    return total


def _resumed(file: Path) -> Iterator[tuple[Record, str]]:
    """What an earlier run has written whole, each with its line. A torn last line is cut off."""
    whole = 0
    if not file.exists():
        return
    with file.open("rb") as old:
        for raw in old:
            if not raw.endswith(b"\n"):
                break
            whole += len(raw)
            line = raw[:-1].decode()
            yield lines.read(line), line
    os.truncate(file, whole)


def _export_files(store: Store, record: Record, files: FolderFiles, moved: Moved) -> None:
    """The files before the line that names them, as in the store itself."""
    for sha256 in lines.files_of(record):
        if files.holds(sha256):
            continue
        data = store.get_file(sha256)
        if data is None:
            moved.lacking.append(sha256)
        else:
            files.put_file(data)
            moved.files += 1


def _of_this_release(record: Record, table: Table, placed: Placed) -> Record:
    """The record where it belongs, without lists that are no more."""
    kept = {name: place for name, place in record.index.items() if name in table.indexes}
    return placed(table, replace(record, index=kept))


def _import_record(store: Store, table: Table, record: Record, files: FolderFiles, moved: Moved) -> Record:
    """The record as it should stand in the store now."""
    for sha256 in lines.files_of(record):
        data = files.get_file(sha256)
        if data is None:
            moved.lacking.append(sha256)
        elif store.get_file(sha256) is None:
            store.put_file(data)
            moved.files += 1
    if store.create(table, record):
        moved.written += 1
        return record
    return _known(store, table, record, moved)


def _known(store: Store, table: Table, record: Record, moved: Moved) -> Record:
    """What the store had already: the same, or, of a case, listed by the light of the day it was brought in."""
    held = store.find(table, record.key, now=BEFORE_ANY_EXPIRED)
    own = replace(record, index=held.index) if held and table is CASES else record
    if held is None or lines.write(held) != lines.write(own):
        moved.conflicts.append(f"{table.name}/{record.key}")
        return record
    moved.known += 1
    return own


def _checked(folder: Path) -> list[Table]:
    """The tables of the folder, once every line of it has been counted against the manifest."""
    told = _manifest(folder)["tables"]
    known = {table.name: table for table in TABLES}
    for name, facts in told.items():
        if name not in known:
            raise CannotMove(f"{name} is no table of this release: upgrade it first")
        total = Sum()
        for line in _lines(folder, known[name]):
            total.add(line)
        if total.facts() != facts:
            raise CannotMove(f"{name}.jsonl is not what the manifest says: export again")
    return [known[name] for name in told]


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise CannotMove(f"{folder} has no {MANIFEST}: the export did not come to its end") from error
    if manifest.get("format") != FORMAT:
        raise CannotMove(f"{folder} has format {manifest.get('format')}; this release reads {FORMAT}")
    return manifest


def _lines(folder: Path, table: Table) -> Iterator[str]:
    with (folder / f"{table.name}.jsonl").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.removesuffix("\n")


def _settle(file: Path, value: dict[str, Any]) -> None:
    """Written aside and renamed: there or not, never half."""
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(value, indent=1), "utf-8")
    aside.replace(file)
