"""The row of a hundred promotions at once: real Git, Kustomize and SQLite; registry and engine in memory."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from tests.fixtures.git_remote import BareRemote
from tests.fixtures.tiny_estate import TinyApplication, application_files, estate_file

from bench.row import Against, Row
from headway.app.controller import Controller
from headway.app.outside import Pace
from headway.app.ports import CheckRequest, Clock, Reference
from headway.bootstrap import Home
from headway.bootstrap.outside import make_controller, opened
from headway.domain.checks import CheckResult, Verdict
from headway.domain.deployment import ArtifactHealth, DeploymentState, Observation
from headway.domain.diagnosis import Finding
from headway.domain.facts import Fact, PromotionEnded, PromotionLanded
from headway.domain.live import LiveInstance, LogRequest, LogTail
from headway.domain.names import CommitId, EnvironmentName, InstanceName
from headway.testing.registry import InMemoryRegistry

_APPLICATIONS = 100
_SLOW = timedelta(hours=1)
_WITHIN_S = 120


def rows() -> Iterable[Row]:
    """Publish a new image of each of a hundred applications at once, and wait until all are pushed."""
    with tempfile.TemporaryDirectory(prefix="hw-bench-") as folder:
        ours, floor = asyncio.run(_measure(Path(folder)))
    yield Row(
        name="100 promotions at once, one repository: all pushed",
        ours=ours,
        floor=floor,
        floor_is="one commit and push by git",
        against=Against.LIMIT,
        aim=2000,
    )


class InstantEngine:
    """An engine that calls every lock healthy as soon as it landed: what is measured is not its work."""

    def __init__(self) -> None:
        self._seen: asyncio.Queue[Observation] = asyncio.Queue()

    def landed(self, fact: Fact, clock: Clock) -> None:
        """Answer to a lock that landed."""
        body = fact.body
        if isinstance(body, PromotionLanded):
            observation = Observation(
                instance=body.instance,
                promotion_id=body.promotion_id,
                revision=body.commit,
                artifacts={"app": ArtifactHealth(state=DeploymentState.HEALTHY)},
                seen_at=clock.now(),
            )
            self._seen.put_nowait(observation)

    async def observations(self) -> AsyncIterator[Observation]:
        """See `Engine.observations`."""
        while True:
            yield await self._seen.get()

    async def ask(self, environment: EnvironmentName, commit: CommitId) -> None:
        """See `Engine.ask`."""

    async def interrupt(self, instance: InstanceName) -> bool:
        """See `Engine.interrupt`."""
        del instance
        return False

    async def run_check(self, request: CheckRequest) -> CheckResult:
        """See `Engine.run_check`."""
        return CheckResult(check=request.check, verdict=Verdict.PASSED, words="")

    async def missing_references(
        self, environment: EnvironmentName, namespace: str, references: Sequence[Reference]
    ) -> Sequence[Reference]:
        """See `Engine.missing_references`."""
        del environment, namespace, references
        return ()

    async def live(self, environment: EnvironmentName, instance: InstanceName) -> LiveInstance:
        """See `LiveView.live`."""
        del environment, instance
        return LiveInstance()

    async def log(self, request: LogRequest) -> LogTail:
        """See `LiveView.log`."""
        del request
        return LogTail()

    async def diagnose(
        self, environment: EnvironmentName, instances: Sequence[InstanceName]
    ) -> Sequence[Finding]:
        """See `Engine.diagnose`."""
        del environment, instances
        return ()


async def _measure(folder: Path) -> tuple[float, float]:
    remote = BareRemote(folder / "remotes" / "manifests.git")
    names = [f"app{number:03}" for number in range(_APPLICATIONS)]
    remote.commit("main", _files(remote, names))
    registry = InMemoryRegistry()
    for name in names:
        registry.publish(f"registry.example/{name}", ["1.0.0"])
    home = Home(state=folder / "state", estate=remote.url)
    async with opened(home, Pace(images=_SLOW, manifests=_SLOW)) as parts:
        engine = InstantEngine()
        parts.outside.registry = registry
        parts.outside.open_engine = lambda _: engine
        controller = make_controller(parts.outside)
        recorder, clock = controller.desk.recorder, parts.outside.clock
        recorder.listen(lambda fact, _: engine.landed(fact, clock))
        verified = _counting(controller, PromotionEnded)
        landed = _counting(controller, PromotionLanded)
        running = asyncio.create_task(controller.run())
        await verified(_APPLICATIONS)
        for name in names:
            registry.publish(f"registry.example/{name}", ["1.1.0"])
        begun = time.perf_counter()
        await controller.images.look_at_all()
        await landed(2 * _APPLICATIONS)
        ours = (time.perf_counter() - begun) * 1000
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return ours, _floor(folder, remote)


def _files(remote: BareRemote, names: Sequence[str]) -> dict[str, bytes | None]:
    lane = ["{wave: dev, instances: {dev: development}}"]
    files: dict[str, bytes | None] = {"estate.yaml": estate_file(remote.folder, lane, ["development"])}
    for name in names:
        tiny = TinyApplication(name=name, checks=())
        files |= application_files(tiny, f"registry.example/{name}", ["dev"])
    return files


def _counting(controller: Controller, kind: type) -> Callable[[int], Awaitable[None]]:
    """Count facts of a kind, and give what waits until so many were recorded."""
    seen = 0
    moved = asyncio.Event()

    def heard(fact: Fact, _: object) -> None:
        nonlocal seen
        seen += isinstance(fact.body, kind)
        moved.set()

    async def until(wanted: int) -> None:
        async with asyncio.timeout(_WITHIN_S):
            while seen < wanted:
                moved.clear()
                await moved.wait()

    controller.desk.recorder.listen(heard)
    return until


def _floor(folder: Path, remote: BareRemote) -> float:
    """Commit and push one file by git, from a clone that is there."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", remote.url, str(clone)], check=True)
    (clone / "one").write_text("1")
    person = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    begun = time.perf_counter()
    subprocess.run(["git", "-C", str(clone), "add", "one"], check=True)
    subprocess.run(["git", "-C", str(clone), *person, "commit", "--quiet", "-m", "One"], check=True)
    subprocess.run(["git", "-C", str(clone), "push", "--quiet"], check=True)
    return (time.perf_counter() - begun) * 1000
