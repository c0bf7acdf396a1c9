"""The port `Registry`: what every implementation does, in memory and against a real docker-registry."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from tests.fixtures.registry_worlds import RealWorld, RegistryWorld, WorldInMemory

from headway.app.ports import ImageSeen, Presence
from headway.domain.errors import Transient, UsageError
from headway.domain.names import Digest

APP1 = "oneconnect/app1"
NOWHERE = Digest(f"sha256:{'0' * 64}")


@pytest.fixture(params=["memory", "docker-registry"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[RegistryWorld]:
    made: RegistryWorld
    made = WorldInMemory() if request.param == "memory" else RealWorld(request.getfixturevalue("registry"))
    yield made
    await made.close()


async def looked(world: RegistryWorld, memory: str | None) -> tuple[dict[Digest, ImageSeen], str]:
    look = await world.registry.look(world.repository(APP1), memory)
    return {image.digest: image for image in look.images}, look.memory


async def test_a_first_look_finds_every_tagged_image_once(world: RegistryWorld) -> None:
    one, two = world.publish(APP1, "1.0.0"), world.publish(APP1, "1.1.0", "latest")
    images, _ = await looked(world, None)
    assert {digest: image.tags for digest, image in images.items()} == {
        one: ("1.0.0",),
        two: ("1.1.0", "latest"),
    }


async def test_a_look_when_nothing_is_new_finds_nothing(world: RegistryWorld) -> None:
    world.publish(APP1, "1.0.0")
    _, memory = await looked(world, None)
    for _ in range(3):
        images, memory = await looked(world, memory)
        assert images == {}


async def test_a_later_look_finds_only_what_is_new(world: RegistryWorld) -> None:
    world.publish(APP1, "1.0.0")
    _, memory = await looked(world, None)
    fresh = world.publish(APP1, "1.1.0")
    images, memory = await looked(world, memory)
    assert list(images) == [fresh]
    assert (await looked(world, memory))[0] == {}


async def test_a_new_tag_on_a_known_image_gives_that_image_with_all_its_tags(world: RegistryWorld) -> None:
    one = world.publish(APP1, "1.0.0")
    _, memory = await looked(world, None)
    world.move_tag(APP1, "stable", one)
    images, _ = await looked(world, memory)
    assert images[one].tags == ("1.0.0", "stable")


async def test_a_moved_tag_is_found_within_as_many_looks_as_there_are_tags(world: RegistryWorld) -> None:
    one, two = world.publish(APP1, "1.0.0", "latest"), world.publish(APP1, "1.1.0")
    _, memory = await looked(world, None)
    world.move_tag(APP1, "latest", two)
    found: dict[Digest, ImageSeen] = {}
    for _ in range(3):
        images, memory = await looked(world, memory)
        found |= images
    assert set(found) == {two}
    assert found[two].tags == ("1.1.0", "latest")
    assert one not in found


async def test_a_tag_that_went_away_is_forgotten_and_new_when_it_comes_back(world: RegistryWorld) -> None:
    one, two = world.publish(APP1, "1.0.0"), world.publish(APP1, "1.1.0")
    _, memory = await looked(world, None)
    world.delete(APP1, two)
    images, memory = await looked(world, memory)
    assert images == {}
    world.move_tag(APP1, "1.1.0", one)
    found: dict[Digest, ImageSeen] = {}
    for _ in range(3):
        images, memory = await looked(world, memory)
        found |= images
    assert found[one].tags == ("1.0.0", "1.1.0")


async def test_a_repository_that_nobody_pushed_to_is_unknown(world: RegistryWorld) -> None:
    with pytest.raises(UsageError) as caught:
        await world.registry.look(world.repository("nobody/here"), None)
    assert caught.value.code == "repository-unknown"


async def test_an_image_tells_its_source_commit_source_time_and_platforms(world: RegistryWorld) -> None:
    built_at = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    digest = world.publish(
        APP1,
        "1.0.0",
        source_commit="0b12cd34" * 5,
        source="https://git.example.org/app1",
        built_at=built_at,
        platforms=("linux/amd64", "linux/arm64"),
    )
    seen = await world.registry.look_at(world.repository(APP1), digest, ("latest", "1.0.0"))
    assert seen == ImageSeen(
        digest=digest,
        tags=("1.0.0", "latest"),
        source_commit="0b12cd34" * 5,
        source="https://git.example.org/app1",
        built_at=built_at,
        platforms=("linux/amd64", "linux/arm64"),
    )


async def test_an_image_that_is_not_there_is_unknown_by_name(world: RegistryWorld) -> None:
    world.publish(APP1, "1.0.0")
    with pytest.raises(UsageError) as caught:
        await world.registry.look_at(world.repository(APP1), NOWHERE, ())
    assert caught.value.code == "image-unknown"


async def test_a_tag_is_fixed_to_the_digest_it_points_at_now(world: RegistryWorld) -> None:
    repository = world.repository(APP1)
    one, two = world.publish(APP1, "latest"), world.publish(APP1, "1.1.0")
    assert await world.registry.resolve(f"{repository}:latest") == f"{repository}@{one}"
    world.move_tag(APP1, "latest", two)
    assert await world.registry.resolve(repository) == f"{repository}@{two}"


async def test_a_reference_by_digest_is_given_back_even_while_the_registry_is_away(
    world: RegistryWorld,
) -> None:
    world.go_away()
    reference = f"{world.repository(APP1)}@{NOWHERE}"
    assert await world.registry.resolve(reference) == reference


async def test_a_tag_that_does_not_exist_is_unknown_by_name(world: RegistryWorld) -> None:
    world.publish(APP1, "1.0.0")
    with pytest.raises(UsageError) as caught:
        await world.registry.resolve(f"{world.repository(APP1)}:9.9.9")
    assert caught.value.code == "image-unknown"


@pytest.mark.parametrize("platforms", [("linux/amd64",), ("linux/amd64", "linux/arm64")])
async def test_an_image_that_can_be_pulled_is_present(
    world: RegistryWorld, platforms: tuple[str, ...]
) -> None:
    digest = world.publish(APP1, "1.0.0", platforms=platforms)
    seen = await world.registry.presence(f"{world.repository(APP1)}@{digest}", "linux/amd64")
    assert seen.presence is Presence.PRESENT


@pytest.mark.parametrize("platforms", [("linux/amd64",), ("linux/amd64", "linux/arm64")])
async def test_an_image_for_other_platforms_is_absent_and_says_for_which(
    world: RegistryWorld, platforms: tuple[str, ...]
) -> None:
    digest = world.publish(APP1, "1.0.0", platforms=platforms)
    seen = await world.registry.presence(f"{world.repository(APP1)}@{digest}", "linux/s390x")
    assert seen.presence is Presence.ABSENT
    assert "linux/s390x" in seen.words
    assert ", ".join(platforms) in seen.words


async def test_a_deleted_image_is_absent(world: RegistryWorld) -> None:
    world.publish(APP1, "1.0.0")
    digest = world.publish(APP1, "1.1.0")
    world.delete(APP1, digest)
    seen = await world.registry.presence(f"{world.repository(APP1)}@{digest}", "linux/amd64")
    assert seen.presence is Presence.ABSENT


async def test_a_registry_that_is_away_makes_nothing_absent(world: RegistryWorld) -> None:
    digest = world.publish(APP1, "1.0.0")
    reference = f"{world.repository(APP1)}@{digest}"
    world.go_away()
    assert (await world.registry.presence(reference, "linux/amd64")).presence is Presence.UNKNOWN
    world.come_back()
    assert (await world.registry.presence(reference, "linux/amd64")).presence is Presence.PRESENT


async def test_a_look_while_the_registry_is_away_is_transient_and_the_next_one_goes_on(
    world: RegistryWorld,
) -> None:
    world.publish(APP1, "1.0.0")
    _, memory = await looked(world, None)
    fresh = world.publish(APP1, "1.1.0")
    world.go_away()
    with pytest.raises(Transient) as caught:
        await looked(world, memory)
    assert caught.value.code == "registry-away"
    world.come_back()
    assert list((await looked(world, memory))[0]) == [fresh]


async def test_presence_of_a_tag_is_unknown_because_a_tag_tells_nothing(world: RegistryWorld) -> None:
    world.publish(APP1, "1.0.0")
    seen = await world.registry.presence(f"{world.repository(APP1)}:1.0.0", "linux/amd64")
    assert seen.presence is Presence.UNKNOWN
