"""A first lock of which a part was taken out before its verdict: the rest is judged all the same."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree
from tests.fixtures.world import APPLICATION, World

from headway.app.commands.roll_back import roll_back
from headway.domain.checks import Verdict
from headway.domain.facts import HoldPlaced, Outcome, PromotionEnded
from headway.domain.names import ArtifactName, InstanceName
from headway.testing.simulated_engine import never_ready

APP1 = ArtifactName("oc", "app1")
CHECKED = (
    APPLICATION
    + "checks:\n- {name: answers, artifacts: [app2], http: {service: app2, path: /, expect: 200}}\n"
)
DEV = InstanceName("oc", "dev")


async def test_what_is_left_of_a_first_lock_is_judged_and_makes_room_for_the_next_version() -> None:
    """app1 hangs and a person takes it out; app2, whose check says no, is found bad and not forgotten."""
    world = World(application=CHECKED)
    world.publish("app1", "1.0.0", never_ready())
    bad = world.publish("app2", "1.0.0")
    world.engine.answers = lambda _, lock: (
        Verdict.FAILED if lock.entries["app2"].digest == bad else Verdict.PASSED
    )
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        await roll_back(world.desk, "sue", APP1, [DEV], reason="it hangs")
        await world.pass_time(timedelta(minutes=15))
        ended = [one.outcome for one in await world.facts(PromotionEnded) if isinstance(one, PromotionEnded)]
        assert Outcome.LEFT in ended
        world.publish("app1", "1.1.0")
        world.publish("app2", "1.1.0")
        await world.look()
        await world.lift_all("dev")
        await world.pass_time(timedelta(minutes=1))
        assert world.tags("app2") == ["1.1.0"] * 4
        assert world.tags("app1") == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_a_hold_on_any_artifact_stops_the_first_lock_that_would_bring_it() -> None:
    """Support holds app2 in staging before staging was ever there: nothing enters until it is resumed."""
    world = World()
    async with world.running():
        staging = InstanceName("oc", "staging")
        held = HoldPlaced(hold_id="h1", instance=staging, artifact="app2", owner="sue")
        await world.record(held, by="sue", reason="not yet")
        world.publish("app1", "1.0.0")
        world.publish("app2", "1.0.0")
        await world.look()
        await world.pass_time(timedelta(minutes=5))
        assert world.tag_in("dev", "app2") == "1.0.0"
        assert world.tag_in("staging", "app2") is None
        await world.lift("h1", staging)
        await world.pass_time(timedelta(minutes=1))
        assert world.tag_in("staging", "app2") == "1.0.0"
