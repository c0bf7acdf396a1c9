"""A verification is of one lock: any other commit that changes the lock voids it, and it starts anew."""

import asyncio
from datetime import timedelta

from tests.fixtures.branches import assert_all_agree
from tests.fixtures.world import APPLICATION, World

from headway.app.commands.roll_back import roll_back
from headway.app.ports import CheckRequest
from headway.domain.checks import CheckResult, Verdict
from headway.domain.facts import Outcome, PromotionEnded, VerificationEnded, VerificationStarted
from headway.domain.names import ArtifactName, InstanceName

CHECKED = APPLICATION + "checks:\n- {name: answers, http: {service: app1, path: /, expect: 200}}\n"
DEV = InstanceName("oc", "dev")


async def test_a_rollback_of_another_artifact_voids_running_checks() -> None:
    """app1's check runs in dev; app2 is taken back there; the old attempt's yes counts for nothing."""
    world = World(application=CHECKED)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.publish("app2", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        gate, asked = asyncio.Event(), []

        async def run_check(request: CheckRequest) -> CheckResult:
            asked.append(request)
            if len(asked) == 1:
                await gate.wait()
            return CheckResult(check=request.check, verdict=Verdict.PASSED, words="it answers")

        world.engine.run_check = run_check  # type: ignore[method-assign]
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=2))
        assert len(asked) == 1
        await roll_back(world.desk, "sue", ArtifactName("oc", "app2"), [DEV], reason="app2 is wrong")
        await world.pass_time(timedelta(seconds=2))
        first = asked[0].attempt_id
        assert first not in {one.attempt_id for one in asked[1:]}
        gate.set()
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.1.0"] * 4
        started = [
            one for one in await world.facts(VerificationStarted) if isinstance(one, VerificationStarted)
        ]
        ended = [one for one in await world.facts(VerificationEnded) if isinstance(one, VerificationEnded)]
        void = {(one.promotion_id, one.attempt) for one in started if one.instance == DEV}
        void -= {(one.promotion_id, one.attempt) for one in ended if one.instance == DEV}
        assert len(void) == 1, "the attempt on the lock before has no verdict"
        outcomes = [
            one.outcome for one in await world.facts(PromotionEnded) if isinstance(one, PromotionEnded)
        ]
        assert set(outcomes) == {Outcome.VERIFIED}
        assert_all_agree(world)
