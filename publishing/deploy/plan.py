"""What a deployment would change, as data: compared with the release that is live, before anything is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from publishing.deploy import indexes
from publishing.deploy.listing import address, is_kept, turn
from publishing.deploy.release import Release

MOST_PATHS = 1000  # above, the CDN is asked to drop everything
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps after packaging. Empty lists are nothing to do."""

    stage: str
    region: str
    live: int | None
    resources: Mapping[str, list[str]]
    steps: list[str]  # of the stack, where tables change more than one index
    parameters: list[str]
    settings: list[str]
    upload: list[str]
    catalogue: list[str]
    delete: list[str]
    invalidate: list[str]

    @property
    def nothing(self) -> bool:
        """Whether everything is as wanted already."""
        changed = (self.parameters, self.settings, self.upload, self.catalogue, self.delete)
        return not any(changed) and not any(self.resources.values())

    def as_json(self) -> Json:
        """For `--plan`."""
        return asdict(self) | {"nothing": self.nothing}


def plan(stage: str, region: str, *, live: Release | None, was: Json, wanted: Release, now: Json) -> Plan:
    """From the live release and its template to the wanted one and its own."""
    before = live.files if live else {}
    changed = sorted(key for key, (sha, _) in wanted.files.items() if before.get(key, ("",))[0] != sha)
    gone = sorted(key for key in before if key not in wanted.files and not is_kept(key))
    changed.sort(key=turn)
    old = live.parameters if live else {}
    return Plan(
        stage=stage,
        region=region,
        live=live.id if live else None,
        resources=differences(was.get("Resources", {}), now["Resources"]),
        steps=indexes.told(was, now),
        parameters=sorted(
            key for key in {*old, *wanted.parameters} if old.get(key) != wanted.parameters.get(key)
        ),
        settings=_settings(live, wanted),
        upload=[key for key in changed if turn(key) < 2],
        catalogue=[key for key in changed if turn(key) == 2],
        delete=gone,
        invalidate=paths(key for key in (*changed, *gone) if turn(key) > 0 or key in before),
    )


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[str]]:
    """Resources by what happens to them."""
    return {
        "add": sorted(set(now) - set(was)),
        "change": sorted(name for name in set(now) & set(was) if now[name] != was[name]),
        "remove": sorted(set(was) - set(now)),
    }


def paths(keys: Iterable[str]) -> list[str]:
    """What the CDN has to forget."""
    found = sorted({address(key) for key in keys})
    return ["/*"] if len(found) > MOST_PATHS else found


def _settings(live: Release | None, wanted: Release) -> list[str]:
    before = live.settings if live else {}
    return sorted(key for key, sha in wanted.settings.items() if before.get(key) != sha)
