"""No broken image ever counts as verified: each kind, or a hundred, meets real containers (rules 4 and 5)."""

import pytest
from tests.fixtures.broken_deliveries import meet_all, suffering, tiny
from tests.fixtures.broken_images import KINDS
from tests.fixtures.real_delivery import RealDelivery

LANE = ("{wave: dev, instances: {dev: development}, deploymentTimeout: 2m, verificationTimeout: 40s}",)


@pytest.mark.timeout(900)
async def test_no_broken_image_ever_counts_as_verified(delivery: RealDelivery, *, is_deep: bool) -> None:
    """Each kind is taken back as it should be and in its own words; the good version serves all along."""
    given = suffering(KINDS, is_deep=is_deep)
    delivery.begin([tiny(name, kind) for name, kind in given.items()], LANE)
    await delivery.agent.start()
    async with delivery.running():
        await meet_all(delivery, given)
