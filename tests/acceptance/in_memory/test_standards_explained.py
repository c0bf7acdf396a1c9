"""What `why` says of the gate `standards` beside other gates."""

from datetime import timedelta

from tests.fixtures.standards_world import ENOUGH, StandardsWorld

from headway.app.commands.roll_back import roll_back
from headway.app.queries.why import why
from headway.domain.names import ArtifactName, Cell, InstanceName

APP1, STAGING = ArtifactName("oc", "app1"), InstanceName("oc", "staging")


async def _go(world: StandardsWorld) -> None:
    await world.look()
    await world.pass_time(timedelta(seconds=20))


async def test_why_says_after_what_a_version_is_judged_that_nobody_judges_now() -> None:
    """What was taken back goes nowhere, so nothing is found out about it meanwhile."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await _go(world)
        world.publish("app1", "1.1.0")
        await _go(world)
        await roll_back(world.desk, "sue", APP1, [STAGING], reason="it is slow")
        world.write_standard("enough", ENOUGH.replace(">= 2", ">= 1"))
        await _go(world)
        newest, *_ = why(world.desk, Cell(APP1, STAGING)).answers
        told = {one.gate: (one.words, one.who) for one in newest.blocked}
        assert {"quarantine", "standards"} <= told.keys()
        words, who = told["standards"]
        assert words.endswith("has not been judged for oc/staging yet")
        assert who == "Headway, once quarantine is open"
