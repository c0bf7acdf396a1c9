"""Headway as people have it: the service and what runs beside it as processes, the command line, the API.

Everything stands below the world's folder: state, tokens, and what the engine keeps.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from demo.engines import Engine, Outfit
from demo.engines.program import PROGRAM, variables
from demo.story.failure import StepFailed
from demo.story.watched_desk import WatchedDesk
from demo.world import Notifications, World
from demo.world.commands import environment
from demo.world.ports import free_port
from demo.world.processes import Process
from demo.world.repository import Repository

PEOPLE = ("sina", "tane")
"""Sina is of support, Tane of the platform, as `estate.yaml` has it."""
_STARTS_WITHIN_S = 90.0
_ANSWERS_WITHIN_S = 60.0

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


class Headway:
    """The running service of one world, and what runs beside it. Not safe to use from several threads."""

    def __init__(self, world: World, engine: Engine) -> None:
        self.state = world.folder / "state"
        self.url = f"http://127.0.0.1:{free_port()}"
        self._world = world
        self._engine = engine
        self._outfit = Outfit()
        self._programs: list[Process] = []
        self._client = httpx.Client(timeout=_ANSWERS_WITHIN_S)

    @property
    def program(self) -> str:
        """Where the program `headway` stands, beside this Python."""
        return str(Path(sys.executable).with_name("headway"))

    @property
    def programs(self) -> str:
        """What of it runs, in words."""
        return ", ".join(f"headway {program.log.stem}" for program in self._programs)

    def start(self) -> None:
        """Start it, and have the registry and the Git repositories tell of pushes.

        Raises:
            StepFailed: it does not answer in time.
        """
        self.state.mkdir(mode=0o700)
        self._outfit = self._engine.equip(self._world, self.state)
        estate = ["--estate", self._world.manifests["argocd-oc-apps"].url]
        port = ["--port", self.url.rpartition(":")[2]]
        self._start("serve", [*estate, "--no-agent", *port, *self._outfit.serve])
        for verb, options in self._outfit.beside.items():
            self._start(verb, options)
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
        """Run the command line where the desks are, as a person (None: the operator); give what it writes.

        Raises:
            StepFailed: it ended badly.
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
                cwd=self._world.folder / "desks",
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

    def watch_desk(self, *folders: str) -> WatchedDesk:
        """Have folders of the desks checked at each save."""
        extra = {**self._environment, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
        program = [*PROGRAM, "check", "--watch", *folders]
        desks = self._world.folder / "desks"
        return WatchedDesk(self._world.start("check", program, extra=extra, folder=desks))

    def _start(self, verb: str, arguments: Sequence[str]) -> None:
        program = [*PROGRAM, verb, *arguments]
        self._programs.append(self._world.start(verb, program, extra=self._environment))

    @property
    def _environment(self) -> dict[str, str]:
        return {**variables(self.state), **self._outfit.variables}

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
