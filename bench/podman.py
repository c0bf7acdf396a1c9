"""Podman rows: published → running, through three waves, taken back, and what it costs to stand idle."""

import contextlib
import ipaddress
import json
import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from bench.row import Against, Row
from bench.served import cpu_ms, resident_mb
from bench.small_world import SmallWorld, small_world

_ROUNDS = 5
_POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  containers:
  - name: app
    image: {reference}
    ports: [{{containerPort: 8080}}]
"""


def rows() -> Iterable[Row]:
    """Measure all rows in one world, each beside its floor in the same rounds."""
    with small_world() as world, contextlib.closing(Floor(world)) as floor:
        first, third, floors, back, back_floors = [], [], [], [], []
        for number in range(_ROUNDS):
            floors.append(floor.measure(f"2.0.{number}"))
            version = f"1.{number + 1}.0"
            world.publish(version)
            begun = time.perf_counter()
            first.append(world.wait_for("one", version, begun))
            third.append(world.wait_for("three", version, begun))
            world.wait_until_verified()
        for number in range(_ROUNDS):
            back_floors.append(floor.measure(f"3.0.{number}"))
            back.append(_roll_back(world, f"1.{_ROUNDS - number - 1}.0"))
        yield Row(
            name="image published → running in the first instance (podman)",
            ours=median(first),
            floor=median(floors),
            floor_is="podman kube play until it answers",
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
            name="rollback asked → old version answers (podman)",
            ours=median(back),
            floor=median(back_floors),
            floor_is="podman kube play until it answers",
            against=Against.DIFFERENCE,
            aim=300,
        )
        yield from _idle(world)


class Floor:
    """The same image started with podman alone, in a network of its own: an environment's is its agent's."""

    def __init__(self, world: SmallWorld) -> None:
        self._world = world
        self._name = f"{world.engine}-floor"
        self._environment = {**os.environ, "CONTAINERS_CONF": str(_containers_conf(world))}
        self._podman("network", "create", "--disable-dns", self._name)
        shown = json.loads(self._podman("network", "inspect", self._name))
        # Each pod has another address: one used again is asked for at the machine that had it before.
        self._addresses = iter(list(ipaddress.ip_network(shown[0]["subnets"][0]["subnet"]).hosts())[1:])

    def measure(self, version: str) -> float:
        """Start it, pull and all, and give the milliseconds until it answers."""
        world, address = self._world, str(next(self._addresses))
        published = world.images.publish("tiny/floor", tags=[version], environment={"BODY": version})
        manifest = world.folder / "floor.yaml"
        manifest.write_text(_POD.format(name=self._name, reference=published.reference))
        begun = time.perf_counter()
        where = ("--network", self._name, "--ip", address)
        self._podman("kube", "play", "--tls-verify=false", *where, str(manifest))
        world.wait_for_answer(f"http://{address}:8080/", version, begun)
        took = (time.perf_counter() - begun) * 1000
        self._podman("pod", "rm", "--force", "--time", "0", self._name)
        return took

    def close(self) -> None:
        """Remove what it made."""
        self._podman("pod", "rm", "--force", "--ignore", "--time", "0", self._name)
        self._podman("network", "rm", "--force", self._name)

    def _podman(self, *arguments: str) -> bytes:
        return subprocess.run(
            ["podman", *arguments], env=self._environment, check=True, capture_output=True
        ).stdout


def _containers_conf(world: SmallWorld) -> Path:
    return next((world.state / "agent").rglob("containers.conf"))


def _roll_back(world: SmallWorld, version: str) -> float:
    begun = time.perf_counter()
    world.tell("rollback", {"artifact": "app", "instances": ["one"], "reason": "bench"})
    took = world.wait_for("one", version, begun)
    world.wait_until_verified()
    return took


def _idle(world: SmallWorld) -> Iterable[Row]:
    """Let it stand for ten seconds and see what that costs."""
    before = [cpu_ms(program.pid) for program in world.programs]
    time.sleep(10)
    spent = [cpu_ms(program.pid) - at for program, at in zip(world.programs, before, strict=True)]
    for name, program, cpu in zip(("serve", "agent"), world.programs, spent, strict=True):
        yield Row(
            name=f"idle: memory of `headway {name}`",
            ours=resident_mb(program.pid),
            floor=None,
            floor_is="",
            against=Against.LIMIT,
            aim=150,
            unit="MB",
        )
        yield Row(
            name=f"idle: processor time of `headway {name}` in 10 s",
            ours=cpu,
            floor=None,
            floor_is="",
            against=Against.LIMIT,
            aim=200,
        )
