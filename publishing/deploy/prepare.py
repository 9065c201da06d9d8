"""From a built site and the sources to what is wanted: nothing here asks AWS."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from publishing.deploy import package, template
from publishing.deploy.listing import listed
from publishing.deploy.package import Packed
from publishing.deploy.release import Release
from publishing.deploy.run import Wanted
from publishing.deploy.stages import Stage
from publishing.deploy.translate import translated


def wanted(stage: Stage, packed: Packed, site: Path, *, after: Release | None) -> Wanted:
    """The release that this site, this code and these settings make."""
    if packed.layer is None:
        raise ValueError("a release needs its libraries")
    names = {
        f"packages/{kind}-{package.digest(path)}.zip": path
        for kind, path in (("code", packed.code), ("layer", packed.layer))
    }
    code, layer = names
    whole = template.whole(
        packed.template, region=stage.region, code=code, layer=layer,
        keys=stage.keys, budget="MonthlyBudget" in stage.parameters,
    )  # fmt: skip
    plain = translated(whole, region=stage.region)
    files = dict(listed(site))
    release = Release(
        id=after.id + 1 if after else 1,
        at="",
        before=after.id if after else None,
        template=f"templates/{_digest(json.dumps(plain, sort_keys=True).encode())}.json",
        code=code,
        layer=layer,
        parameters={key: value for key, value in stage.parameters.items() if key in plain["Parameters"]},
        settings={key: _digest(data) for key, data in stage.settings.items()},
        files={key: (file.sha256, "") for key, file in files.items()},
    )
    return Wanted(release, plain, names, files)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:20]
