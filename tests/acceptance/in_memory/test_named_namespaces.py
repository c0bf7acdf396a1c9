"""An instance runs in the namespace that its application names, and never moves to another."""

from datetime import timedelta

from tests.fixtures.world import APPLICATION, ESTATE, World

from headway.app.lock_text import read_lock
from headway.domain.names import EnvironmentName

ON_ARGOCD = ESTATE.replace("{podman: {}}", "{argocd: {url: https://argocd.example}}")
NAMED = APPLICATION + "namespaces: {dev: live}\n"


async def namespace_in(world: World, environment: EnvironmentName, instance: str) -> str:
    refs = await world.manifests.refs()
    path = f"oc/{instance}/lock.yaml"
    data = (await world.manifests.read_files(refs.environments[environment], [path]))[path]
    assert data is not None
    return read_lock(data, path).namespace


async def test_a_lock_carries_the_namespace_that_the_application_names() -> None:
    """The others keep the one that follows from their names."""
    world = World(estate=ON_ARGOCD, application=NAMED)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=10))
        assert await namespace_in(world, EnvironmentName("development"), "dev") == "live"
        assert await namespace_in(world, EnvironmentName("staging"), "staging") == "oc-staging"


async def test_an_estate_that_moves_an_instance_to_another_namespace_takes_no_force() -> None:
    """What runs would stay behind, and nothing would say so."""
    world = World(estate=ON_ARGOCD, application=NAMED)
    async with world.running():
        world.commit("Move", {"oc/application.yaml": APPLICATION.encode()})
        await world.look()
        assert world.desk.situation.refused == (
            "oc/dev runs in the namespace live, and oc/application.yaml now says oc-dev: what runs would "
            "stay behind. Put it back, or give a new instance a name of its own",
        )
        world.commit("Put it back", {"oc/application.yaml": NAMED.encode()})
        await world.look()
        assert world.desk.situation.refused == ()
