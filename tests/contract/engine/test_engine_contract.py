"""What every engine does: the specification of the port `Engine`, held to by each of them."""

import asyncio

from tests.fixtures.engine_worlds import EngineWorld, states
from tests.fixtures.podman_engine import INSTANCE, STAGING

from headway.app.ports import Reference
from headway.domain.checks import Verdict
from headway.domain.deployment import Cause, DeploymentState
from headway.domain.diagnosis import Severity


async def test_what_is_asked_for_becomes_healthy_for_that_promotion(world: EngineWorld) -> None:
    promotion = await world.deploy(app1="good", app2="better")
    seen = await world.until(promotion, states(app1=DeploymentState.HEALTHY, app2=DeploymentState.HEALTHY))
    assert seen.instance == INSTANCE
    assert seen.revision == world.desired.revision(STAGING)
    assert {health.words for health in seen.artifacts.values()} == {""}


async def test_the_same_version_asked_for_a_second_time_is_healthy_for_its_new_promotion(
    world: EngineWorld,
) -> None:
    for image in ("good", "better", "good"):
        promotion = await world.deploy(app1=image)
        await world.until(promotion, states(app1=DeploymentState.HEALTHY))
    again = await world.deploy(app1="good")
    assert again != promotion
    await world.until(again, states(app1=DeploymentState.HEALTHY))


async def test_a_crash_is_the_versions_fault_and_its_sibling_stays_healthy(world: EngineWorld) -> None:
    await world.until(await world.deploy(app1="good", app2="good"), lambda told: len(told) == 2)
    promotion = await world.deploy(app1="crashes", app2="good")
    seen = await world.until(promotion, states(app1=DeploymentState.FAILED, app2=DeploymentState.HEALTHY))
    assert seen.artifacts["app1"].cause is Cause.VERSION
    assert "exit status 1" in seen.artifacts["app1"].words
    taken_back = await world.deploy(app1="good", app2="good")
    await world.until(taken_back, states(app1=DeploymentState.HEALTHY, app2=DeploymentState.HEALTHY))


async def test_a_new_stream_begins_with_the_present_state(world: EngineWorld) -> None:
    promotion = await world.deploy(app1="good")
    await world.until(promotion, states(app1=DeploymentState.HEALTHY))
    async with asyncio.timeout(60):
        async for observation in world.engine.observations():
            assert (observation.promotion_id, observation.artifacts["app1"].state) == (
                promotion,
                DeploymentState.HEALTHY,
            )
            break


async def test_an_interrupted_rollout_gives_way_to_the_newest_lock(world: EngineWorld) -> None:
    await world.deploy(app1="crashes")
    promotion = await world.deploy(app1="good")
    await world.engine.interrupt(INSTANCE)
    await world.until(promotion, states(app1=DeploymentState.HEALTHY))


async def test_a_check_passes_fails_or_cannot_be_run(world: EngineWorld) -> None:
    promotion = await world.deploy(app1="good")
    await world.until(promotion, states(app1=DeploymentState.HEALTHY))
    passed, joined = await asyncio.gather(
        world.engine.run_check(world.check("one")), world.engine.run_check(world.check("one"))
    )
    assert passed == joined
    assert (passed.check, passed.verdict) == ("answers", Verdict.PASSED)
    errored = await world.engine.run_check(world.check("two", service="nobody"))
    assert errored.verdict is Verdict.ERRORED
    assert "nobody" in errored.words
    promotion = await world.deploy(app1="answers-500")
    await world.until(promotion, states(app1=DeploymentState.HEALTHY))
    failed = await world.engine.run_check(world.check("three"))
    assert failed.verdict is Verdict.FAILED


async def test_references_that_do_not_exist_are_named(world: EngineWorld) -> None:
    wanted = [Reference(kind="Secret", name="database"), Reference(kind="ConfigMap", name="limits")]
    missing = await world.engine.missing_references(STAGING, world.namespace, wanted)
    assert list(missing) == wanted


async def test_an_engine_in_order_lacks_nothing_before_and_after_it_was_asked_for_something(
    world: EngineWorld,
) -> None:
    assert list(await world.engine.diagnose(STAGING, [INSTANCE])) == []
    await world.until(await world.deploy(app1="good"), states(app1=DeploymentState.HEALTHY))
    assert list(await world.engine.diagnose(STAGING, [INSTANCE])) == []


async def test_an_engine_that_cannot_be_asked_is_a_finding_and_no_error(world: EngineWorld) -> None:
    await world.cut_off()
    (found,) = await world.engine.diagnose(STAGING, [INSTANCE])
    assert (found.severity, found.instance) == (Severity.WRONG, None)
    assert found.what
    assert found.why
    assert found.next_step
