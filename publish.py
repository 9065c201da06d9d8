#!/usr/bin/env python3
"""The editor's command: check, build, serve, scaffold and deploy the portal."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publishing import check, sources
from publishing.faults import Fault, serious, shown

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # argparse has no public name for it

ROOT = Path(__file__).resolve().parent
CHINA = timedelta(hours=8)
STOPPED = 130  # what shells expect after Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 1 when it found faults."""
    options = _parser().parse_args(arguments)
    return int(options.run(options))


def today() -> date:
    """The day in China; SOURCE_DATE_EPOCH (seconds) fixes it for reproducible builds."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(fixed), UTC) if fixed else datetime.now(UTC)  # noqa: TID251  (the entrance)
    return (now + CHINA).date()


def _check(options: argparse.Namespace) -> int:
    content = sources.load(options.content)
    missing = [path for path in options.paths if not path.exists()]
    for path in missing:
        print(f"{path}: 没有这个文件")
    only = frozenset(_files(options.paths)) if options.paths else None
    return _report(check.faults(content, today=today(), only=only)) or int(bool(missing))


def _files(paths: Sequence[Path]) -> list[Path]:
    folders = [file for path in paths if path.is_dir() for file in path.rglob("*") if file.is_file()]
    return [path.resolve() for path in [*paths, *folders] if path.is_file()]


def _build(options: argparse.Namespace) -> int:
    from publishing.duties import drafts

    try:
        failed = _publish(options, full=options.full, workers=options.workers)
    except KeyboardInterrupt:
        print("已停止，原来的网站没有变")
        return STOPPED
    print("没有发布，原来的网站没有变" if failed else f"已发布到 {shown(options.output)}")
    for line in () if failed else drafts.links(options.output):
        print(line)
    return failed


def _publish(options: argparse.Namespace, **how: Any) -> int:
    from publishing.build import build

    return _report(build(options.content, options.output, today=today(), **how))


def _serve(options: argparse.Namespace) -> int:
    from publishing.serve import Ways, serve

    places = ("--content", str(options.content), "--output", str(options.output))
    command = [sys.executable, __file__, "build", *places]
    ways = Ways(
        afresh=lambda: subprocess.run(command),  # noqa: S603, PLW1510  (a cold build's memory is given back)
        again=lambda folders: _publish(options, only=folders, workers=1),
        restart=lambda: os.execv(sys.executable, sys.orig_argv),  # noqa: S606  (the same command once more)
    )
    serve(options.content, options.output, port=options.port, start=time.time_ns(), ways=ways)
    return 0


def _deploy(options: argparse.Namespace) -> int:
    from publishing.deploy import command

    def check_and_build() -> int:
        return _build(options) if options.build else 0

    now = datetime.now(UTC)  # noqa: TID251  (the entrance)
    return command.main(options, check_and_build, root=ROOT, now=now)


def _new(options: argparse.Namespace) -> int:
    from publishing.scaffold import scaffold

    made = scaffold(options.kind, options.slug, content=options.content, today=today())
    print(made if isinstance(made, str) else "\n".join(map(shown, made)))
    return int(isinstance(made, str))


def _sync(options: argparse.Namespace) -> int:
    """Fetches at most once a day and lists; with accept or keep, decides. 1 when the catalogue could not be had."""
    from publishing.upstream import commands

    folder, good, said = options.folder, True, ""
    if options.what in ("accept", "keep"):
        return _decide(options)
    found = commands.source(os.environ, folder)
    if isinstance(found, str):
        good, said = False, found
    else:
        now = datetime.now(UTC)  # noqa: TID251  (the entrance)
        good, said = commands.fetch(found, now=now, again=options.now)
    print(said)
    for line in commands.listed(options.content, folder):
        print(line)
    return int(not good)


def _decide(options: argparse.Namespace) -> int:
    from publishing.upstream import commands

    if options.what == "accept" and options.guide is None:
        done = commands.accept_updates(options.content, options.folder)
    elif options.guide is None or not options.fields:
        print("请写明指南和字段，例如：publish.py sync keep zhanyong-daolu name")
        return 1
    else:
        act = commands.accept if options.what == "accept" else commands.keep
        done = act(options.content, options.folder, guide=options.guide, fields=options.fields)
    for line in done:
        print(line)
    return 0


def _report(faults: Sequence[Fault]) -> int:
    for fault in faults:
        print(fault)
    return int(any(serious(faults)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="publish.py", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = _command(commands, "check", _check, "find faults; prints path:line: message")
    one.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="only these files or folders")
    one = _command(commands, "build", _build, "check, then publish the site in one swap")
    _output(one)
    one.add_argument("--full", action="store_true", help="render every page, not only what changed")
    one.add_argument(
        "--workers",
        type=int,
        default=min(4, os.cpu_count() or 1),
        metavar="N",
        help="processes for long builds",
    )
    one = _command(commands, "serve", _serve, "build, serve on this machine, rebuild on change")
    _output(one)
    one.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    one = _command(commands, "deploy", _deploy, "check, build, and bring everything to AWS")
    _output(one)
    one.add_argument("--stage", required=True, help="which one, as infra/stages.yaml names it")
    one.add_argument("--stages", type=Path, default=ROOT / "infra" / "stages.yaml", metavar="FILE")
    one.add_argument("--plan", action="store_true", help="print what would change, as JSON, and stop")
    one.add_argument("--back", action="store_true", help="go back to what was live before")
    one.add_argument("--take-over", action="store_true", help="end a deployment that another computer left")
    one.add_argument("--built", dest="build", action="store_false", help="take the site as it was built")
    one.set_defaults(full=False, workers=min(4, os.cpu_count() or 1))
    one = _command(commands, "new", _new, "start a new document that passes check")
    one.add_argument("kind", choices=sorted(sources.FOLDERS))
    one.add_argument("slug", help="lower-case letters, digits and hyphens")
    one = _command(commands, "sync", _sync, "fetch the upper platform's catalogue and list what differs")
    one.add_argument(
        "what", nargs="?", default="list", choices=["list", "accept", "keep"], help="default: list"
    )
    one.add_argument("guide", nargs="?", help="accept without one takes every change that only they made")
    one.add_argument("fields", nargs="*", metavar="FIELD")
    one.add_argument("--now", action="store_true", help="fetch again although it was done today")
    one.add_argument("--folder", type=Path, default=ROOT / "var" / "upstream", metavar="D")
    return parser


def _command(commands: Commands, name: str, run: object, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.add_argument("--content", type=Path, default=ROOT / "content", metavar="D")
    parser.set_defaults(run=run)
    return parser


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, default=ROOT / "var" / "site", metavar="D")


if __name__ == "__main__":
    sys.exit(main())
