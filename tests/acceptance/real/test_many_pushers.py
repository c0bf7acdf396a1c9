"""Fifty promotions at once into one repository while others push to it: none lost, none doubled."""

import asyncio
from collections import Counter

from tests.fixtures.git_remote import BareRemote
from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.tiny_estate import TinyApplication

from headway.app.lock_text import read_lock
from headway.domain.facts import PromotionDecided, PromotionLanded, PromotionLost

APPLICATIONS = 50
BRANCH = "environments/development"


async def test_fifty_promotions_at_once_among_other_peoples_pushes(delivery: RealDelivery) -> None:
    """Somebody pushes to main, to a branch of their own and to the environment's, in other folders."""
    names = [f"a{number:02}" for number in range(APPLICATIONS)]
    delivery.begin([TinyApplication(name=name) for name in names])
    for name in names:
        delivery.publish(name, "1.0.0")
    landed: set[str] = set()
    async with delivery.running():
        somebody = asyncio.create_task(_push_on_and_on(delivery.remote))

        def all_landed() -> bool:
            landed.update(str(one.instance) for one in delivery.bodies(PromotionLanded))
            return len(landed) == APPLICATIONS

        await delivery.until("all landed", all_landed, within_s=120)
        somebody.cancel()
        (others,) = await asyncio.gather(somebody, return_exceptions=True)
        assert isinstance(others, int)
        assert others > 3
        delivery.controller.git_moved()
        await delivery.until("quiet", lambda: not delivery.controller.is_busy())
        assert not [one.name for one in delivery.board().instances if one.touched]
    assert not delivery.bodies(PromotionLost)
    _each_landed_once(delivery)
    assert (
        delivery.remote.show(BRANCH, "notes/count")
        == delivery.remote.show("elsewhere", "count")
        == str(others)
    )
    assert delivery.remote.show("main", "README") == str(others)


async def _push_on_and_on(remote: BareRemote) -> int:
    """Push to three branches in turn, as a client that loses a race tries again; gives how often."""
    count = 0
    try:
        while True:
            if remote.tip(BRANCH) is not None:
                count += 1
                await asyncio.to_thread(_push_all, remote, count)
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
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
