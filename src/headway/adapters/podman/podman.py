"""Every podman command that the engine uses, one method each.

Bounded: at most `podman_calls` run at once, each has a time limit, and none ever waits for a container's end
(podman would hold its locks meanwhile). Podman runs with our own containers.conf in an empty folder, because
`kube play` takes a folder named like an image for something to build. Safe to use concurrently.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from headway.adapters.podman import command
from headway.adapters.podman.live_pod import PREFIX, LivePod, parse_pods
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.podman.strays import call_environment
from headway.domain.errors import Transient

SHORT = timedelta(seconds=30)
"""For what takes podman milliseconds: only a stuck machine needs longer."""
LONG = timedelta(minutes=10)
"""For pulls and for init containers, which `kube play` waits for."""
CLEANED_UP_WITHIN = timedelta(seconds=5)
"""For podman's clean-up after containers that were killed: a tenth of a second each."""

CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
[network]
network_backend = "netavark"
"""

LOOPBACK = ("127.", "localhost:", "localhost/", "[::1]")
"""Registries on this machine speak plain HTTP."""


class Podman:
    """The podman program, for one engine."""

    def __init__(self, settings: AgentSettings) -> None:
        self._settings = settings
        self._calls = asyncio.Semaphore(settings.podman_calls)
        self._long_calls = asyncio.Semaphore(settings.podman_calls)
        self._folder = settings.state / "empty"
        self._environment = call_environment(settings)
        self._present: set[str] = set()

    def prepare(self) -> None:
        """Write podman's configuration; idempotent."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._settings.containers_conf.write_text(CONTAINERS_CONF)

    async def pods(self) -> dict[str, LivePod]:
        """List this engine's pods by name.

        Raises:
            Transient: `podman-failed`, `command-missing`, `command-timeout`: unknown, which is not absent.
        """
        return parse_pods(await self.call("ps", "--all", "--format", "json", "--filter", self._ours))

    async def pod_names(self) -> set[str]:
        """List this engine's pods, also those that were never filled."""
        return set(
            (await self.call("pod", "ps", "--format", "{{.Name}}", "--filter", self._ours)).decode().split()
        )

    async def pull(self, reference: str) -> None:
        """Have an image here; nothing is asked of a registry when it is."""
        if reference in self._present:
            return
        if await self.status("image", "exists", reference) != 0:
            plain = ["--tls-verify=false"] if reference.startswith(LOOPBACK) else []
            await self._call(self._long_calls, LONG, b"", "pull", "--quiet", *plain, reference)
        self._present.add(reference)

    async def play(self, manifest: Mapping[str, Any], network: str, address: str) -> None:
        """Create and start a pod; returns when its init containers are through and the others started.

        Images that are missing are pulled by the same call, which saves two; those that come from registries
        of both kinds, on this machine and elsewhere, before it.

        Raises:
            Transient: `podman-failed`: in the words of the pull, if that is the trouble.
        """
        spec = manifest["spec"]
        containers = [*spec.get("initContainers", ()), *spec["containers"]]
        unseen = sorted({str(container["image"]) for container in containers} - self._present)
        plain = [image.startswith(LOOPBACK) for image in unseen]
        if any(plain) and not all(plain):
            await self._pull_all(unseen)
        try:
            await self._call(
                self._long_calls if unseen or spec.get("initContainers") else self._calls,
                LONG,
                json.dumps(manifest).encode(),
                *("kube", "play", "--build=false", "--network", network, "--ip", address),
                *(["--tls-verify=false"] if any(plain) and all(plain) else []),
                *("--log-driver", "k8s-file", "--quiet", "-"),
            )
        except Transient:
            self._present.clear()  # an image may have been removed by other hands: look again the next time
            await self._pull_all(unseen)
            raise
        self._present.update(unseen)

    async def _pull_all(self, references: Sequence[str]) -> None:
        for reference in references:
            await self.pull(reference)

    async def start(self, container: str) -> None:
        """Start a container that ended; its pod's network comes back with it."""
        await self.call("start", container)

    async def signal(self, containers: Sequence[str], name: str) -> None:
        """Send a signal; what ended meanwhile is passed over."""
        await self.status("kill", "--signal", name, *containers)

    async def remove_pods(self, names: Sequence[str]) -> None:
        """Remove pods at once, whatever they do; idempotent.

        Killed first, and left to podman's own clean-up after each container's end. That needs the locks which
        `pod rm` holds, and `pod rm` cannot remove its control group before it is over: done by `pod rm` alone
        they stand in each other's way for three seconds, and every listing with them.
        """
        if not names:
            return
        running: list[str] = []
        with contextlib.suppress(Transient):
            mine = ("--filter=status=running", *(f"--filter=pod={name}" for name in names))
            running = (await self.call("ps", "--quiet", "--no-trunc", *mine)).decode().split()
        if running:
            with contextlib.suppress(Transient):  # one ended meanwhile
                await self.call("kill", *running, within=LONG)
            waiting = ("wait", "--condition", "exited", "--interval", "20ms")
            with contextlib.suppress(Transient):  # one is gone: `pod rm` takes the rest as it is
                await self.call(*waiting, *running, within=CLEANED_UP_WITHIN)
        await self.call("pod", "rm", "--force", "--ignore", "--time", "0", *names, within=LONG)

    async def last_words(self, container: str) -> str:
        """Give the last lines that a container wrote, at most 3 lines, 300 characters; empty: none told."""
        with contextlib.suppress(Transient):
            done = await self._run(self._calls, SHORT, b"", "logs", "--tail", "3", container)
            if done.status != 0:  # what it wrote then are podman's own words
                return ""
            text = " | ".join((done.output.decode(errors="replace") + done.complaint).split("\n"))
            return "".join(c if c.isprintable() else " " for c in text).strip(" |")[-300:]
        return ""

    async def was_out_of_memory(self, container: str) -> bool:
        """Say whether the kernel ended it because it outgrew its own limit."""
        answer = await self.call(
            "inspect", "--type", "container", "--format", "{{.State.OOMKilled}}", container
        )
        return answer.strip() == b"true"

    async def inspect(self, containers: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Give what podman keeps of containers, by id; one that is gone is left out.

        Raises:
            Transient: `podman-failed`, `command-missing`, `command-timeout`.
        """
        if not containers:
            return {}
        arguments = ("inspect", "--type", "container", *containers)
        done = await self._run(self._calls, SHORT, b"", *arguments)
        try:
            # Of those that are there it tells all the same, whatever it complains of.
            return {str(one["Id"]): one for one in json.loads(done.output)}
        except (ValueError, KeyError, TypeError) as unreadable:
            raise _failed(arguments, done) from unreadable

    async def execute(self, container: str, argv: Sequence[str], within: timedelta) -> bool:
        """Run a probe's command inside a container; True: it ended with 0 in time."""
        try:
            done = await self._run(self._calls, within + timedelta(seconds=1), b"", "exec", container, *argv)
        except Transient:
            return False
        return done.status == 0

    async def ensure_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Have a volume; idempotent."""
        if await self.status("volume", "exists", name) != 0:
            marks = [f"--label={PREFIX}{key}={value}" for key, value in labels.items()]
            await self.call("volume", "create", f"--label={self._label}", *marks, name)

    async def remove_volumes(self, of: str | None = None) -> None:
        """Remove one pod's own volumes, or (None) all volumes of this engine, claims too; those in use stay.

        Exactly one filter is given: podman joins several by or, and an or would take the volume claims along.
        """
        chosen = self._label if of is None else f"{PREFIX}of={of}"
        listing = await self.call("volume", "ls", "--format", "{{.Name}}", "--filter", f"label={chosen}")
        if names := listing.decode().split():
            await self.status("volume", "rm", *names)

    async def volume_owners(self) -> set[str]:
        """Name the pods that volumes of this engine were made for, there or not; a claim is no pod's."""
        listing = await self.call("volume", "ls", "--format", "json", "--filter", self._ours)
        labels = [volume.get("Labels") or {} for volume in json.loads(listing or b"[]")]
        return {str(one[f"{PREFIX}of"]) for one in labels if f"{PREFIX}of" in one}

    async def exists(self, kind: str, name: str) -> bool:
        """Say whether a secret, volume, network, pod or image is there."""
        if kind == "secret":
            return name in (await self.call("secret", "ls", "--format", "{{.Name}}")).decode().split()
        return await self.status(kind, "exists", name) == 0

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Stream podman's events of this engine's containers from now on; it ends when podman does.

        Raises:
            Transient: `command-missing`.
        """
        ours = ("--filter", "type=container", "--filter", self._ours)
        argv = (self._settings.podman, "events", "--format", "json", *ours)
        async with command.lines(argv, environment=self._environment) as stream:
            while line := await stream.readline():
                with contextlib.suppress(ValueError):
                    event = json.loads(line)
                    if isinstance(event, dict):
                        yield event

    async def call(self, *arguments: str, stdin: bytes = b"", within: timedelta = SHORT) -> bytes:
        """Run a podman command that must succeed and give what it wrote.

        Raises:
            Transient: `podman-failed` with podman's own words, `command-missing`, `command-timeout`.
        """
        return await self._call(self._calls, within, stdin, *arguments)

    async def status(self, *arguments: str) -> int:
        """Run a podman command whose exit status is the answer."""
        done = await self._run(self._calls, SHORT, b"", *arguments)
        if done.status < 0 or done.status >= 125:
            raise _failed(arguments, done)
        return done.status

    async def attached(self, arguments: Sequence[str], within: timedelta) -> command.Done:
        """Run a container to its end (a job check); it does not count as one of the bounded calls."""
        return await self._run(asyncio.Semaphore(1), within, b"", *arguments)

    async def _call(
        self, calls: asyncio.Semaphore, within: timedelta, stdin: bytes, *arguments: str
    ) -> bytes:
        done = await self._run(calls, within, stdin, *arguments)
        if done.status != 0:
            raise _failed(arguments, done)
        return done.output

    async def _run(
        self, calls: asyncio.Semaphore, within: timedelta, stdin: bytes, *arguments: str
    ) -> command.Done:
        async with calls:
            return await command.run(
                [self._settings.podman, *arguments],
                within=within,
                environment=self._environment,
                stdin=stdin,
                folder=self._folder,
            )

    @property
    def _label(self) -> str:
        return f"{PREFIX}engine={self._settings.name}"

    @property
    def _ours(self) -> str:
        return f"label={self._label}"


def _failed(arguments: Sequence[str], done: command.Done) -> Transient:
    complaint = next((line for line in reversed(done.complaint.splitlines()) if line.strip()), "")
    return Transient(
        "podman-failed",
        f"podman {' '.join(arguments[:2])} failed",
        why=complaint.removeprefix("Error: ")[:300] or f"exit status {done.status}",
        next_step="it is tried again",
    )
