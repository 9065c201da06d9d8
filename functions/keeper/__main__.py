"""The keeper's commands: `python -m keeper COMMAND --help`. Docs: docs/operators.md."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from chalicelib import clock, settings
from chalicelib.house import open_store
from chalicelib.store.embedded import EmbeddedStore, rebuild_all
from chalicelib.store.port import Store, StoreUnavailable
from pyrage import x25519

from . import availability, backup, move, queues, reindex, restore
from .vault import Vault, VaultFault, identities_in, recipients_in
from .verify import Findings, verify

EXPECTED = (VaultFault, move.CannotMove, settings.BadSettings, availability.BadLog, StoreUnavailable, OSError)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Does one command. 0: done; 1: something is wrong and was named; 2: it could not be done."""
    told = parser().parse_args(arguments)
    try:
        return int(told.do(told, environ))
    except EXPECTED as error:
        print(f"{told.command}: {error}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(prog="keeper", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    for name, (do, options) in COMMANDS.items():
        command = commands.add_parser(name, help=do.__doc__, description=do.__doc__)
        command.set_defaults(do=do)
        for option, more in options.items():
            command.add_argument(option, **more)
    return top


def new_key(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Makes a key pair for back-ups: the secret key into a new file, the public one printed."""
    secret = x25519.Identity.generate()
    handle = os.open(told.to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(f"{secret}\n")
    print(secret.to_public())
    return 0


def back_up(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Backs up the running server: database, uploaded files, catalogue, and what --also names."""
    here = settings.for_data(environ)
    source = backup.Source(here.data_dir, here.site_dir, tuple(told.also))
    vault = Vault(told.to)
    made = backup.back_up(source, vault, recipients_in(told.recipients.read_text()), now=clock.now())
    dropped = vault.forget(keep=told.keep) if told.keep else 0
    facts = made.facts
    for name in facts["left_out"]:
        print(f"left out, since this user may not read it: {name}", file=sys.stderr)
    print(
        f"{made.name}: {facts['state_bytes']} bytes, {facts['new_files']} new files, {facts['seconds']} s; "
        f"{dropped} old files dropped"
    )
    return 0


def check(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Checks every snapshot of a back-up as far as one can without the secret key."""
    vault = Vault(told.source)
    faults = [fault for one in vault.snapshots() for fault in vault.check(one)]
    return _told(faults if vault.snapshots() else ["there is no snapshot"])


def put_all_back(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Restores a snapshot into an empty data folder and verifies it."""
    began = time.monotonic()
    done = restore.restore(Vault(told.source), _identities(told), told.to, name=told.snapshot)
    print(f"{done.snapshot}: database and {done.files} files are back")
    return _verified(EmbeddedStore(told.to), began)


def rehearse(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Restores a snapshot into a folder that goes away again, verifies it, and says how many minutes it took."""
    with tempfile.TemporaryDirectory(prefix="drill-", dir=told.within) as aside:
        told.to = Path(aside)
        return put_all_back(told, environ)


def put_case_back(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Puts one case of a snapshot, with its files, back into the running store."""
    outcome = restore.put_back(
        open_store(settings.for_data(environ)), Vault(told.source), _identities(told), told.number,
        now=clock.now(), name=told.snapshot, replace=told.replace,
    )  # fmt: skip
    print(f"{told.number}: {outcome}")
    return int(outcome == "differs")


def verify_all(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Reads everything back: chains of hashes, states, files."""
    return _verified(open_store(settings.for_data(environ)), time.monotonic())


def export(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Writes everything into a folder of JSON lines and files. Stop the server first: STORE says where from."""
    store = open_store(settings.for_data(environ))
    done = move.export(store, told.to)
    print(f"{done.written} records and {done.files} files written, {done.known} lines were there")
    return _told([f"file {sha256} is lacking" for sha256 in done.lacking] + _changed(store, done))


def bring_in(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Writes an exported folder into the store that STORE names, and compares the two afterwards."""
    here = settings.for_data(environ)
    store = open_store(here)
    if told.make_tables and hasattr(store, "create_tables"):
        store.create_tables()
    done = move.import_(
        store, told.source, placed=reindex.Order.under(here.policy_file, now=clock.now()).placed
    )
    print(f"{done.written} records and {done.files} files written, {done.known} were there")
    faults = [f"{one} is there already and differs" for one in done.conflicts]
    faults += [f"file {sha256} is lacking" for sha256 in done.lacking]
    return _told(faults + _changed(store, done))


def new_secret(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Prints a fresh SECRET_KEY."""
    print(secrets.token_urlsafe(48))
    return 0


def show_queues(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Shows what waits to be sent and what was given up on; --send-again puts the latter back into the queue."""
    store = open_store(settings.for_data(environ))
    if told.send_again:
        print(f"{queues.send_again(store, now=clock.now())} messages are in the queue again")
    print(*queues.told(store, now=clock.now()), sep="\n")
    return 0


def reindex_all(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Puts every case where this release's lists look for it; safe beside requests, and to be repeated."""
    here = settings.for_data(environ)
    for line in reindex.told(
        open_store(here), reindex.Order.under(here.policy_file, now=clock.now()), after=told.after
    ):
        print(line, flush=True)
    return 0


def rebuild(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Lays the databases of an earlier release out anew; the services stand still meanwhile."""
    for name in rebuild_all(settings.for_data(environ).data_dir):
        print(f"{name}: rebuilt")
    return 0


def probe(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Asks an address once and adds the answer to a log; to be run every minute, from another machine."""
    line = availability.ask(told.url, now=clock.now())
    with told.to.open("a") as log:
        log.write(f"{line}\n")
    return 0


def reckon(told: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Reckons the availability from probe logs; 1 when it is below the target."""
    probes = availability.read(line for log in told.logs for line in log.read_text().splitlines())
    found = availability.reckon(probes, longest=timedelta(seconds=told.longest))
    print(
        f"{found.percent:.3f} % of {found.up + found.down + found.unobserved}; {len(found.outages)} outages, longest "
        f"{max(found.outages, default=timedelta())}, on average {found.mean_repair}; unobserved {found.unobserved}"
    )
    return int(found.percent < told.target)


def _changed(store: Store, done: move.Moved) -> list[str]:
    return [f"{table}: store and folder differ" for table in move.compare(store, done.sums)]


def _verified(store: Store, began: float) -> int:
    found: Findings = verify(store)
    took = timedelta(seconds=round(time.monotonic() - began, 1))
    print(f"{found.summary()}; {took.total_seconds() / 60:.2f} minutes")
    return _told(found.faults)


def _identities(told: argparse.Namespace) -> list[x25519.Identity]:
    return identities_in(sys.stdin.read() if told.key == Path("-") else told.key.read_text())


def _told(faults: list[str]) -> int:
    for fault in faults:
        print(fault, file=sys.stderr)
    return int(bool(faults))


_FROM: dict[str, Any] = {"dest": "source", "type": Path, "required": True, "metavar": "FOLDER"}
_TO: dict[str, Any] = {"type": Path, "required": True, "metavar": "FOLDER"}
_VAULT: dict[str, dict[str, Any]] = {
    "--from": _FROM,
    "--key": {
        "type": Path,
        "required": True,
        "metavar": "FILE",
        "help": "the secret key for back-ups; - reads it",
    },
    "--snapshot": {"default": "", "metavar": "NAME", "help": "not the newest, but this one"},
}
Command = Callable[[argparse.Namespace, Mapping[str, str]], int]
COMMANDS: Mapping[str, tuple[Command, Mapping[str, dict[str, Any]]]] = {
    "new-key": (new_key, {"--to": {**_TO, "metavar": "FILE"}}),
    "backup": (
        back_up,
        {
            "--to": _TO,
            "--recipients": {"type": Path, "required": True, "metavar": "FILE", "help": "public keys, one a line"},
            "--keep": {"type": int, "default": 0, "metavar": "N", "help": "drop all but the newest N snapshots"},
            "--also": {"type": Path, "action": "append", "default": [], "metavar": "PATH"},
        },
    ),
    "check": (check, {"--from": _FROM}),
    "restore": (put_all_back, {**_VAULT, "--to": _TO}),
    "drill": (rehearse, {**_VAULT, "--within": {"type": Path, "default": None, "metavar": "FOLDER"}}),
    "restore-case": (put_case_back, {**_VAULT, "--number": {"required": True}, "--replace": {"action": "store_true"}}),
    "verify": (verify_all, {}),
    "new-secret": (new_secret, {}),
    "queues": (show_queues, {"--send-again": {"action": "store_true"}}),
    "reindex": (reindex_all, {"--after": {"default": None, "metavar": "NUMBER", "help": "go on after this case"}}),
    "rebuild": (rebuild, {}),
    "probe": (probe, {"--url": {"required": True}, "--to": {**_TO, "metavar": "FILE"}}),
    "availability": (
        reckon,
        {
            "logs": {"type": Path, "nargs": "+", "metavar": "LOG"},
            "--longest": {"type": float, "default": 180, "metavar": "SECONDS", "help": "after this nobody looked"},
            "--target": {"type": float, "default": availability.TARGET_PERCENT, "metavar": "PERCENT"},
        },
    ),
    "export": (export, {"--to": _TO}),
    "import": (bring_in, {"--from": _FROM, "--make-tables": {"action": "store_true"}}),
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
