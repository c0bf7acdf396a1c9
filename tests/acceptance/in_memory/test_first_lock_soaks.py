"""A first lock asks for the soak of each version, also of one that was approved for another instance."""

from datetime import timedelta

from tests.fixtures.world import ESTATE, World

from headway.app.commands.approve import approve
from headway.domain.names import ArtifactName

APP1 = ArtifactName("oc", "app1")
ONE_WAVE = ESTATE.replace(
    """{wave: production-1, instances: {prod1: production-1}}
  - {wave: production-2, instances: {prod2: production-2}}""",
    """wave: production
    instances: {prod1: production-1, prod2: production-2}
    gates: {soak: 2m, approvals: {count: 1, from: [support]}}""",
)
ONE_ARTIFACT = """\
apiVersion: headway.dev/v1
kind: Application
lane: standard
artifacts:
  app1: {image: {repository: "registry.example/oc/app1", versions: {semver: ">=1.0"}}}
"""


async def test_a_version_approved_for_one_instance_soaks_before_it_is_the_first_of_another() -> None:
    """prod2 is held while prod1 gets 1.0.0; 1.1.0 is approved early, and prod2 let go."""
    world = World(estate=ONE_WAVE, application=ONE_ARTIFACT, artifacts=("app1",))
    world.publish("app1", "1.0.0")
    async with world.running():
        await world.hold_all("prod2")
        await world.pass_time(timedelta(minutes=3))
        await approve(world.desk, "sue", "oc", "production", artifact=None, reason="go")
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.0.0", "1.0.0", "1.0.0", None]
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.tags()[:2] == ["1.1.0", "1.1.0"]
        await approve(world.desk, "sue", "oc", "production", artifact=APP1, reason="go")
        await world.lift_all("prod2")
        await world.pass_time(timedelta(seconds=10))
        assert world.tags()[2:] == ["1.0.0", "1.0.0"]
        await world.pass_time(timedelta(minutes=2))
        assert world.tags()[2:] == ["1.1.0", "1.0.0"], "in prod2 it is another change by now: asked again"
