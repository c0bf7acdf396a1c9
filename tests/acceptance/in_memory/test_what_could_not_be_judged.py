"""Unknown is never the version's fault: clocks stand while we cannot know, then it is withdrawn."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree, deployed, subjects, tag_in_git
from tests.fixtures.world import APPLICATION, ESTATE, World

from headway.app.ports import BranchPush
from headway.domain.checks import Verdict
from headway.domain.facts import Outcome, PromotionEnded, QuarantinePlaced
from headway.domain.names import InstanceName
from headway.testing.simulated_engine import READY, Behaviour, cannot_be_pulled, never_ready

CHECKED = APPLICATION + "checks:\n- {name: answers, http: {service: app1, path: /, expect: 200}}\n"
TWO = ESTATE.replace("{staging: staging}", "{staging: staging, second: staging}")
DEV = InstanceName("oc", "dev")
READY_AT_ONCE = Behaviour()


async def _begun(**arguments: str) -> World:
    world = World(**arguments)  # type: ignore[arg-type]
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


async def _outcomes(world: World) -> list[Outcome]:
    return [one.outcome for one in await world.facts(PromotionEnded) if isinstance(one, PromotionEnded)]


async def test_a_pull_that_never_succeeds_is_withdrawn_and_the_instance_held() -> None:
    """The earlier lock comes again, nothing is quarantined, and a person says when to try again."""
    world = await _begun()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        digest = world.publish("app1", "1.1.0", cannot_be_pulled())
        await world.look()
        await world.pass_time(timedelta(minutes=9))
        assert tag_in_git(world, "development", "dev") == "1.1.0", "it has its time"
        await world.pass_time(timedelta(minutes=2))
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        assert subjects(world, "development")[-1].startswith("Withdraw oc/app1 in oc/dev to 1.0.0")
        assert not await world.facts(QuarantinePlaced)
        (hold,) = world.desk.situation.instance(DEV).holds.values()
        assert hold.artifact is None
        assert "image pull" in hold.reason
        await world.pass_time(timedelta(hours=1))
        assert len(subjects(world, "development")) == 3
        world.behaviours.pop(digest)
        await world.lift_all("dev")
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.1.0"] * 4, "the same version, once it can be pulled"
        assert_all_agree(world)


async def test_the_registry_away_in_mid_rollout_quarantines_nothing() -> None:
    """Away for hours: the clock stands; back again, the roll-out goes on by itself."""
    world = await _begun()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.publish("app1", "1.1.0", cannot_be_pulled())
        await world.look()
        world.registry.away = True
        await world.pass_time(timedelta(hours=1))
        assert tag_in_git(world, "development", "dev") == "1.1.0"
        assert not await world.facts(QuarantinePlaced)
        assert not world.desk.situation.instance(DEV).holds
        world.registry.away = False
        world.engine.set_health(DEV, "app1", READY)
        world.behaviours.clear()
        await world.pass_time(timedelta(minutes=1))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_git_away_in_mid_rollout_stops_the_clock_and_loses_nothing() -> None:
    """The remote is away when dev is verified: staging's promotion waits and lands once."""
    world = await _begun()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.publish("app1", "1.1.0", never_ready())
        await world.look()
        await world.pass_time(timedelta(minutes=1))
        world.remote.is_away = True
        await world.pass_time(timedelta(minutes=40))
        assert not await world.facts(QuarantinePlaced)
        world.engine.set_health(DEV, "app1", READY)
        world.behaviours.clear()
        await world.pass_time(timedelta(hours=1))
        assert tag_in_git(world, "staging", "staging") == "1.0.0"
        world.remote.is_away = False
        await world.pass_time(timedelta(minutes=2))
        assert world.tags() == ["1.1.0"] * 4
        assert len(subjects(world, "staging")) == 2
        assert_all_agree(world)


async def test_the_engine_away_in_mid_rollout_stops_the_clock() -> None:
    """Never ready for ten minutes is a verdict; unseen for hours is none."""
    world = await _begun()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.publish("app1", "1.1.0", never_ready())
        await world.look()
        await world.pass_time(timedelta(minutes=8))
        world.engine.go_away()
        await world.pass_time(timedelta(hours=2))
        assert not await world.facts(QuarantinePlaced)
        await world.engine.come_back()
        await world.pass_time(timedelta(minutes=1))
        assert not await world.facts(QuarantinePlaced)
        await world.pass_time(timedelta(minutes=5))
        assert len(await world.facts(QuarantinePlaced)) == 1
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        assert_all_agree(world)


async def test_checks_that_cannot_be_run_are_tried_until_their_time_is_over() -> None:
    """Errored is tried again; after ten minutes the version is withdrawn, not quarantined."""
    world = await _begun(application=CHECKED)
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.engine.answers = lambda _request, _lock: Verdict.ERRORED
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(minutes=9))
        assert tag_in_git(world, "development", "dev") == "1.1.0"
        await world.pass_time(timedelta(minutes=2))
        world.engine.answers = lambda _request, _lock: Verdict.PASSED
        await world.pass_time(timedelta(minutes=2))
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        assert not await world.facts(QuarantinePlaced)
        assert Outcome.WITHDRAWN in await _outcomes(world)
        assert_all_agree(world)


async def test_withdrawn_in_one_instance_of_a_wave_the_other_keeps_it_and_the_next_wave_gets_nothing() -> (
    None
):
    """Two instances in staging: one cannot pull. The other is verified; production waits for both."""
    world = await _begun(estate=TWO)
    files = {f"oc/{name}/overlays/second/kustomization.yaml": b"overlay 1\n" for name in ("app1", "app2")}
    world.commit("Add second", dict(files))
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.publish("app1", "1.1.0")
        world.scripts = lambda name, artifact, _: (
            cannot_be_pulled() if name.instance == "second" and artifact == "app1" else READY_AT_ONCE
        )
        await world.look()
        await world.pass_time(timedelta(minutes=30))
        assert tag_in_git(world, "staging", "staging") == "1.1.0"
        assert tag_in_git(world, "staging", "second") == "1.0.0"
        assert tag_in_git(world, "production-1", "prod1") == "1.0.0"
        world.publish("app1", "1.2.0")
        await world.look()
        await world.pass_time(timedelta(minutes=1))
        assert tag_in_git(world, "staging", "staging") == "1.2.0", "withdrawn in any ends its turn"
        world.scripts = lambda *_: READY_AT_ONCE
        world.engine.set_health(InstanceName("oc", "second"), "app1", READY)
        await world.lift_all("second")
        await world.pass_time(timedelta(minutes=1))
        assert world.tags() == ["1.2.0"] * 4
        assert_all_agree(world)


async def test_a_withdrawal_that_cannot_be_judged_either_is_left_and_held() -> None:
    """The surroundings stay broken: one step back, then a person, never a loop."""
    world = await _begun()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.scripts = lambda *_: cannot_be_pulled()
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(hours=1))
        assert len(deployed(world, "dev")) == 3
        assert (await _outcomes(world))[-2:] == [Outcome.WITHDRAWN, Outcome.LEFT]
        assert not await world.facts(QuarantinePlaced)
        assert_all_agree(world)


async def test_a_push_that_is_refused_again_and_again_cools_and_says_so() -> None:
    """A hook refuses staging for two hours: a handful of tries, the words in `why`, and no full ledger."""
    world = await _begun()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))

        def refuse(push: BranchPush) -> str | None:
            return "protected branch hook declined" if push.branch == "environments/staging" else None

        world.remote.refuse = refuse
        world.publish("app1", "1.1.0")
        await world.look()
        before = world.desk.situation.sequence
        await world.pass_time(timedelta(hours=2))
        assert world.desk.situation.sequence - before < 100
        assert any("protected branch hook declined" in line for line in world.why("staging"))
        assert tag_in_git(world, "development", "dev") == "1.1.0"
        world.remote.refuse = lambda _: None
        await world.pass_time(timedelta(minutes=15))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)
