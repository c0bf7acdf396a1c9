"""Podman rows: published → running, through three waves, taken back, and what it costs to stand idle."""

import json
import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

import httpx

from bench.row import Against, Row
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
    with small_world() as world:
        first, third, floors, back, back_floors = [], [], [], [], []
        for number in range(_ROUNDS):
            floors.append(_floor(world, f"2.0.{number}"))
            version = f"1.{number + 1}.0"
            world.publish(version)
            begun = time.perf_counter()
            first.append(world.wait_for("one", version, begun))
            third.append(world.wait_for("three", version, begun))
            world.wait_until_verified()
        for number in range(_ROUNDS):
            back_floors.append(_floor(world, f"3.0.{number}"))
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


def _floor(world: SmallWorld, version: str) -> float:
    """Start the same image with podman alone, pull and all, until it answers."""
    published = world.images.publish("tiny/floor", tags=[version], environment={"BODY": version})
    name = f"{world.engine}-floor"
    manifest = world.folder / "floor.yaml"
    manifest.write_text(_POD.format(name=name, reference=published.reference))
    network = f"headway-{world.engine}-one"
    environment = {**os.environ, "CONTAINERS_CONF": str(_containers_conf(world))}
    begun = time.perf_counter()
    subprocess.run(
        ["podman", "kube", "play", "--network", network, "--tls-verify=false", str(manifest)],
        env=environment,
        check=True,
        capture_output=True,
    )
    shown = subprocess.run(
        ["podman", "inspect", f"{name}-app"], env=environment, check=True, capture_output=True
    )
    pod = json.loads(shown.stdout)[0]["Pod"]
    infra = json.loads(
        subprocess.run(
            ["podman", "pod", "inspect", pod], env=environment, check=True, capture_output=True
        ).stdout
    )["InfraContainerID"]
    networks = json.loads(
        subprocess.run(["podman", "inspect", infra], env=environment, check=True, capture_output=True).stdout
    )[0]["NetworkSettings"]["Networks"]
    address = next(iter(networks.values()))["IPAddress"]
    while True:
        try:
            if httpx.get(f"http://{address}:8080/", timeout=1, trust_env=False).text == version:
                break
        except httpx.HTTPError:
            time.sleep(0.002)
    took = (time.perf_counter() - begun) * 1000
    subprocess.run(
        ["podman", "pod", "rm", "--force", "--time", "0", name],
        env=environment,
        check=True,
        capture_output=True,
    )
    return took


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
    before = [_cpu_ms(program.pid) for program in world.programs]
    time.sleep(10)
    spent = [_cpu_ms(program.pid) - at for program, at in zip(world.programs, before, strict=True)]
    for name, program, cpu in zip(("serve", "agent"), world.programs, spent, strict=True):
        yield Row(
            name=f"idle: memory of `headway {name}`",
            ours=_resident_mb(program.pid),
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


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _cpu_ms(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
