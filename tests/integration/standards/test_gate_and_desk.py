"""The gate says of a commit what `headway check` says of it: the real parts, on the same repository."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures.git_remote import BareRemote
from tests.fixtures.short_story import FastClock
from tests.fixtures.tiny_estate import ENTRANCE, TinyApplication, application_files, estate_file

from headway.__main__ import LateComposition
from headway.adapters.files import FileEstateReader
from headway.adapters.files.documents import read_documents
from headway.adapters.git.manifests import GitManifests
from headway.adapters.kustomize.kustomize import Kustomize
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.adapters.policies import CelPolicies
from headway.adapters.schemas import PackagedSchemas
from headway.app.controller import Controller
from headway.app.desk import Desk
from headway.app.outside import Outside
from headway.app.planner import Planner
from headway.app.reckoning import Reckoning
from headway.app.recorder import Recorder
from headway.domain.estate import ManifestsRepository
from headway.domain.gates.judged import judged_of
from headway.domain.names import ArtifactName, Cell, InstanceName, RepositoryName
from headway.domain.plan.first_lock import plan_first_lock
from headway.domain.standards.words import in_one_line
from headway.interfaces.cli.main import run
from headway.testing.ledger import MemoryLedger
from headway.testing.registry import InMemoryRegistry
from headway.testing.simulated_engine import Behaviour, SimulatedEngine
from headway.testing.sources import InMemorySources

NAME = RepositoryName("manifests")
IMAGE = "registry.example/shop/app"
SHOP = ArtifactName("shop", "app")
DEV, PROD = InstanceName("shop", "dev"), InstanceName("shop", "prod")
LANE = ("{wave: dev, instances: {dev: development}}", "{wave: prod, instances: {prod: production}}")
OWN = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: named-by-team}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
  validations:
  - expression: "'team' in object.metadata.?labels.orValue({})"
    messageExpression: "'Deployment ' + object.metadata.name + ' names no team. Write the label team'"
"""
_WITHIN = timedelta(hours=1)
"""Of a clock that hurries."""
WIDGET = """\
---
apiVersion: example.org/v1
kind: Widget
metadata: {name: one}
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: app}
spec: {minAvailable: 1, selector: {matchLabels: {app: app}}}
"""


def _write(remote: BareRemote, more: str = "", **fields: object) -> None:
    """Commit an estate that uses every standard, with an application that misses many."""
    application = TinyApplication(name="shop", more=more, **fields)  # type: ignore[arg-type]  # its own
    estate = estate_file(remote.url, LANE, ("development", "production")).decode()
    estate = estate.replace("{podman: {}}}", '{podman: {}}, kubernetes: "1.34"}')
    files = application_files(application, IMAGE, ("dev", "prod"))
    files["estate.yaml"] = (estate + "standards: {use: [all]}\n").encode()
    files["standards/own.yaml"] = OWN.encode()
    scaled = b"replicas: [{name: app, count: 3}]\n"
    files["shop/app/overlays/prod/kustomization.yaml"] = b"resources: [../../base]\n" + scaled
    remote.commit("main", files)


@asynccontextmanager
async def _running(
    remotes: Mapping[RepositoryName, BareRemote], home: RepositoryName, images: Mapping[str, str], state: Path
) -> AsyncIterator[Desk]:
    """Run the real parts over repositories; only the ledger, the registry and the engine are in memory."""
    clock = FastClock()
    ledger, registry = MemoryLedger(clock), InMemoryRegistry()
    for repository, tag in images.items():
        registry.publish(repository, [tag])
    clones = {
        name: GitManifests(name=name, url=one.url, state=state / "clones") for name, one in remotes.items()
    }
    others = [GitManifests(name=name, url=one.url, state=state / "engine") for name, one in remotes.items()]
    program = Kustomize(Path(os.environ["HEADWAY_KUSTOMIZE"]))
    renderers = {
        name: KustomizeRenderer(trees=one, kustomize=program, cache=state / "renderings")
        for name, one in clones.items()
    }
    engine = SimulatedEngine(clock, lambda: others, lambda *_: Behaviour())
    outside = Outside(
        clock=Reckoning(clock),
        ledger=ledger,
        looks=ledger,
        registry=registry,
        sources=InMemorySources(),
        estate_reader=FileEstateReader(),
        policies=CelPolicies(read_documents),
        schemas=PackagedSchemas(),
        home=ManifestsRepository(name=home, url=remotes[home].url),
        open_repository=lambda one: (clones[one.name], renderers[one.name]),
        open_engine=lambda _: engine,
    )
    controller = Controller(Desk(outside=outside, recorder=Recorder(ledger), planner=Planner()))
    running = asyncio.create_task(controller.run())
    try:
        yield controller.desk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in (*clones.values(), *others)))


async def _judged(desk: Desk, cell: Cell) -> list[str]:
    """Wait until the version that would enter is judged, and give what was found of it."""
    deadline = desk.now + _WITHIN
    while True:
        for version in desk.situation.judged_in(cell):
            together = dict(plan_first_lock(desk.situation, cell.instance, desk.now).entries)
            if together.get(cell.artifact) == version:
                others: dict[ArtifactName, None] = {}
                found = judged_of(desk.situation, cell, version, others)
                if found is not None:
                    assert found.failure == ""
                    return sorted(
                        in_one_line(one) for one in (*found.judgement.violations, *found.judgement.unjudged)
                    )
        assert await desk.recorder.changed(desk.outside.clock, deadline), "nothing was judged in time"


def _checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Run `headway check` and give what it found for the first instance, in the same form."""
    capsys.readouterr()
    assert run(LateComposition(), ["check", "-o", "json", str(folder)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["mistakes"] == told["broken"] == []
    return sorted(
        f"{one['rule']} · {one['object']}{', ' + one['path'] if one['path'] else ''}: {one['message']}"
        for one in told["findings"]
        if "dev" in one["instances"]
    )


async def test_the_gate_says_what_check_says(
    tmp_path: Path,
    kustomize_program: Path,
    git_settings: None,  # noqa: ARG001 - asked for what it sets
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Shipped rules, rules of the estate's own, over several objects, of schemas, and what nobody defines."""
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", str(kustomize_program))
    remote = BareRemote(tmp_path / "remote")
    _write(remote, more=ENTRANCE.format(port=30080) + WIDGET, probe=False)
    async with _running({NAME: remote}, NAME, {IMAGE: "1.0.0"}, tmp_path / "state") as desk:
        gate = await _judged(desk, Cell(SHOP, DEV))
        first = plan_first_lock(desk.situation, DEV, desk.now)
        (shut,) = [one for one in first.blocked_for(SHOP) if one.gate == "standards"]
    folder = tmp_path / "desk" / NAME
    shutil.unpack_archive(_archive(remote, tmp_path), folder)
    check = await asyncio.to_thread(_checked, folder, capsys)
    assert gate == check
    rules = {line.split(" · ")[0] for line in gate}
    assert {"readiness", "named-by-team", "network-policy", "removed-api", "schema", "owner"} <= rules
    assert any(line in shut.words for line in check)


def _archive(remote: BareRemote, folder: Path) -> Path:
    """Give `main` as it stands, in a file."""
    path = folder / "main.tar"
    remote.git("archive", "--format=tar", f"--output={path}", "main")
    return path


async def test_what_init_writes_goes_through_its_own_gate(
    tmp_path: Path,
    kustomize_program: Path,
    git_settings: None,  # noqa: ARG001 - asked for what it sets
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every shipped standard and the schemas are in force there; first locks and a version meet them."""
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", str(kustomize_program))
    estate = tmp_path / "estate"
    assert await asyncio.to_thread(run, LateComposition(), ["init", str(estate), "--person", "ann"]) == 0
    remotes = {}
    for name in (RepositoryName("argocd-oc-apps"), RepositoryName("argocd-oc-system")):
        remotes[name] = BareRemote(tmp_path / name)
        files = {
            str(file.relative_to(estate / name)): file.read_bytes()
            for file in (estate / name).rglob("*")
            if file.is_file()
        }
        remotes[name].commit("main", files)
    images = {
        "127.0.0.1:5000/oneconnect/app1": "1.0.0",
        "127.0.0.1:5000/oneconnect/app2": "1.0.0",
        "127.0.0.1:5000/system/nats": "2.10.18",
    }
    async with _running(remotes, RepositoryName("argocd-oc-apps"), images, tmp_path / "state") as desk:
        instances = [
            InstanceName(application, name)
            for application in ("nats", "oneconnect")
            for name in ("dev", "test", "staging")
        ]
        deadline = desk.now + _WITHIN
        while not all(desk.situation.instance(one).lock for one in instances):
            told = {
                f"{one}: {shut.words}"
                for one in instances
                for shut in plan_first_lock(desk.situation, one, desk.now).blocked
                if shut.gate == "standards"
            }
            assert await desk.recorder.changed(desk.outside.clock, deadline), told
        in_force = desk.situation.standards
        assert in_force is not None
        assert {"readiness", "parity", "network-policy"} <= set(in_force.rules)
        assert in_force.problems == ()
        assert all(
            desk.situation.judged_in(Cell(ArtifactName(one.application, name), one))
            for one in instances
            for name in desk.situation.instance(one).lock or {}
        )
        assert not desk.situation.running
