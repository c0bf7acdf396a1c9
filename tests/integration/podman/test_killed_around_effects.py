"""An agent dies around each effect that it has outside, and the next one ends what it began (rule 7).

Enumerated: a rollout for each effect of one, its agent killed there. What is promised afterwards: exactly
what the lock names runs, once; the Service leads to it; the Job ran exactly once for each promotion.
"""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.deadly_podman import DeadlyPodman, Moment
from tests.fixtures.images import ImagePublisher
from tests.fixtures.lone_agent import agent_settings, lone_agent, podman_lists, promotion_of
from tests.fixtures.podman_engine import answer, deployment, service
from tests.fixtures.registry import free_port

from headway.adapters.podman.agent import tear_down
from headway.adapters.podman.client import PodmanEngineClient
from headway.domain.deployment import DeploymentState
from headway.domain.errors import Transient

WITHIN_S = 60.0
EFFECTS = (
    "network-create.1",
    "volume-create.1",
    "kube-play.1",
    "kube-play.2",
    "kill.1",
    "pod-rm.1",
    "pod-rm.2",
    "volume-rm.1",
)
"""All that a rollout does outside, each as often as it must; the first of them only once."""
DEATHS: Mapping[Moment, Sequence[str]] = {
    "before": EFFECTS,
    "after": EFFECTS,
    "meanwhile": ("kube-play.1", "kube-play.2"),
}
"""What comes late and does harm is a start: what is removed late is gone all the same."""
LISTINGS = {"ps --all": ("{{.Names}}", 1), "pod ps": ("{{.Name}}", 1), "volume ls": ("{{.Name}}", 2)}
"""How much there is when all is done: one container in one pod, the pod's own volume and the Job's claim."""


class Story:
    """One engine that is brought from version to version, and whose agents die."""

    def __init__(self, folder: Path, images: ImagePublisher) -> None:
        folder.mkdir()
        self.folder = folder
        self.name = f"t{secrets.token_hex(3)}"
        self.port = free_port()
        self.podman = DeadlyPodman(folder)
        self.settings = agent_settings(folder, self.name)
        self.versions: list[str] = []
        self._client = PodmanEngineClient(self.settings.socket)
        self._images = images

    def ask_for_next(self) -> None:
        """Ask for a version that nobody asked for before."""
        self.versions.append(f"v{len(self.versions) + 1}")
        image = self._images.publish(environment={"BODY": self.versions[-1]}).reference
        scratch = {"name": "scratch", "emptyDir": {}}
        mount = {"volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}]}
        server = deployment(image, pod={"volumes": [scratch]}, container=mount)
        documents = [server, service(node_port=self.port), _job(image, self.versions[-1])]
        neighbour = self.folder / "desired.new"
        neighbour.write_text(json.dumps({"app1": documents}))
        neighbour.replace(self.folder / "desired.json")

    async def until_done(self) -> None:
        """Wait until exactly what is asked for is there, with nothing left over."""
        deadline = time.monotonic() + WITHIN_S
        while not await self._is_done():
            assert time.monotonic() < deadline, await self._listed()
            await asyncio.sleep(0.1)

    async def marks(self) -> list[str]:
        """Give what the Job's runs wrote."""
        places = await podman_lists(self.name, "volume ls", "{{.Mountpoint}}")
        (place,) = [Path(one) for one in places if one.endswith("-marks/_data")]
        return (place / "file").read_text().split()

    async def _is_done(self) -> bool:
        promotion = promotion_of((self.folder / "desired.json").read_text())
        with contextlib.suppress(Transient, TimeoutError):
            async with asyncio.timeout(5), contextlib.aclosing(self._client.observations()) as told:
                seen = await anext(told)
                states = {health.state for health in seen.artifacts.values()}
                if seen.promotion_id == promotion and states == {DeploymentState.HEALTHY}:
                    listed = await self._listed()
                    return all(len(listed[what]) == wanted for what, (_, wanted) in LISTINGS.items())
        return False

    async def _listed(self) -> Mapping[str, list[str]]:
        return {
            what: await podman_lists(self.name, what, template) for what, (template, _) in LISTINGS.items()
        }


def _job(image: str, mark: str) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": image,
        "args": ["append", "/marks/file", mark],
        "volumeMounts": [{"name": "marks", "mountPath": "/marks"}],
    }
    volumes = [{"name": "marks", "persistentVolumeClaim": {"claimName": "marks"}}]
    pod = {"restartPolicy": "Never", "containers": [container], "volumes": volumes}
    metadata = {"name": "migrate"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {"template": {"spec": pod}},
    }


@pytest.mark.timeout(300)
async def test_a_rollout_whose_agent_dies_around_any_effect_is_ended_by_the_next(
    tmp_path: Path, images: ImagePublisher
) -> None:
    """Before each, after each, and with a start that would come when the next agent has looked around."""
    stories = {moment: Story(tmp_path / moment, images) for moment in DEATHS}
    try:
        await asyncio.gather(*(_tell(story, moment) for moment, story in stories.items()))
    finally:
        settings = [replace(story.settings, podman="podman") for story in stories.values()]
        await asyncio.gather(*(tear_down(one) for one in settings))


async def _tell(story: Story, moment: Moment) -> None:
    """Roll from version to version, each time killed around the next effect, and once undisturbed."""
    async with contextlib.AsyncExitStack() as agents:
        agent = await agents.enter_async_context(lone_agent(story.folder, story.name))
        for deadly in DEATHS[moment]:
            story.podman.arm(moment, deadly)
            story.ask_for_next()
            async with asyncio.timeout(WITHIN_S):
                await agent.wait()
            agent = await agents.enter_async_context(lone_agent(story.folder, story.name))
            await story.until_done()
            assert story.podman.is_over()
            assert await answer(story.port) == story.versions[-1], f"{moment} {deadly}"
            assert await story.marks() == story.versions, f"{moment} {deadly}"
        story.podman.disarm()
        story.ask_for_next()
        await story.until_done()
        known = {effect.partition(".")[0] for effect in EFFECTS}
        assert {effect.partition(".")[0] for effect in story.podman.effects()} <= known
