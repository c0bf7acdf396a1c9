"""Evidence of a part of the wave before opens nothing, for a person who asks neither (rule 3)."""

from datetime import timedelta

import pytest
from tests.fixtures.world import ESTATE, World

from headway.app.commands.promote import promote
from headway.domain.errors import Refused
from headway.domain.names import ArtifactName, Cell, InstanceName

APP1 = ArtifactName("oc", "app1")
PROD1, STAGING = InstanceName("oc", "prod1"), InstanceName("oc", "staging")
TWO = ESTATE.replace("{staging: staging}", "{staging: staging, second: staging}")
PLACES = ("dev", "staging", "second", "prod1", "prod2")


async def test_what_one_instance_of_the_wave_before_verified_waits_for_the_other() -> None:
    """The second instance is held while the first verifies 1.1.0; support asks production to take it."""
    world = World(estate=TWO, instances=PLACES)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        await world.hold_all("second")
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=30))
        version = world.desk.situation.cell(Cell(APP1, STAGING)).standing
        assert version is not None
        with pytest.raises(Refused) as refused:
            await promote(world.desk, "sue", APP1, PROD1, version, now=True, reason="now")
        assert "is not verified in oc/second" in refused.value.why
        await world.pass_time(timedelta(minutes=1))
        assert world.tags("app1", PLACES) == ["1.1.0", "1.1.0", "1.0.0", "1.0.0", "1.0.0"]
        await world.lift_all("second")
        await world.pass_time(timedelta(minutes=1))
        assert world.tags("app1", PLACES) == ["1.1.0"] * 5
