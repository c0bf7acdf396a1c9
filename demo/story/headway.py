"""Headway as people have it: the service and the podman engine as processes, the command line, the API.

Everything stands below the world's folder: state, tokens, and a podman store of the engine's own, so nothing
of it is among the user's own pods and images. Its end is written down in the world before its beginning.
"""

import json
import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from demo.story.failure import StepFailed
from demo.world import Notifications, World
from demo.world.commands import environment
from demo.world.ports import free_port
from demo.world.processes import Process
from demo.world.repository import Repository

PROGRAM = (sys.executable, "-m", "headway")
PEOPLE = ("sina", "tane")
"""Sina is of support, Tane of the platform, as `estate.yaml` has it."""
_STARTS_WITHIN_S = 30.0
_ANSWERS_WITHIN_S = 60.0
_STORAGE = '[storage]\ndriver = "overlay"\ngraphroot = "{folder}/images"\nrunroot = "{folder}/run"\n'

# What a Git host does for a manifests repository: it tells of pushes to `main`. The secret stands in a file.
_HOOK = """\
#!/bin/sh
while read -r _ _ ref; do
    [ "$ref" = refs/heads/main ] && exec "{python}" - <<'END'
import contextlib, pathlib, urllib.request
secret = pathlib.Path("{secret}").read_text().strip()
asked = urllib.request.Request("{url}", b"", {{"Authorization": "Bearer " + secret}}, method="POST")
with contextlib.suppress(OSError):
    urllib.request.urlopen(asked, timeout=5).close()
END
done
exit 0
"""


def engine_name(folder: Path) -> str:
    """Name the engine of the demo in a folder: what podman shows of it carries this name."""
    return f"demo-{sha256(str(folder.resolve()).encode()).hexdigest()[:6]}"


class Headway:
    """The running service and engine of one world. Not safe to use from several threads."""

    def __init__(self, world: World) -> None:
        self.state = world.folder / "state"
        self.url = f"http://127.0.0.1:{free_port()}"
        self.engine = engine_name(world.folder)
        self._world = world
        self._programs: list[Process] = []
        self._client = httpx.Client(timeout=_ANSWERS_WITHIN_S)

    @property
    def program(self) -> str:
        """Where the program `headway` stands, beside this Python."""
        return str(Path(sys.executable).with_name("headway"))

    @property
    def podman_store(self) -> Path:
        """The file that `CONTAINERS_STORAGE_CONF` names for the engine's podman."""
        return self._world.folder / "podman" / "storage.conf"

    def start(self) -> None:
        """Start both, and have the registry and the Git repositories tell of pushes.

        Raises:
            StepFailed: it does not answer in time.
        """
        self._make_podman_store()
        said = [f"{name}={value}" for name, value in self._environment.items()]
        tear_down = [*PROGRAM, "agent", "--name", self.engine, "--tear-down"]
        self._world.undo_later(["env", *said, *tear_down])
        estate = ["--estate", self._world.manifests["argocd-oc-apps"].url]
        self._start("serve", [*estate, "--no-agent", "--port", self.url.rpartition(":")[2]])
        self._start("agent", [*estate, "--name", self.engine])
        self._wait_until_ready()
        secret = (self.state / "hook-token").read_text().strip()
        self._world.registry.start(
            Notifications(url=f"{self.url}/hooks/registry", authorization=f"Bearer {secret}")
        )
        for repository in self._world.manifests.values():
            self._tell_of_pushes(repository)
        for person in PEOPLE:
            self.run("identity", "add", person)
        token = (self.state / "token").read_text().strip()
        self._client.headers["Authorization"] = f"Bearer {token}"

    def ask(self, question: str, **parameters: str | float) -> Any:  # noqa: ANN401 - JSON is anything
        """Ask the API.

        Raises:
            StepFailed: it does not answer, or refuses.
        """
        for program in self._programs:
            if not program.is_running():
                raise StepFailed(
                    f"headway {program.log.stem}", expected="that it runs", seen="it ended by itself"
                )
        try:
            answer = self._client.get(f"{self.url}/api/v1/{question}", params=parameters)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise StepFailed(f"GET {question}", expected="an answer of Headway", seen=str(error)) from error

    def run(self, *arguments: str, person: str | None = None, colour: bool = False) -> str:
        """Run the command line as a person (None: the operator) and give what it writes.

        Raises:
            StepFailed: it ended with another status than 0.
        """
        extra = {
            **self._environment,
            "COLUMNS": "80",
            "PYTHONUNBUFFERED": "1",
            **({"FORCE_COLOR": "1"} if colour else {"NO_COLOR": "1"}),
        }
        if person is not None:
            extra["HEADWAY_TOKEN_FILE"] = str(self.state / "identities" / f"{person}.token")
        step = " ".join(["headway", *arguments[:2]])
        try:
            done = subprocess.run(
                [*PROGRAM, *arguments],
                env=environment(extra),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_ANSWERS_WITHIN_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise StepFailed(step, expected="an answer in a minute", seen="none") from error
        if done.returncode != 0:
            seen = f"exit status {done.returncode}: {done.stdout}{done.stderr}"
            raise StepFailed(step, expected="exit status 0", seen=seen.strip())
        return done.stdout

    def _start(self, verb: str, arguments: list[str]) -> None:
        program = [*PROGRAM, verb, *arguments]
        self._programs.append(self._world.start(verb, program, extra=self._environment))

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "HEADWAY_STATE": str(self.state),
            "CONTAINERS_STORAGE_CONF": str(self.podman_store),
            "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin",
        }

    def _make_podman_store(self) -> None:
        folder = self.podman_store.parent
        folder.mkdir()
        self.podman_store.write_text(_STORAGE.format(folder=folder))

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + _STARTS_WITHIN_S
        while time.monotonic() < until and self._programs[0].is_running():
            try:
                if self._client.get(f"{self.url}/api/v1/health", timeout=2).json().get("ready"):
                    return
            except (httpx.HTTPError, json.JSONDecodeError):
                pass
            time.sleep(0.05)
        raise StepFailed(
            "headway serve",
            expected=f"that it answers within {_STARTS_WITHIN_S:g} s",
            seen=self._programs[0].log.read_text(errors="replace")[-500:],
        )

    def _tell_of_pushes(self, repository: Repository) -> None:
        hook = repository.bare / "hooks" / "post-receive"
        hook.parent.mkdir(exist_ok=True)
        secret = self.state / "hook-token"
        hook.write_text(_HOOK.format(python=sys.executable, secret=secret, url=f"{self.url}/hooks/git"))
        hook.chmod(0o755)
