"""A commit that loosens a gate or gives a role waits for somebody who held that power before (rule 8)."""

from datetime import timedelta

import pytest
from tests.fixtures.world import ESTATE, World

from headway.app.commands.accept import accept
from headway.domain.errors import NotAllowed

SOAKED = ESTATE.replace("{prod1: production-1}}", "{prod1: production-1}, gates: {soak: 30s}}")


async def test_a_shorter_soak_takes_force_only_once_it_is_accepted() -> None:
    """The looser lane stands on main, and the stricter one still rules."""
    world = World(estate=SOAKED)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        world.commit("Hurry", {"estate.yaml": ESTATE.encode()})
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.0.0", "1.0.0", None, None]
        waiting = world.desk.situation.waiting
        assert waiting is not None
        assert waiting.loosens == ("oc at production-1: soak 0:00:30 becomes 0:00:00",)
        with pytest.raises(NotAllowed):
            await accept(world.desk, "sue", reason="we are late")
        await accept(world.desk, "pat", reason="agreed with the team")
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.desk.situation.waiting is None
        assert world.tags() == ["1.0.0"] * 4


async def test_nobody_gives_themselves_a_role() -> None:
    """A role that a commit gives counts only once it is accepted by somebody who held the power before."""
    world = World()
    async with world.running():
        world.commit("Me too", {"estate.yaml": ESTATE.replace("[pat]", "[pat, mallory]").encode()})
        await world.look()
        with pytest.raises(NotAllowed):
            await accept(world.desk, "mallory", reason="I may now")
        waiting = world.desk.situation.waiting
        assert waiting is not None
        assert waiting.loosens == ("mallory gets the role platform",)


async def test_a_stricter_estate_takes_force_at_once() -> None:
    """Nobody has to accept more care."""
    world = World()
    async with world.running():
        world.commit("Care", {"estate.yaml": SOAKED.encode()})
        await world.look()
        assert world.desk.situation.waiting is None
        estate = world.desk.situation.estate
        assert estate is not None
        assert estate.lanes["standard"].waves[2].gates.soak == timedelta(seconds=30)
