"""`publish.py deploy`: check → build → package → stack → upload → catalogue → CDN, or back to what was live before."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from publishing.deploy import package, prepare, run, secret, stages
from publishing.deploy.cloud import Cloud
from publishing.deploy.journal import Journal
from publishing.deploy.plan import Plan
from publishing.deploy.release import Release
from publishing.deploy.run import Deployment, Stopped, Wanted
from publishing.deploy.stacks import StackFailed
from publishing.deploy.stages import Stage

_STEPS = {
    "package": "代码包", "settings": "人员与设置", "stack": "云上资源（第一次约二十分钟）",
    "upload": "上传有变化的文件", "catalogue": "更新事项目录", "delete": "撤下不再有的文件",
    "cdn": "通知内容分发网络", "record": "记录这次发布",
}  # fmt: skip


def main(options: argparse.Namespace, build: Callable[[], int], *, root: Path, now: datetime) -> int:
    """The whole command; the exit status is 1 when it could not be done."""
    stage = stages.load(options.stage, file=options.stages)
    if isinstance(stage, str):
        print(stage)
        return 1
    work = root / "var" / "deploy" / stage.name
    try:
        deployment = Deployment(stage, Cloud(stage.region), Journal(work / "journal.jsonl"), tell=progress)
        return _deploy(options, deployment, stage, build, work=work, now=now)
    except (Stopped, StackFailed) as stopped:
        print(stopped)
    except (BotoCoreError, ClientError) as error:
        print(f"AWS 没有完成：{error}\n再运行一次同样的命令，会从停下的地方继续")
    except KeyboardInterrupt:
        print("\n已停止。再运行一次同样的命令，会从停下的地方继续")
    return 1


def _deploy(
    options: argparse.Namespace,
    deployment: Deployment,
    stage: Stage,
    build: Callable[[], int],
    *,
    work: Path,
    now: datetime,
) -> int:
    with redirect_stdout(sys.stderr):  # what stands on the standard output is the plan
        if not options.back and build():
            return 1
    if options.take_over:
        deployment.take_over()
    if options.back and (done := deployment.finished()):
        return _said(stage, done)
    wanted = run.earlier(deployment) if options.back else _made(deployment, stage, work, options.output)
    plan = deployment.plan(wanted)
    if options.plan:
        print(json.dumps(plan.as_json(), ensure_ascii=False, indent=2))
        return 0
    if wrong := secret.fault(stage, deployment.secret()):
        raise Stopped(wrong)
    print(summary(plan), file=sys.stderr)
    return _said(stage, deployment.carry_out(wanted, now=now))


def _said(stage: Stage, done: Release) -> int:
    print(f"已发布：{stage.name} 第 {done.id} 次，{stage.parameters['BaseUrl']}/")
    return 0


def _made(deployment: Deployment, stage: Stage, work: Path, site: Path) -> Wanted:
    print("正在打包函数和程序库……", file=sys.stderr)
    packed = package.packed(work / "package", region=stage.region)
    return prepare.wanted(secret.noted(stage, deployment.secret()), packed, site, after=deployment.live())


def summary(plan: Plan) -> str:
    """What will change, in a line."""
    counts = {word: len(names) for word, names in plan.resources.items()}
    return (
        f"资源：新增 {counts['add']}，修改 {counts['change']}，移除 {counts['remove']}；"
        f"文件：上传 {len(plan.upload) + len(plan.catalogue)}，撤下 {len(plan.delete)}"
    )


def progress(step: str, done: int, total: int) -> None:
    """A line for each step; on a terminal it counts up."""
    live = sys.stderr.isatty()
    if done == total or live:
        print(
            f"\r{_STEPS[step]} {done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True
        )
