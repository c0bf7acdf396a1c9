"""A whole delivery on a real Kubernetes: waves over two Argo CDs, a bad version back, a rollback."""

import pytest
from tests.fixtures.cluster_delivery import ClusterDelivery
from tests.fixtures.tiny_estate import TinyApplication

from headway.app.commands.resume import resume
from headway.app.commands.roll_back import roll_back
from headway.domain.facts import Outcome, PromotionEnded
from headway.domain.names import ArtifactName, InstanceName

pytestmark = pytest.mark.cluster

LANE = (
    "{wave: dev, instances: {dev: staging}}",
    "{wave: test, instances: {test: staging}}",
    "{wave: prod, instances: {prod: production}}",
)
WHERE = {"dev": "staging", "test": "staging", "prod": "production"}


async def test_a_version_travels_a_bad_one_comes_back_and_support_takes_one_back(
    cluster_delivery: ClusterDelivery,
) -> None:
    delivery = cluster_delivery
    shop = f"shop-{delivery.token}"
    prod = InstanceName(shop, "prod")
    delivery.begin([TinyApplication(name=shop)], LANE, WHERE)
    async with delivery.running():
        await delivery.deliver(shop, "1.0.0")
        await delivery.until_verified([shop], "1.0.0", "prod", within_s=90)
        assert await delivery.answer(shop, "prod") == f"{shop} 1.0.0"

        await delivery.deliver(shop, "1.1.0")
        await delivery.until_verified([shop], "1.1.0", "prod", within_s=90)
        assert await delivery.answer(shop, "prod") == f"{shop} 1.1.0"

        bad = await delivery.deliver(shop, "1.2.0", {"CRASH_AFTER_S": "0"})
        await delivery.until(
            "1.2.0 is found bad",
            lambda: any(one.outcome is Outcome.FAILED for one in delivery.bodies(PromotionEnded)),
        )
        await delivery.until_verified([shop], "1.1.0", "dev", within_s=90)
        assert await delivery.answer(shop, "dev") == f"{shop} 1.1.0"
        assert "exit status" in next(
            fact.reason
            for fact in delivery.facts
            if isinstance(fact.body, PromotionEnded) and fact.body.outcome is Outcome.FAILED
        )
        touched = [version.digest for _, version in _verified(delivery)]
        assert bad not in touched, "a crashing image was believed"

        artifact = ArtifactName(shop, "app")
        await roll_back(delivery.desk, "sue", artifact, [prod], reason="people find it odd")
        await delivery.until_verified([shop], "1.0.0", "prod", within_s=90)
        assert await delivery.answer(shop, "prod") == f"{shop} 1.0.0"
        assert await delivery.answer(shop, "test") == f"{shop} 1.1.0"
        await resume(delivery.desk, "sue", prod, reason="talked about")


def _verified(delivery: ClusterDelivery) -> list[tuple[object, object]]:
    return [entry for one in delivery.bodies(PromotionEnded) for entry in one.verified]
