"""A thousand artifacts, all delivered wave by wave in memory.

They are 25 applications of 40 artifacts in 2 instances each: 50 instances, 2,000 cells.
"""

from datetime import timedelta

from tests.fixtures.world import World

from headway.app.outside import Pace
from headway.domain.names import ArtifactName, Cell, Digest, InstanceName

APPLICATIONS = tuple(f"a{number}" for number in range(25))
ARTIFACTS = tuple(f"p{number}" for number in range(40))
INSTANCES = ("staging", "production")

ESTATE = """\
apiVersion: headway.dev/v1
kind: Estate
environments:
  staging: {engine: {podman: {}}}
  production: {engine: {podman: {}}}
roles: {platform: [pat]}
lanes:
  standard:
  - {wave: staging, instances: {staging: staging}}
  - {wave: production, instances: {production: production}}
manifests:
- {name: argocd-oc-apps, url: "https://git.example/argocd-oc-apps.git"}
"""


def application(name: str) -> str:
    """Write an application of forty artifacts."""
    lines = ["apiVersion: headway.dev/v1", "kind: Application", "lane: standard", "artifacts:"]
    for artifact in ARTIFACTS:
        image = f'{{repository: "registry.example/{name}/{artifact}", versions: {{semver: ">=1.0"}}}}'
        lines.append(f"  {artifact}: {{image: {image}}}")
    return "\n".join(lines) + "\n"


def big_world() -> World:
    """Make the world, with nothing published yet."""
    world = World(estate=ESTATE, artifacts=("app1", "app2"), instances=INSTANCES, pace=Pace())
    files: dict[str, bytes] = {}
    for name in APPLICATIONS:
        files[f"{name}/application.yaml"] = application(name).encode()
        for artifact in ARTIFACTS:
            files[f"{name}/{artifact}/base/deployment.yaml"] = b"base\n"
            for instance in INSTANCES:
                files[f"{name}/{artifact}/overlays/{instance}/kustomization.yaml"] = b"overlay\n"
    world.commit("Begin big", files)
    return world


def publish(world: World, tag: str, artifacts: tuple[str, ...]) -> dict[ArtifactName, Digest]:
    """Publish one image of each of these artifacts of each application."""
    return {
        ArtifactName(name, artifact): world.registry.publish(f"registry.example/{name}/{artifact}", [tag])
        for name in APPLICATIONS
        for artifact in artifacts
    }


def not_there(world: World, digests: dict[ArtifactName, Digest]) -> list[Cell]:
    """Give the cells that do not stand at these images."""
    cells = [
        Cell(artifact, InstanceName(artifact.application, instance))
        for artifact in digests
        for instance in INSTANCES
    ]
    situation = world.desk.situation
    return [
        cell
        for cell in cells
        if (at := situation.cell(cell).standing) is None or at.digest != digests[cell.artifact]
    ]


async def test_two_thousand_cells_are_delivered_and_next_versions_follow() -> None:
    """First locks of forty artifacts each in fifty instances, then 500 promotions of one artifact each."""
    world = big_world()
    first = publish(world, "1.0.0", ARTIFACTS)
    async with world.running():
        await world.pass_time(timedelta(seconds=10))
        assert not not_there(world, first)
        second = publish(world, "1.1.0", ARTIFACTS[:10])
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert not not_there(world, second)
