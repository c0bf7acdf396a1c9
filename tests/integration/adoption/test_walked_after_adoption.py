"""A folder that could not be split is adopted as one artifact, and then walked one image at a time."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.fixtures.adoption import OldRepository, deployment, digest_of, service
from tests.fixtures.git_remote import BareRemote
from tests.fixtures.short_story import FastClock

from headway.adapters.files import FileEstateReader
from headway.adapters.git.manifests import GitManifests
from headway.adapters.kustomize.kustomize import Kustomize
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.app.adoption.push import Signed, push_first_locks
from headway.app.commands.resume import resume
from headway.app.controller import Controller
from headway.app.desk import Desk
from headway.app.outside import Outside
from headway.app.planner import Planner
from headway.app.ports import PushResult
from headway.app.reckoning import Reckoning
from headway.app.recorder import Recorder
from headway.domain.estate import ManifestsRepository
from headway.domain.names import CommitId, Digest, InstanceName, RepositoryName
from headway.testing.ledger import MemoryLedger
from headway.testing.policies import InMemoryPolicies
from headway.testing.registry import InMemoryRegistry
from headway.testing.schemas import InMemorySchemas
from headway.testing.simulated_engine import Behaviour, SimulatedEngine
from headway.testing.sources import InMemorySources

APP1, APP2 = "harbor.example/oneconnect/app1", "harbor.example/oneconnect/app2"
NAMES = {"dev": "development", "prod": "production"}
TOLD_WITHIN_S = 120.0
NAMED_BY_BOTH = ", envFrom: [{configMapRef: {name: words}}]}"
"""Rendered apart, the name would lose the hash that the other puts there: the folder stays one artifact."""


def _folder(app2: Digest) -> dict[str, str]:
    both = "---\n".join(
        [deployment("app1", "app1"), service("app1"), deployment("app2", "app2"), service("app2")]
    )
    for name in ("app1", "app2"):
        both = both.replace(f"image: {name}}}", f"image: {name}{NAMED_BY_BOTH}")
    images = (
        f"images:\n- {{name: app1, newName: {APP1}, newTag: 1.0.0}}\n"
        f"- {{name: app2, newName: {APP2}, digest: '{app2}'}}\n"
    )
    return {
        "oc/base/kustomization.yaml": (
            f"resources: [all.yaml]\nconfigMapGenerator: [{{name: words, literals: [A=b]}}]\n{images}"
        ),
        "oc/base/all.yaml": both,
        **{f"oc/overlays/{one}/kustomization.yaml": "resources: [../../base]\n" for one in NAMES},
    }


def _bytes(files: dict[str, str]) -> dict[str, bytes | None]:
    return {path: text.encode() for path, text in files.items()}


async def _until(what: str, seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TOLD_WITHIN_S
    while not seen():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def _delivering(
    folder: Path, remote: BareRemote, kustomize: Path, registry: InMemoryRegistry
) -> AsyncIterator[Controller]:
    """Run a controller on the real repository; what runs is simulated."""
    clock, name = FastClock(), RepositoryName("argocd-oc-apps")
    clone = GitManifests(name=name, url=remote.url, state=folder / "state")
    others = GitManifests(name=name, url=remote.url, state=folder / "engine")
    renderer = KustomizeRenderer(trees=clone, kustomize=Kustomize(kustomize), cache=folder / "renderings")
    engine = SimulatedEngine(clock, lambda: [others], lambda *_: Behaviour(after=timedelta(seconds=1)))
    ledger = MemoryLedger(clock)
    outside = Outside(
        clock=Reckoning(clock),
        ledger=ledger,
        looks=ledger,
        registry=registry,
        sources=InMemorySources(),
        estate_reader=FileEstateReader(),
        policies=InMemoryPolicies(),
        schemas=InMemorySchemas(),
        home=ManifestsRepository(name=name, url=remote.url),
        open_repository=lambda _: (clone, renderer),
        open_engine=lambda _: engine,
    )
    controller = Controller(Desk(outside=outside, recorder=Recorder(ledger), planner=Planner()))
    await engine.come_back()
    running = asyncio.create_task(controller.run())
    try:
        yield controller
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.gather(clone.close(), others.close())


def _ways(remote: BareRemote, instance: str) -> list[list[str]]:
    """Give, for each commit of a branch after its first, the images that it changed."""
    branch = f"environments/{NAMES[instance]}"
    found = []
    for commit in remote.git("log", "--format=%H", "--reverse", branch).split():
        text = "".join(
            remote.show(commit, f"oc/{instance}/manifests/app1/deployment-{one}.yaml")
            for one in ("app1", "app2")
        )
        found.append(dict(re.findall(r"image: (\S+)@(sha256:[0-9a-f]{64})", text)))
    changed = [
        [name.rpartition("/")[2] for name in before if before[name] != after[name]]
        for before, after in pairwise(found)
    ]
    return [one for one in changed if one]


async def test_what_comes_together_goes_one_after_the_other_in_every_wave(
    tmp_path: Path,
    kustomize_program: Path,
    git_settings: None,  # noqa: ARG001
) -> None:
    registry = InMemoryRegistry()
    first = registry.publish(APP1, ["1.0.0"])
    files = _folder(digest_of(2))
    old = OldRepository(tmp_path / "argocd-oc-apps", kustomize_program, files)
    for one, environment in NAMES.items():
        old.run(environment, f"oc/overlays/{one}", name=f"oc-{one}", running={f"{APP1}:1.0.0": first})
    adoption = await old.look()
    assert [one.application for one in adoption.kept] == ["oc"]
    assert b"oneImageAtATime: true" in adoption.files["oc/application.yaml"]
    remote = BareRemote(tmp_path / "remotes" / "apps.git")
    main = remote.commit("main", {**_bytes(files), **adoption.files}, "Let Headway deliver")
    clone = GitManifests(name=RepositoryName("apps"), url=remote.url, state=tmp_path / "clones")
    await clone.fetch()
    assert adoption.estate is not None
    signed = Signed(main=CommitId(main), who="pat", at=datetime(2026, 11, 2, tzinfo=UTC))
    written = await push_first_locks(clone, adoption.estate, adoption.locks, signed)
    assert [one.result for one in written] == [PushResult.LANDED] * 2
    await clone.close()
    async with _delivering(tmp_path, remote, kustomize_program, registry) as controller:
        instances = [InstanceName("oc", one) for one in NAMES]
        situation = lambda: controller.desk.situation  # noqa: E731
        await _until("both are found", lambda: all(situation().instance(one).lock for one in instances))
        registry.publish(APP1, ["1.1.0"])
        remote.commit("main", _bytes(_folder(digest_of(3))), "Run another app2")
        await controller.manifests.look()
        await controller.images.look_at_all()
        for one in instances:
            await _until(f"{one} is held", lambda one=one: bool(situation().instance(one).holds))
            await resume(controller.desk, "pat", one, reason="adopted as it was")
        await _until("production has both", lambda: len(_ways(remote, "prod")) == 2)
    assert sorted(_ways(remote, "dev")) == [["app1"], ["app2"]]
    assert _ways(remote, "prod") == _ways(remote, "dev")
