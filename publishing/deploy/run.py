"""Carrying out: each step looks at what is there and does what is missing, so that any step can be repeated."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from publishing.deploy import indexes, stacks
from publishing.deploy import plan as plans
from publishing.deploy import release as releases
from publishing.deploy.cloud import Cloud
from publishing.deploy.journal import Journal
from publishing.deploy.listing import File
from publishing.deploy.plan import Plan
from publishing.deploy.release import Release
from publishing.deploy.secret import OF_NOW, Secret
from publishing.deploy.stages import Stage

Json = dict[str, Any]
Tell = Callable[[str, int, int], object]
LOCK = "lock.json"
_KEPT = "Retain"


class Stopped(Exception):
    """The deployment cannot go on; the message, in Chinese, says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be live: a release whose files have no versions yet, its template, and where the bytes are."""

    release: Release
    template: Json
    packages: Mapping[str, Path]
    files: Mapping[str, File]


class Deployment:
    """One deployment of one stage. `tell` hears each step with its progress."""

    def __init__(self, stage: Stage, cloud: Cloud, journal: Journal, *, tell: Tell) -> None:
        self._stage, self._cloud, self._journal, self._tell = stage, cloud, journal, tell
        self._bucket = stacks.found_release_bucket(cloud, stage.stack) or ""

    def live(self) -> Release | None:
        """The release that is live."""
        data = self._cloud.read(self._bucket, releases.LIVE) if self._bucket else None
        return self.release(json.loads(data)["release"]) if data else None

    def release(self, number: int) -> Release:
        """A release by its number."""
        data = self._cloud.read(self._bucket, releases.key_of(number))
        if data is None:
            raise Stopped(f"找不到第 {number} 次发布的记录")
        return releases.unpacked(data)

    def template(self, of: Release | None) -> Json:
        """The template of a release."""
        data = self._cloud.read(self._bucket, of.template) if of else None
        found: Json = json.loads(data) if data else {}
        return found

    def secret(self) -> Secret | None:
        """The stage's secret as it is now."""
        return self._cloud.secret(self._stage.parameters["Secrets"])

    def plan(self, wanted: Wanted) -> Plan:
        """What carrying it out would change; changes nothing itself."""
        live = self.live()
        return plans.plan(
            self._stage.name, self._stage.region, live=live, was=self.template(live), wanted=wanted.release,
            now=wanted.template,
        )  # fmt: skip

    def carry_out(self, wanted: Wanted, *, now: datetime) -> Release:
        """Makes the wanted release live. Killed anywhere, the same call goes on and comes to the same end."""
        self._bucket = self._bucket or stacks.release_bucket(self._cloud, self._stage.stack)
        self._lock()
        self._journal.note("to", str(wanted.release.id))
        live, plan = self.live(), self.plan(wanted)
        if live and plan.nothing:  # an earlier run was killed after it had recorded all this
            self._unlock()
            return live
        self._packages(wanted)
        self._settings(plan)
        places = self._stack(wanted, live, plan)
        files = self._files(wanted, live, plan, places["SiteBucket"])
        self._cdn(plan, places.get("Cdn", ""), of=wanted.release)
        done = replace(wanted.release, files=files, at=now.isoformat(timespec="seconds"))
        self._record(done)
        return done

    def _lock(self) -> None:
        """One deployment at a time; ours, begun earlier and killed, is ours."""
        mine = next(iter(self._journal.last("lock")), "") or secrets.token_hex(8)
        if not self._journal.has("lock", mine):
            self._journal.note("lock", mine)
        if not self._cloud.claim(self._bucket, LOCK, mine.encode()):
            holder = (self._cloud.read(self._bucket, LOCK) or b"").decode()
            if holder != mine:
                raise Stopped(
                    "另一台电脑正在发布这个环境，或者上次在那里中断了。请在那里再运行一次；"
                    "确认没有人在发布，才加 --take-over"
                )

    def finished(self) -> Release | None:
        """The live release, if an earlier run from here made it live and was killed before it could say so."""
        live = self.live()
        if live is None or not self._journal.has("to", str(live.id)):
            return None
        self._unlock()
        return live

    def take_over(self) -> None:
        """Ends somebody else's deployment for them."""
        if self._bucket:
            self._cloud.drop(self._bucket, LOCK)

    def _packages(self, wanted: Wanted) -> None:
        """Named by their hash: what is there is right."""
        for done, (key, path) in enumerate(sorted(wanted.packages.items()), 1):
            self._cloud.claim(self._bucket, key, path.read_bytes())
            self._tell("package", done, len(wanted.packages) + 1)
        body = json.dumps(wanted.template, ensure_ascii=False, sort_keys=True).encode()
        self._cloud.keep(self._bucket, wanted.release.template, body)
        self._tell("package", len(wanted.packages) + 1, len(wanted.packages) + 1)

    def _settings(self, plan: Plan) -> None:
        """The office's own files, before the functions that read them restart."""
        for done, key in enumerate(plan.settings, 1):
            self._cloud.keep(self._bucket, key, self._stage.settings[key])
            self._tell("settings", done, len(plan.settings))

    def _stack(self, wanted: Wanted, live: Release | None, plan: Plan) -> dict[str, str]:
        """The stack at its template, by steps where tables need them; {logical id: physical id}."""
        host = f"s3.{plan.region}.amazonaws.com" + (".cn" if plan.region.startswith("cn-") else "")
        known = {
            **(live.parameters if live else {}),
            **wanted.release.parameters,
            stacks.RELEASES: self._bucket,
        }
        due = live is None or any(plan.resources.values()) or plan.parameters
        steps = self._steps(wanted) if due else {}
        for done, (key, template) in enumerate(steps.items(), 1):
            parameters = {name: known[name] for name in template["Parameters"] if name in known}
            stacks.apply(
                self._cloud,
                self._stage.stack,
                url=f"https://{self._bucket}.{host}/{key}",
                parameters=parameters,
            )
            self._tell("stack", done, len(steps))
        return self._cloud.resources(self._stage.stack)

    def _steps(self, wanted: Wanted) -> dict[str, Json]:
        """The templates from what the stack is now, also after a run that was killed between two, to what is wanted."""
        steps = indexes.steps(stacks.template(self._cloud, self._stage.stack), wanted.template)
        found = {}
        for template in steps[:-1]:
            body = json.dumps(template, ensure_ascii=False, sort_keys=True).encode()
            key = f"templates/step-{hashlib.sha256(body).hexdigest()[:20]}.json"
            self._cloud.keep(self._bucket, key, body)
            found[key] = template
        return found | {wanted.release.template: steps[-1]}

    def _files(
        self, wanted: Wanted, live: Release | None, plan: Plan, site: str
    ) -> dict[str, tuple[str, str]]:
        """Uploads, then the catalogue, then what is gone; every file with its version."""
        files = {**(live.files if live else {}), **wanted.release.files}
        for step, keys in (("upload", plan.upload), ("catalogue", plan.catalogue)):
            for done, key in enumerate(keys, 1):
                files[key] = self._file(site, key, wanted, live)
                self._tell(step, done, len(keys))
        for key in wanted.release.files.keys() - {*plan.upload, *plan.catalogue}:
            files[key] = live.files[key] if live else files[key]
        if plan.delete:
            self._cloud.withdraw(site, plan.delete)
            self._tell("delete", len(plan.delete), len(plan.delete))
        return {key: kept for key, kept in files.items() if key not in set(plan.delete)}

    def _file(self, site: str, key: str, wanted: Wanted, live: Release | None) -> tuple[str, str]:
        """One file in place: as noted by an earlier run, from this machine, or from an earlier version."""
        sha, version = wanted.release.files[key]
        noted = self._journal.last("put").get(key)
        if noted and noted[0] == sha:
            return sha, noted[1]
        file = wanted.files.get(key)
        version = self._cloud.publish(site, key, file) if file else self._cloud.bring_back(site, key, version)
        self._journal.note("put", key, sha, version)
        return sha, version

    def _cdn(self, plan: Plan, distribution: str, *, of: Release) -> None:
        """The CDN forgets what changed, also what a killed run had changed before the plan was made anew."""
        put = plans.paths(self._journal.last("put"))
        forget = sorted({*plan.invalidate, *(put if plan.live is not None else ())})
        if forget and distribution:
            every = ["/*"] if "/*" in forget or len(forget) > plans.MOST_PATHS else forget
            self._cloud.forget(distribution, every, mark=f"{next(iter(self._journal.last('lock')))}-{of.id}")
        self._tell("cdn", 1, 1)

    def _record(self, done: Release) -> None:
        """From here on it is live by name; then the next deployment may begin."""
        self._cloud.keep(self._bucket, releases.key_of(done.id), done.packed())
        self._cloud.keep(self._bucket, releases.LIVE, json.dumps({"release": done.id}).encode())
        self._tell("record", 1, 1)
        self._unlock()

    def _unlock(self) -> None:
        self._cloud.drop(self._bucket, LOCK)
        self._journal.close()


def earlier(deployment: Deployment) -> Wanted:
    """What was live before: its template, its packages, its files, as a new release."""
    live = deployment.live()
    if live is None or live.before is None:
        raise Stopped("没有更早的发布可以退回")
    back = deployment.release(live.before)
    template = keeping(deployment.template(back), deployment.template(live))
    name = f"templates/{back.template.removeprefix('templates/').removesuffix('.json')}-back{live.id}.json"
    now = {name: live.parameters[name] for name in OF_NOW if name in template["Parameters"]}
    parameters = {**back.parameters, **now}  # people and secrets stay as they are
    release = replace(
        back, id=live.id + 1, before=back.before, template=name, parameters=parameters, settings=live.settings
    )
    return Wanted(release, template, {}, {})


def keeping(back: Json, newer: Json) -> Json:
    """The earlier template with what holds data and came later: going back loses no record."""
    later = {
        name: one for name, one in newer["Resources"].items()
        if one.get("DeletionPolicy") == _KEPT and one["Type"] != "AWS::Lambda::LayerVersion"
    }  # fmt: skip
    return back | {"Resources": later | back["Resources"]}
