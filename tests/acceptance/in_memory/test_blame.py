"""A version is judged by its own checks, though its verification also covers what was never verified."""

from datetime import timedelta

from tests.fixtures.world import APPLICATION, World

from headway.app.commands.resume import resume
from headway.domain.checks import Verdict
from headway.domain.names import ArtifactName, InstanceName

CHECKED = """\
checks:
- {name: answers, artifacts: [app1], http: {service: app1, path: /, expect: 200}}
"""


async def test_a_version_is_not_blamed_for_another_artifact_that_the_first_lock_left_failing() -> None:
    """app1 fails its check in dev's first lock; app2's next version is verified there all the same."""
    world = World(application=APPLICATION + CHECKED)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    world.engine.answers = lambda _request, _lock: Verdict.FAILED
    dev = InstanceName("oc", "dev")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        assert world.desk.situation.instance(dev).holds
        await resume(world.desk, "sue", dev, reason="app1 is being mended")
        world.publish("app2", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert world.tag_in("dev", "app2") == "1.1.0"
        assert not world.desk.situation.quarantines.get(ArtifactName("oc", "app2"))
        assert world.desk.situation.instance(dev).never_verified == {"app1"}
