"""Argo CD rows: published → running on a real Kubernetes, through three waves, and taken back.

The floor is Argo CD by hand: one commit, one refresh, until the new pod answers through its Service.
"""

import time
from collections.abc import Iterable
from statistics import median
from typing import Any

import httpx
from tests.fixtures.argocd_engine import application
from tests.fixtures.git_remote import BareRemote
from tests.fixtures.tiny_estate import TinyApplication, application_files

from bench.cluster_world import ClusterWorld, cluster_world
from bench.published import published_overlay, published_service
from bench.row import Against, Row
from headway.domain.names import InstanceName

_WAVES = ("one", "two", "three")
_ROUNDS = 5
_PORTS = {name: 30100 + number for number, name in enumerate((*_WAVES, "floor", "undo"))}


def rows() -> Iterable[Row]:
    """Measure all rows in one world, each beside its floor in the same rounds."""
    with cluster_world(_WAVES) as world:
        _begin(world)
        floor, undo = Floor(world), Undo(world)
        first, third, floors, back, back_floors, undone = [], [], [], [], [], []
        for number in range(_ROUNDS):
            floors.append(floor.measure(f"2.0.{number}"))
            version = f"1.{number + 1}.0"
            world.publish("tiny", version)
            begun = time.perf_counter()
            first.append(_wait_for(world, "one", version, begun))
            third.append(_wait_for(world, "three", version, begun))
            world.wait_until_verified()
        for number in range(_ROUNDS):
            back_floors.append(floor.measure(f"3.0.{number}"))
            undone.append(undo.measure())
            back.append(_roll_back(world, f"1.{_ROUNDS - number - 1}.0"))
    by_hand = "one commit, one refresh by hand"
    yield Row(
        name="image published → running in the first instance (Argo CD)",
        ours=median(first),
        floor=median(floors),
        floor_is=by_hand,
        against=Against.DIFFERENCE,
        aim=500,
    )
    yield Row(
        name="… running in the last of three waves",
        ours=median(third),
        floor=3 * median(floors),
        floor_is="3 × that floor",
        against=Against.DIFFERENCE,
        aim=1000,
    )
    yield Row(
        name="rollback asked → old version answers (Argo CD)",
        ours=median(back),
        floor=median(back_floors),
        floor_is=by_hand,
        against=Against.DIFFERENCE,
        aim=300,
    )
    yield Row(
        name="… beside what leaves no trace in Git",
        ours=median(back),
        floor=median(undone),
        floor_is="kubectl rollout undo",
        against=Against.DIFFERENCE,
        aim=None,
    )


class Floor:
    """The same Deployment through Argo CD by hand, from a repository of its own."""

    def __init__(self, world: ClusterWorld) -> None:
        self._world = world
        self._argocd = world.cluster.argocds["one"]
        self._remote = BareRemote(world.folder / "remotes" / "floor.git")
        made: dict[str, Any] = application(
            "floor", self._argocd.namespace, world.git.url("floor.git"), InstanceName("floor", "one"), "floor"
        )
        made["spec"]["source"] |= {"targetRevision": "main", "path": "app"}
        token = self._argocd.token("admin")
        self._client = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False)
        self._commit("0.0.1")
        world.cluster.apply([made])
        world.wait_for_answer(_address(world, "floor"), "0.0.1", time.perf_counter())

    def measure(self, version: str) -> float:
        """Give the milliseconds from before the commit until the version answers."""
        image = self._world.publish("floor", version).reference
        begun = time.perf_counter()
        self._commit(version, image)
        where = f"{self._argocd.url}/api/v1/applications/floor"
        self._client.get(where, params={"refresh": "normal"}).raise_for_status()
        return self._world.wait_for_answer(_address(self._world, "floor"), version, begun)

    def _commit(self, version: str, image: str | None = None) -> None:
        reference = image or self._world.publish("floor", version).reference
        self._remote.commit("main", {"app/all.yaml": _manifests(reference, _PORTS["floor"]).encode()})


class Undo:
    """The same Deployment with nothing but kubectl."""

    def __init__(self, world: ClusterWorld) -> None:
        self._world = world
        world.cluster.kubectl("create", "namespace", "undo")
        self._versions = ["0.0.1", "0.0.2"]
        for version in self._versions:
            made = _manifests(world.publish("undo", version).reference, _PORTS["undo"])
            path = world.folder / "undo.yaml"
            path.write_text(made)
            world.cluster.kubectl("--namespace", "undo", "apply", "-f", str(path))
            world.wait_for_answer(_address(world, "undo"), version, time.perf_counter())

    def measure(self) -> float:
        """Give the milliseconds until the version before answers."""
        self._versions.reverse()
        begun = time.perf_counter()
        self._world.cluster.kubectl("--namespace", "undo", "rollout", "undo", "deployment/app")
        took = self._world.wait_for_answer(_address(self._world, "undo"), self._versions[1], begun)
        self._world.cluster.kubectl("--namespace", "undo", "rollout", "status", "deployment/app")
        return took


def _begin(world: ClusterWorld) -> None:
    world.publish("tiny", "1.0.0")
    tiny = TinyApplication(name="tiny", checks=(), more=published_service())
    overlays = {
        f"tiny/app/overlays/{name}/kustomization.yaml": published_overlay(_PORTS[name]) for name in _WAVES
    }
    world.begin([(tiny, "standard")], {"standard": _WAVES}, overlays)
    _wait_for(world, "three", "1.0.0", time.perf_counter())
    world.wait_until_verified()


def _wait_for(world: ClusterWorld, instance: str, version: str, begun: float) -> float:
    return world.wait_for_answer(_address(world, instance), version, begun)


def _address(world: ClusterWorld, name: str) -> str:
    return f"http://{world.cluster.node_address}:{_PORTS[name]}/"


def _roll_back(world: ClusterWorld, version: str) -> float:
    begun = time.perf_counter()
    world.tell("rollback", {"artifact": "app", "instances": ["one"], "reason": "bench"})
    took = _wait_for(world, "one", version, begun)
    world.wait_until_verified()
    return took


def _manifests(image: str, port: int) -> str:
    tiny = TinyApplication(name="tiny", checks=(), more=published_service(port))
    files = application_files(tiny, image, ())
    return (files["tiny/app/base/all.yaml"] or b"").decode()
