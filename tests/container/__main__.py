"""`python -m tests.container`: the steps of the Containerfile, carried out in a folder, where there is no container engine.

COPY, ENV, WORKDIR, pip's RUN and CMD are done as they stand, with the image's paths moved below the folder; the base
image is this Python, and the user is not changed. Asks a package registry, as building the image does.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from infra.onpremise import serve
from tests.crash.live_house import _until

FILE = serve.ROOT / "infra" / "onpremise" / "Containerfile"
PORT = "8245"
SETTINGS = {
    "BANSHI_ENV": "development", "BASE_URL": f"http://localhost:{PORT}", "SECRET_KEY": "k" * 40, "OIDC_ISSUER": "http://localhost:1",
    "OIDC_CLIENT_SECRET": "none", "STAFF_FILE": "/app/infra/sample/staff.json",
}  # fmt: skip


def steps() -> Iterator[tuple[str, str]]:
    """(instruction, its text), continued lines joined."""
    text = re.sub(r"\\\n", " ", FILE.read_text("utf-8"))
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word.isupper():
            yield word, rest.strip()


class Image:
    """A folder that stands for the image's root."""

    def __init__(self, root: Path) -> None:
        self.root, self.environ, self.command = root, dict(os.environ), [""]

    def moved(self, text: str) -> str:
        """The image's paths below the folder."""
        return re.sub(r"(?<![\w.])/(app|venv|data)\b", f"{self.root}/\\1", text)

    def copy(self, text: str) -> None:
        """Of the sources only what is under version control: what a clean clone has."""
        if text.startswith("--from"):
            return  # the environment was made in the same folder
        *sources, target = text.split()
        kept = subprocess.check_output(
            ["git", "ls-files", *sources], cwd=serve.ROOT, encoding="utf-8"
        ).splitlines()
        assert kept, f"nothing is copied by COPY {text}"
        cut = (
            sources[0]
            if len(sources) == 1 and (serve.ROOT / sources[0]).is_dir() and sources[0] != "."
            else ""
        )
        for name in kept:
            to = Path(self.moved(target)) / (Path(name).relative_to(cut) if cut else name)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(serve.ROOT / name, to, follow_symlinks=False)

    def run(self, text: str) -> None:
        """pip's steps; making users is the base system's."""
        if "pip install" in text:
            made = self.moved(text).replace("python -m venv", f"{sys.executable} -m venv")
            subprocess.run(made, shell=True, check=True, stdout=subprocess.DEVNULL)
        else:
            (self.root / "data").mkdir(mode=0o700, exist_ok=True)

    def env(self, text: str) -> None:
        for word in shlex.split(self.moved(text)):
            name, _, value = word.partition("=")
            self.environ[name] = value.replace("$PATH", self.environ["PATH"])

    def cmd(self, text: str) -> None:
        self.command = [word.replace("8000", PORT) for word in json.loads(self.moved(text))]


def main() -> int:
    """Builds, publishes into the volume, starts, asks; prints what was answered."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        image = Image(Path(folder))
        acts = {"COPY": image.copy, "RUN": image.run, "ENV": image.env, "CMD": image.cmd}
        for word, text in steps():
            acts.get(word, lambda _: None)(text)
        print(f"built in {time.monotonic() - began:.0f} s")
        environ = image.environ | {name: image.moved(value) for name, value in SETTINGS.items()}
        python = [str(image.root / "venv" / "bin" / "python")]
        build = [*python, "publish.py", "build", "--output", environ["SITE_DIR"]]
        subprocess.run(build, cwd=image.root / "app", env=environ, check=True, stdout=subprocess.DEVNULL)
        jobs = [*python, "-m", "keeper", "verify"]
        subprocess.run(jobs, cwd=image.root / "app", env=environ, check=True)
        server = subprocess.Popen([*python, *image.command[1:]], cwd=image.root / "app", env=environ)
        try:
            _until(lambda: status("/readyz") == 200)
            for path in ("/healthz", "/readyz", "/", "/status/"):
                print(path, status(path))
        finally:
            server.terminate()
            server.wait(60)
    return 0


def status(path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=10) as answer:
            return int(answer.status)
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
