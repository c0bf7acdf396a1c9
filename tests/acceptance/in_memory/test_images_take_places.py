"""A new image with a known configuration is not rendered again; what it gives is as if it were."""

from datetime import timedelta

from tests.fixtures.world import World

from headway.app.ports import Rendered, RenderRequest
from headway.testing.renderer import InMemoryRenderer


class Counting(InMemoryRenderer):
    """Counts renderings, and can copy a part of the digest to where no image stands."""

    asked: int = 0
    copies = False

    async def render(self, request: RenderRequest) -> Rendered:
        self.asked += 1
        made = await super().render(request)
        if not self.copies or request.image is None:
            return made
        label = request.image[1].partition("@sha256:")[2][:12].encode()
        return Rendered(
            files={name: data + b"# " + label for name, data in made.files.items()},
            references=made.references,
            images=made.images,
        )


async def _deliver_two(world: World) -> bytes:
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.1.0"] * 4
        tip = world.remote.branches["environments/production-2"]
        files = await world.manifests.read_folder(tip, "oc/prod2/manifests/app1")
        return files["deployment-app1.yaml"]


async def test_a_new_image_costs_no_rendering_and_reads_as_if_it_had() -> None:
    """The second version's manifests are byte for byte what the renderer makes of them."""
    world, plain = World(), World()
    counting = Counting(world.manifests)
    world.renderer = counting
    filled = await _deliver_two(world)
    assert counting.asked == 8
    assert filled == await _deliver_two(plain)


async def test_an_image_whose_digest_was_copied_elsewhere_is_rendered() -> None:
    """A part of the digest in a label must be the new image's."""
    world = World()
    counting = Counting(world.manifests)
    counting.copies = True
    world.renderer = counting
    text = await _deliver_two(world)
    digest = text.partition(b"@sha256:")[2][:12]
    assert text.endswith(b"# " + digest)
    assert counting.asked > 8
