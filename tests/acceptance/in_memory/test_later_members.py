"""What joins later: an artifact, an instance in a wave that is there, an instance in a new wave."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree, deployed, lock_of, subjects, tag_in_git
from tests.fixtures.world import APPLICATION, ESTATE, World

from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.testing.simulated_engine import crashes

APP3 = (
    APPLICATION + '  app3: {image: {repository: "registry.example/oc/app3", versions: {semver: ">=1.0"}}}\n'
)
SECOND = ESTATE.replace("{staging: staging}", "{staging: staging, second: staging-2}").replace(
    "  production-1:", "  staging-2: {engine: {podman: {}}}\n  production-1:"
)
CANARY = ESTATE.replace(
    "  - {wave: production-1",
    "  - {wave: canary, instances: {canary: canary}, gates: {soak: 30s}}\n  - {wave: production-1",
).replace("  production-1:", "  canary: {engine: {podman: {}}}\n  production-1:")


def _overlays(instance: str, artifacts: tuple[str, ...] = ("app1", "app2")) -> dict[str, bytes | None]:
    return {f"oc/{name}/overlays/{instance}/kustomization.yaml": b"overlay 1\n" for name in artifacts}


async def _delivered(world: World) -> None:
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    await world.look()
    await world.pass_time(timedelta(seconds=5))


async def test_a_third_artifact_is_added_to_locks_that_are_there() -> None:
    """It travels by promotions of its own; nothing of the others moves for it."""
    world = World()
    async with world.running():
        await _delivered(world)
        before = lock_of(world, "production-2", "prod2")
        assert before is not None
        files: dict[str, bytes | None] = {"oc/application.yaml": APP3.encode()}
        files["oc/app3/base/deployment.yaml"] = b"base 1\n"
        for instance in ("dev", "staging", "prod1", "prod2"):
            files |= _overlays(instance, ("app3",))
        world.commit("Add app3", files)
        world.publish("app3", "1.0.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert world.tags("app3") == ["1.0.0"] * 4
        after = lock_of(world, "production-2", "prod2")
        assert after is not None
        assert after.entries["app1"] == before.entries["app1"]
        assert len(after.entries) == 3
        assert len(deployed(world, "prod2")) == 2
        assert_all_agree(world)


async def test_a_third_artifact_that_crashes_at_once_is_taken_out_again() -> None:
    """Its first version has no last good one: the same artifact leaves the lock, the others stay."""
    world = World()
    async with world.running():
        await _delivered(world)
        files: dict[str, bytes | None] = {"oc/application.yaml": APP3.encode()}
        files["oc/app3/base/deployment.yaml"] = b"base 1\n"
        for instance in ("dev", "staging", "prod1", "prod2"):
            files |= _overlays(instance, ("app3",))
        world.commit("Add app3", files)
        world.publish("app3", "1.0.0", crashes())
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        lock = lock_of(world, "development", "dev")
        assert lock is not None
        assert set(lock.entries) == {"app1", "app2"}
        assert subjects(world, "development")[-1] == "Roll back oc/app3 in oc/dev: taken out"
        world.publish("app3", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert world.tags("app3") == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_a_new_instance_in_a_wave_takes_what_its_sibling_verified() -> None:
    """Not the newest of the wave before: what the wave stands at, as one first lock."""
    world = World(instances=("dev", "staging", "prod1", "prod2", "second"))
    async with world.running():
        await _delivered(world)
        world.commit("Add second", {"estate.yaml": SECOND.encode()})
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert subjects(world, "staging-2") == ["Lock oc/second for the first time"]
        assert tag_in_git(world, "staging-2", "second") == "1.0.0"
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert tag_in_git(world, "staging-2", "second") == "1.1.0"
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_a_new_instance_waits_for_its_overlay_and_says_so() -> None:
    """Its sibling's commit has no overlay for it; the commit that brings one changes nothing there."""
    world = World()
    async with world.running():
        await _delivered(world)
        world.commit("Add second", {"estate.yaml": SECOND.encode()})
        await world.look()
        await world.pass_time(timedelta(minutes=5))
        assert lock_of(world, "staging-2", "second") is None
        assert any("overlays/second" in line for line in world.why_first_lock("second"))
        staging = len(deployed(world, "staging"))
        world.commit("Add its overlays", _overlays("second"))
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert tag_in_git(world, "staging-2", "second") == "1.0.0"
        assert tag_in_git(world, "staging-2", "second", "app2") == "1.0.0"
        assert len(deployed(world, "staging")) == staging, "nothing changes for its sibling"
        assert_all_agree(world)


async def test_a_new_instance_in_a_new_wave_takes_what_soaked_in_the_wave_before() -> None:
    """A canary between staging and production: what soaked, not what only was verified."""
    world = World(instances=("dev", "staging", "prod1", "prod2", "canary"))
    async with world.running():
        await _delivered(world)
        await world.pass_time(timedelta(seconds=60))
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        world.commit("Add canary", {"estate.yaml": CANARY.encode()})
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert tag_in_git(world, "canary", "canary") == "1.0.0"
        await world.pass_time(timedelta(seconds=60))
        assert tag_in_git(world, "canary", "canary") == "1.1.0"
        assert subjects(world, "canary")[0] == "Lock oc/canary for the first time"
        world.publish("app1", "1.2.0")
        await world.look()
        await world.pass_time(timedelta(seconds=60))
        assert world.tags() == ["1.2.0"] * 4
        assert tag_in_git(world, "canary", "canary") == "1.2.0"
        assert_all_agree(world)


async def test_a_first_lock_that_fails_is_left_held_and_said() -> None:
    """Nothing is rolled back, nothing quarantined; a person resumes, and the next version covers all."""
    world = World()
    bad = world.publish("app1", "1.0.0", crashes())
    world.publish("app2", "1.0.0")
    dev = InstanceName("oc", "dev")
    async with world.running():
        await world.pass_time(timedelta(minutes=30))
        assert subjects(world, "development") == ["Lock oc/dev for the first time"]
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        assert not world.desk.situation.quarantines.get(ArtifactName("oc", "app1"))
        (hold,) = world.desk.situation.instance(dev).holds.values()
        assert hold.artifact is None
        assert "first lock failed" in hold.reason
        assert lock_of(world, "staging", "staging") is None
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(minutes=1))
        assert tag_in_git(world, "development", "dev") == "1.0.0", "held is held"
        await world.lift_all("dev")
        await world.pass_time(timedelta(seconds=30))
        assert bad is not None
        assert world.tags() == ["1.1.0"] * 4
        cell = world.desk.situation.cell(Cell(ArtifactName("oc", "app2"), dev))
        assert cell.locked in cell.verified, "a later verification covers what never was verified"
        assert world.tags("app2") == ["1.0.0"] * 4
        assert_all_agree(world)


async def test_an_application_waits_for_what_it_needs() -> None:
    """Oc needs nats: its first lock in an environment waits until nats is healthy there."""
    nats = "apiVersion: headway.dev/v1\nkind: Application\nlane: standard\nartifacts:\n  nats: {}\n"
    world = World(application=APPLICATION.replace("lane: standard\n", "lane: standard\nneeds: [nats]\n"))
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    files: dict[str, bytes | None] = {"nats/application.yaml": nats.encode(), "nats/nats/base/x.yaml": b"1\n"}
    for instance in ("dev", "staging", "prod1"):
        files[f"nats/nats/overlays/{instance}/kustomization.yaml"] = b"overlay\n"
    files["nats/nats/overlays/prod2/x.yaml"] = b"overlay\n"
    files["nats/nats/broken"] = b"not yet"
    world.commit("Add nats", files)
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        assert lock_of(world, "development", "dev") is None
        assert any("needs nats" in line for line in world.why_first_lock("dev"))
        world.commit("Mend nats", {"nats/nats/broken": None})
        await world.look()
        await world.pass_time(timedelta(seconds=30))
        assert world.tags() == ["1.0.0"] * 4
        for environment, instance in (("development", "dev"), ("production-2", "prod2")):
            mine, theirs = (
                lock_of(world, environment, instance),
                lock_of(world, environment, instance, "nats"),
            )
            assert mine is not None
            assert theirs is not None
        assert_all_agree(world)
