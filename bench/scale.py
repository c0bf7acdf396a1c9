"""What a fleet costs: 300 Applications in five Argo CDs, watched by one Headway; nothing of theirs has pods.

The floor of a change to all of them is one commit and push of the same number of lock files by git.
"""

import subprocess
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fixtures.tiny_estate import TinyApplication

from bench.cluster_world import ClusterWorld, cluster_world
from bench.row import Against, Row
from bench.served import cpu_ms, resident_mb
from headway.adapters.argocd.follower import WATCHES_FOR_S

_ARGOCDS = ("one", "two", "three", "four", "five")
_APPLICATIONS = 300
_HUNDRED = 100
_STANDS_FOR_S = 60
_WITHIN_S = 900.0
_FROZEN_FOR = 4
"""Minutes in which a hundred images are published and found."""
_TAKES_FORCE_WITHIN_S = 5


def rows() -> Iterable[Row]:
    """Deliver to all of them, change a base of all, publish for a hundred, let a hundred go, stand idle."""
    with cluster_world(_ARGOCDS) as world:
        names = [f"a{number:03}" for number in range(_APPLICATIONS)]
        begun = time.perf_counter()
        _begin(world, names)
        yield _shown(
            f"{_APPLICATIONS} Applications in five Argo CDs: first locks, until all are healthy", begun
        )
        yield from _change_all(world, names)
        yield from _publish_hundred(world, names[:_HUNDRED])
        yield from _let_hundred_go(world, names[:_HUNDRED])
        yield from _idle(world)


def _begin(world: ClusterWorld, names: list[str]) -> None:
    for name in names:
        world.publish(name, "1.0.0")
    applications = [
        (TinyApplication(name=name, checks=(), replicas=0), _ARGOCDS[number % len(_ARGOCDS)])
        for number, name in enumerate(names)
    ]
    world.begin(applications, {name: (name,) for name in _ARGOCDS}, {})
    world.wait_until_verified(_WITHIN_S)


def _idle(world: ClusterWorld) -> Iterable[Row]:
    """Stand idle once new pods are watched no more."""
    time.sleep(WATCHES_FOR_S + _STANDS_FOR_S)
    pid = world.programs[0].pid
    cpu, requests = cpu_ms(pid), sum(len(one.asked) for one in world.counted.values())
    time.sleep(_STANDS_FOR_S)
    cpu, requests = cpu_ms(pid) - cpu, sum(len(one.asked) for one in world.counted.values()) - requests
    yield Row(
        name="… idle: memory of `headway serve`",
        ours=resident_mb(pid),
        floor=None,
        floor_is="",
        against=Against.LIMIT,
        aim=300,
        unit="MB",
    )
    yield Row(
        name="… idle: processor time of it in a minute",
        ours=cpu,
        floor=None,
        floor_is="",
        against=Against.LIMIT,
        aim=3000,
    )
    yield Row(
        name="… idle: requests to all five in a minute",
        ours=requests,
        floor=None,
        floor_is="",
        against=Against.LIMIT,
        aim=60,
        unit="requests",
    )


def _change_all(world: ClusterWorld, names: list[str]) -> Iterable[Row]:
    """Change the base of every application by one commit on main, as a platform's base change does."""
    branches = [f"environments/{name}" for name in _ARGOCDS]
    before = _promotions(world, branches)
    files: dict[str, bytes | None] = {}
    for name in names:
        path = f"{name}/app/base/kustomization.yaml"
        files[path] = b"resources: [all.yaml]\ncommonAnnotations: {example.com/base: '2'}\n"
    world.remote.commit("main", files, "Change every base")
    begun = time.perf_counter()
    world.hint_git()
    while _promotions(world, branches) < before + len(names):
        if time.perf_counter() - begun > _WITHIN_S:
            raise TimeoutError(f"not all lock files were pushed; see {world.folder}/serve.log")
        time.sleep(0.05)
    pushed = (time.perf_counter() - begun) * 1000
    world.wait_until_verified(_WITHIN_S)
    yield Row(
        name=f"… a base of all {len(names)} changes: all lock files pushed",
        ours=pushed,
        floor=_push_by_git(world, names, "base"),
        floor_is="one commit and push by git",
        against=Against.RATIO,
        aim=None,
    )
    yield _shown("… until all are healthy and verified", begun)


def _publish_hundred(world: ClusterWorld, names: list[str]) -> Iterable[Row]:
    branches = [f"environments/{name}" for name in _ARGOCDS]
    before = _promotions(world, branches)
    begun = time.perf_counter()
    for name in names:
        world.publish(name, "1.1.0")
    published = (time.perf_counter() - begun) * 1000
    _until_pushed(world, branches, before + len(names), begun)
    yield Row(
        name=f"{len(names)} images published, one after the other → all promotions pushed",
        ours=(time.perf_counter() - begun) * 1000,
        floor=published,
        floor_is="until the last image is in the registry",
        against=Against.DIFFERENCE,
        aim=None,
    )
    world.wait_until_verified(_WITHIN_S)
    yield _shown("… until all are healthy", begun)


def _let_hundred_go(world: ClusterWorld, names: list[str]) -> Iterable[Row]:
    """Let a freeze end that a hundred new versions wait for, each known and rendered: all go at once."""
    branches = [f"environments/{name}" for name in _ARGOCDS]
    end = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=_FROZEN_FOR)
    world.freeze_until(end, 2 * _FROZEN_FOR)
    time.sleep(_TAKES_FORCE_WITHIN_S)
    before = _promotions(world, branches)
    for name in names:
        world.publish(name, "1.2.0")
    while _waiting_for_freeze(world) < len(names):
        if datetime.now(UTC) > end:
            raise TimeoutError(f"not all were known when the freeze ended; see {world.folder}/serve.log")
        time.sleep(0.5)
    time.sleep((end - datetime.now(UTC)).total_seconds())
    begun = time.perf_counter()
    _until_pushed(world, branches, before + len(names), begun)
    yield Row(
        name=f"{len(names)} promotions at once, when a freeze ends: all pushed",
        ours=(time.perf_counter() - begun) * 1000,
        floor=_push_by_git(world, names, "freeze"),
        floor_is="one commit and push by git",
        against=Against.LIMIT,
        aim=2000,
    )
    world.wait_until_verified(_WITHIN_S)
    yield _shown("… until all are healthy", begun)


def _waiting_for_freeze(world: ClusterWorld) -> int:
    """Count the versions that only the freeze keeps back."""
    cells = [cell for instance in world.ask("status")["instances"] for cell in instance["cells"]]
    return sum(str(cell["waits"] or "").startswith("freeze") for cell in cells)


def _until_pushed(world: ClusterWorld, branches: list[str], count: int, begun: float) -> None:
    while _promotions(world, branches) < count:
        if time.perf_counter() - begun > _WITHIN_S:
            raise TimeoutError(f"not all were pushed; see {world.folder}/serve.log")
        time.sleep(0.02)


def _promotions(world: ClusterWorld, branches: list[str]) -> int:
    """Count the promotions on the remote's branches: what is there was pushed."""
    found = world.remote.git("log", "--format=%(trailers:key=Promotion-Id,valueonly)", *branches)
    return len([line for line in found.splitlines() if line])


def _push_by_git(world: ClusterWorld, names: list[str], called: str) -> float:
    """Commit and push as many files by git, from a clone that is there; in milliseconds."""
    clone = world.folder / f"clone-{called}"
    subprocess.run(["git", "clone", "--quiet", world.git_url, str(clone)], check=True)
    person = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    folder: Path = clone / "floor"
    folder.mkdir()
    begun = time.perf_counter()
    for name in names:
        (folder / name).write_text(name)
    subprocess.run(["git", "-C", str(clone), "add", "floor"], check=True)
    subprocess.run(["git", "-C", str(clone), *person, "commit", "--quiet", "-m", "All"], check=True)
    subprocess.run(
        ["git", "-C", str(clone), "push", "--quiet", "origin", f"HEAD:refs/heads/{called}"], check=True
    )
    return (time.perf_counter() - begun) * 1000


def _shown(name: str, begun: float) -> Row:
    return Row(
        name=name,
        ours=time.perf_counter() - begun,
        floor=None,
        floor_is="",
        against=Against.LIMIT,
        aim=None,
        unit="s",
    )
