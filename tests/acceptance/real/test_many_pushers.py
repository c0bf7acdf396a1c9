"""Fifty promotions at once into one repository while others push to it: none lost, none doubled."""

import asyncio
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.fixtures.git_remote import BareRemote
from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.tiny_estate import Files, TinyApplication, application_files

from headway.app.lock_text import read_lock
from headway.domain.facts import PromotionDecided, PromotionLanded, PromotionLost

APPLICATIONS = 50
BRANCH = "environments/development"


FIRST_WAITS = f"""\
while read -r old new ref; do
  if [ "$ref" = refs/heads/{BRANCH} ] && [ -e first-waits ]; then
    rm first-waits
    while [ "$(git rev-parse "$ref")" = "$old" ]; do sleep 0.01; done
  fi
done
"""
"""A pre-receive hook: the first push to the branch is held up until somebody else was faster."""


async def test_fifty_first_locks_at_once_among_other_peoples_pushes(delivery: RealDelivery) -> None:
    """Somebody pushes to main, to a branch of their own and to the environment's, in other folders."""
    names = [f"a{number:02}" for number in range(APPLICATIONS)]
    delivery.begin([TinyApplication(name=name) for name in names])
    for name in names:
        delivery.publish(name, "1.0.0")
    async with delivery.running():
        async with _somebody_pushing(delivery):
            await delivery.until("all landed", lambda: _landed(delivery) == APPLICATIONS, within_s=120)
        await _nothing_was_touched(delivery)
    _each_landed_once(delivery)


async def test_fifty_promotions_at_once_lose_races_and_are_replayed(delivery: RealDelivery) -> None:
    """A second version of each, decided at once: a race is lost, and no promotion with it."""
    names = [f"a{number:02}" for number in range(APPLICATIONS)]
    delivery.begin([TinyApplication(name=name, plain="1", checks=()) for name in names])
    await delivery.agent.start()
    async with delivery.running():
        await delivery.until("the first is verified", lambda: _verified(delivery) == APPLICATIONS)
        delivery.remote.hook("pre-receive", FIRST_WAITS)
        (delivery.remote.folder / "first-waits").touch()
        async with _somebody_pushing(delivery):
            files: Files = {}
            for one in delivery.applications:
                files |= application_files(replace(one, plain="2"), "", ("dev",))
            delivery.commit(files, "A second version of each")
            await delivery.until("all landed", lambda: _landed(delivery) == 2 * APPLICATIONS, within_s=120)
        await _nothing_was_touched(delivery)
    _each_landed_once(delivery)
    lost = _lost_races(delivery)
    assert lost, "no commit was made that did not reach the branch"
    assert lost <= {one.promotion_id for one in delivery.bodies(PromotionLanded)}, "each was replayed"
    for name in names:
        assert '"2"' in delivery.remote.show(BRANCH, f"{name}/dev/manifests/app/configmap-app.yaml")


def _landed(delivery: RealDelivery) -> int:
    return len({one.promotion_id for one in delivery.bodies(PromotionLanded)})


def _verified(delivery: RealDelivery) -> int:
    return sum(cell.verification == "passed" for one in delivery.board().instances for cell in one.cells)


async def _nothing_was_touched(delivery: RealDelivery) -> None:
    delivery.controller.git_moved()
    await delivery.until("quiet", lambda: not delivery.controller.is_busy())
    assert not [one.name for one in delivery.board().instances if one.touched]
    assert not delivery.bodies(PromotionLost)


def _lost_races(delivery: RealDelivery) -> set[str]:
    """Give the promotions of which Headway's clone holds a commit that the remote's branch does not."""
    (clone,) = (delivery.home.state / "clones").glob("*.git")
    listed = "--batch-check=%(objecttype) %(objectname)"
    objects = _git(clone, "cat-file", "--batch-all-objects", listed).splitlines()
    made = {name for kind, name in (line.split() for line in objects) if kind == "commit"}
    elsewhere = made - set(delivery.remote.git("rev-list", BRANCH).split())
    form = "--format=%(trailers:key=Promotion-Id,valueonly)"
    return set(_git(clone, "log", "--no-walk", "--stdin", form, given="\n".join(elsewhere)).split())


def _git(clone: Path, *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=clone, input=given, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout


@asynccontextmanager
async def _somebody_pushing(delivery: RealDelivery) -> AsyncIterator[None]:
    """Let somebody push to three branches on and on; afterwards all that they pushed is there."""
    remote = delivery.remote
    enough = asyncio.Event()
    somebody = asyncio.create_task(_push_on_and_on(remote, enough))
    try:
        yield
    finally:
        enough.set()
        others = await somebody
    assert others > 3
    assert remote.show(BRANCH, "notes/count") == remote.show("elsewhere", "count") == str(others)
    assert remote.show("main", "README") == str(others)


async def _push_on_and_on(remote: BareRemote, enough: asyncio.Event) -> int:
    """Push to three branches in turn, as a client that loses a race tries again; gives how often."""
    count = 0
    while not enough.is_set():
        if remote.tip(BRANCH) is not None:
            count += 1
            await asyncio.to_thread(_push_all, remote, count)
        await asyncio.sleep(0.05)
    return count


def _push_all(remote: BareRemote, count: int) -> None:
    remote.commit("main", {"README": str(count).encode()})
    remote.commit("elsewhere", {"count": str(count).encode()})
    while not _push_to_environment(remote, count):
        pass


def _push_to_environment(remote: BareRemote, count: int) -> bool:
    """Commit beside Headway's folders, unless the branch moved meanwhile."""
    tip = remote.tip(BRANCH)
    assert tip is not None
    index = {"GIT_INDEX_FILE": str(remote.folder / "other.index")}
    remote.git("read-tree", tip, **index)
    blob = remote.git("hash-object", "-w", "--stdin", given=str(count).encode())
    remote.git("update-index", "--add", "--cacheinfo", f"100644,{blob},notes/count", **index)
    made = remote.git("commit-tree", remote.git("write-tree", **index), "-p", tip, "-m", "A note")
    return remote.moves(BRANCH, made, tip)


def _each_landed_once(delivery: RealDelivery) -> None:
    decided = {one.promotion_id for one in delivery.bodies(PromotionDecided)}
    landed = Counter(one.promotion_id for one in delivery.bodies(PromotionLanded))
    form = "--format=%(trailers:key=Promotion-Id,valueonly)"
    committed = Counter(delivery.remote.git("log", form, BRANCH).split())
    assert set(landed) == decided
    assert landed == committed
    assert set(committed.values()) == {1}
    for one in delivery.applications:
        path = f"{one.name}/dev/lock.yaml"
        lock = read_lock(delivery.remote.show(BRANCH, path).encode(), path)
        assert lock.promotion in committed
