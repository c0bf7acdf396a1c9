"""One wave over two regions, each with its own Argo CD: in turn, one of them away, taken back in one."""

import asyncio

import pytest
from tests.fixtures.cluster_delivery import ClusterDelivery
from tests.fixtures.tiny_estate import TinyApplication

from headway.app.commands.hold import hold
from headway.app.commands.resume import resume
from headway.app.commands.roll_back import roll_back
from headway.domain.facts import PromotionDecided, PromotionEnded, Source, SourceAway
from headway.domain.names import ArtifactName, InstanceName

pytestmark = pytest.mark.cluster

WHERE = {"east": "staging", "west": "production"}
WAVE = "{wave: prod, instances: {east: staging, west: production}%s}"


async def test_regions_take_their_turns_and_what_is_taken_back_in_one_never_sees_the_other(
    cluster_delivery: ClusterDelivery,
) -> None:
    delivery = cluster_delivery
    shop = f"shop-{delivery.token}"
    east, west = InstanceName(shop, "east"), InstanceName(shop, "west")
    delivery.begin([TinyApplication(name=shop)], [WAVE % ", maxParallel: 1"], WHERE)
    async with delivery.running():
        await _deliver_to_both(delivery, shop, "1.0.0")
        await _deliver_to_both(delivery, shop, "1.1.0")
        assert _most_at_once(delivery) == 1

        await hold(delivery.desk, "sue", west, reason="their holiday")
        await delivery.deliver(shop, "1.2.0")
        await delivery.until_verified([shop], "1.2.0", "east", within_s=90)
        await roll_back(delivery.desk, "sue", ArtifactName(shop, "app"), [east], reason="people find it odd")
        await delivery.until_verified([shop], "1.1.0", "east", within_s=90)
        for instance in (east, west):
            await resume(delivery.desk, "sue", instance, reason="talked about")
        await _deliver_to_both(delivery, shop, "1.3.0")
        assert not any("1.2.0" in reason for reason in _promoted(delivery, west))
        assert await delivery.answer(shop, "west") == f"{shop} 1.3.0"


@pytest.mark.parametrize("waits", [True, False], ids=["the wave waits", "the wave goes on"])
async def test_a_region_whose_argo_cd_is_away_holds_up_what_the_lane_says(
    cluster_delivery: ClusterDelivery, waits: bool
) -> None:
    """Where the wave waits, the other region takes what it took up, and nothing newer until it is back."""
    delivery = cluster_delivery
    shop = f"shop-{delivery.token}"
    east, west = InstanceName(shop, "east"), InstanceName(shop, "west")
    delivery.begin([TinyApplication(name=shop)], [WAVE % ("" if waits else ", wait: false")], WHERE)
    server = delivery.cluster.argocds["production"].program("server")
    async with delivery.running():
        await _deliver_to_both(delivery, shop, "1.0.0")
        await asyncio.to_thread(delivery.cluster.stop, server)
        try:
            await delivery.until(
                "Argo CD of production is away",
                lambda: any(one.source is Source.ENGINE for one in delivery.bodies(SourceAway)),
            )
            await delivery.deliver(shop, "1.1.0")
            await delivery.until_verified([shop], "1.1.0", "east", within_s=90)
            await delivery.deliver(shop, "1.2.0")
            if waits:
                await delivery.until("the wave waits", lambda: _waits_for(delivery, shop, west))
            else:
                await delivery.until_verified([shop], "1.2.0", "east", within_s=90)
            assert any("production" in line for line in delivery.board().away), delivery.told()
        finally:
            await asyncio.to_thread(delivery.cluster.start, server)
        for region in WHERE:
            await delivery.until_verified([shop], "1.2.0", region, within_s=120)
        if waits:
            assert _first_at(delivery, west, "1.1.0") < _first_at(delivery, east, "1.2.0")
        assert not delivery.desk.situation.quarantines
        assert not delivery.desk.situation.instance(west).holds


def _waits_for(delivery: ClusterDelivery, shop: str, away: InstanceName) -> bool:
    """Say whether `why` tells of 1.2.0 in the east that it waits for the instance that is away."""
    newest = delivery.why(shop, "east").answers[0]
    shut = {one.gate: one.words for one in newest.blocked}
    return newest.version.startswith("1.2.0+") and str(away) in shut.get("admitted", "")


async def _deliver_to_both(delivery: ClusterDelivery, shop: str, tag: str) -> None:
    await delivery.deliver(shop, tag)
    for region in WHERE:
        await delivery.until_verified([shop], tag, region, within_s=120)


def _most_at_once(delivery: ClusterDelivery) -> int:
    """Count in how many regions changes were under way at once, first locks aside."""
    busy: set[str] = set()
    most = 0
    for fact in delivery.facts:
        if isinstance(fact.body, PromotionDecided) and fact.body.changes[0].before:
            busy.add(fact.body.promotion_id)
            most = max(most, len(busy))
        if isinstance(fact.body, PromotionEnded):
            busy.discard(fact.body.promotion_id)
    return most


def _promoted(delivery: ClusterDelivery, instance: InstanceName) -> list[str]:
    return [
        fact.reason
        for fact in delivery.facts
        if isinstance(fact.body, PromotionDecided) and fact.body.instance == instance
    ]


def _first_at(delivery: ClusterDelivery, instance: InstanceName, tag: str) -> int:
    """Give when a version was first decided for an instance, as the place of that fact."""
    return next(
        fact.sequence
        for fact in delivery.facts
        if isinstance(fact.body, PromotionDecided) and fact.body.instance == instance and tag in fact.reason
    )
