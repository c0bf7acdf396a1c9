"""What every adapter of the port `LiveEnvironment` keeps: what runs is told as it is, or is unknown."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from tests.fixtures.argocd_told import told_by_argocd

from headway.adapters.argocd.api import ArgocdApi
from headway.adapters.argocd.credentials import Credentials
from headway.adapters.argocd.live import ArgocdLive
from headway.app.ports.live import LiveEnvironment
from headway.domain.adoption.live import LiveApplication, LiveObject
from headway.domain.errors import Transient
from headway.domain.names import Digest, EnvironmentName
from headway.testing.live import InMemoryLive

NAME = EnvironmentName("development")
URL = "https://git.example/apps.git"
IMAGE = "harbor.example/app1:1.4"


def application(name: str, **more: object) -> LiveApplication:
    """Give an Application with a workload that is named by tag."""
    wanted = {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [{"image": IMAGE}]}}}}
    one = LiveObject(
        group="apps",
        kind="Deployment",
        namespace="live",
        name="app1",
        wanted=wanted,
        is_there=True,
        is_synced=True,
    )
    made = LiveApplication(
        environment=NAME,
        address="https://argocd.example",
        name=name,
        namespace="argocd",
        branch="main",
        path="oc/overlays/dev",
        into="live",
        objects=(one,),
        running={IMAGE: frozenset({Digest(f"sha256:{'1' * 64}")})},
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of its own


class World:
    """What an environment runs, and the adapter that tells of it."""

    def __init__(self, kind: str, stack: ExitStack) -> None:
        self.memory = InMemoryLive(name=NAME, address="https://argocd.example")
        self._kind = kind
        self._stack = stack
        self.opened: list[ArgocdApi] = []

    def live(self) -> LiveEnvironment:
        """Open the adapter on what runs now."""
        if self._kind == "memory":
            return self.memory
        with ExitStack() as opened:
            url = opened.enter_context(told_by_argocd(self.memory, URL))
            if not self.memory.is_away:
                self._stack.push(opened.pop_all())
        api = ArgocdApi(NAME, lambda: Credentials(url=url, token="t", authority=None))
        self.opened.append(api)
        return ArgocdLive(NAME, "https://argocd.example", api)


@pytest.fixture(params=["memory", "argocd"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Give an environment that runs nothing yet."""
    with ExitStack() as stack:
        made = World(request.param, stack)
        yield made
        for api in made.opened:
            await api.close()


async def test_what_runs_is_told_with_its_objects_and_digests(world: World) -> None:
    world.memory.told = [application("one"), application("two", health="Degraded", is_automated=False)]
    assert list(await world.live().applications(URL)) == world.memory.told


async def test_what_follows_an_environment_branch_is_told_too(world: World) -> None:
    world.memory.told = [application("one", branch="environments/development", objects=(), running={})]
    assert list(await world.live().applications(URL)) == world.memory.told


async def test_an_environment_that_does_not_answer_is_unknown(world: World) -> None:
    world.memory.told = [application("one")]
    world.memory.is_away = True
    with pytest.raises(Transient) as caught:
        await world.live().applications(URL)
    assert caught.value.code == "engine-away"
