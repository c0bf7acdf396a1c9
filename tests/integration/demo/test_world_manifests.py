"""The manifests repositories of the world: each overlay renders, and says where things are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from demo.world import World, manifest_edits
from demo.world.commands import environment
from demo.world.world import INSTANCES
from ruamel.yaml import YAML
from tests.fixtures.demo_world import Podman

from headway.adapters.files import read_estate, tree_from_directory
from headway.domain.standards.together import TOGETHER
from headway.standards import SHIPPED

REPOSITORIES = ("argocd-oc-apps", "argocd-oc-system")
ARTIFACTS = [
    ("argocd-oc-apps", "oneconnect", "app1"),
    ("argocd-oc-apps", "oneconnect", "app2"),
    ("argocd-oc-apps", "oneconnect", "entrance"),
    ("argocd-oc-system", "nats", "nats"),
]


@pytest.fixture
def checkout(world: World, tmp_path: Path) -> Path:
    """Both manifests repositories, as their `main` stands, side by side."""
    for name, repository in world.manifests.items():
        repository.check_out(repository.tip(), tmp_path / name)
    return tmp_path


KINDS = {
    "app1": {"Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service"},
    "app2": {"Deployment", "NetworkPolicy", "Service"},
    "entrance": {"ConfigMap", "Service"},
    "nats": {"Deployment", "NetworkPolicy", "Service"},
}
RELIED_ON = ("staging", "production-ap-southeast-2", "production-us-west-2")


def check(checkout: Path, kustomize: str) -> dict[str, object]:
    """Give what `headway check` says of both repositories."""
    argv = [sys.executable, "-m", "headway", "check", "--render", "-o", "json", *REPOSITORIES]
    said = environment({"HEADWAY_CACHE": "", "PATH": f"{Path(kustomize).parent}:{os.environ['PATH']}"})
    done = subprocess.run(
        argv, cwd=checkout, env=said, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def render(kustomize: str, folder: Path) -> dict[str, dict[str, object]]:
    """Render an overlay; gives its objects by kind."""
    done = subprocess.run(
        [kustomize, "build", str(folder)], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    return {found["kind"]: found for found in YAML(typ="safe").load_all(done.stdout)}


@pytest.mark.parametrize("instance", INSTANCES)
@pytest.mark.parametrize("artifact", ARTIFACTS, ids="-".join)
def test_every_overlay_renders(
    checkout: Path, kustomize: str, artifact: tuple[str, ...], instance: str
) -> None:
    """With the real Kustomize; and nothing but the overlay's own environment is named in it."""
    overlay = checkout.joinpath(*artifact, "overlays", instance)
    objects = render(kustomize, overlay)
    budget = {"PodDisruptionBudget"} if "app2" in artifact and instance in RELIED_ON else set()
    assert set(objects) == KINDS[artifact[-1]] | budget
    text = str(objects)
    assert "$" not in text, "a blank was not filled"
    others = {f"nats-{name}:" for name in INSTANCES if name != instance}
    assert not any(other in text for other in others)


def test_headway_reads_the_estate_without_a_word(checkout: Path) -> None:
    """What the world's people wrote is whole, and nothing in it is odd."""
    trees = [tree_from_directory(checkout / name) for name in REPOSITORIES]
    read = read_estate({tree.repository: tree for tree in trees})
    assert not read.warnings
    assert set(read.estate.applications) == {"oneconnect", "nats"}
    for application in read.estate.applications:
        assert tuple(name.instance for name in read.estate.instances(application)) == INSTANCES


def test_the_estate_meets_every_standard_that_comes_with_headway(checkout: Path, kustomize: str) -> None:
    """And without app1's readiness probe it has that one finding; put back, none again."""
    checked = check(checkout, kustomize)
    assert (checked["in_order"], checked["findings"], checked["remarks"]) == (True, [], [])
    assert set(checked["rules"]) == {*SHIPPED, *TOGETHER, "parity"}
    deployment = checkout / "argocd-oc-apps/oneconnect/app1/base/deployment.yaml"
    before = deployment.read_text()
    manifest_edits.drop_probe(checkout / "argocd-oc-apps")
    (found,) = check(checkout, kustomize)["findings"]
    assert (found["rule"], found["object"], found["blocks"]) == ("readiness", "Deployment app1", True)
    manifest_edits.put_probe_back(checkout / "argocd-oc-apps")
    assert deployment.read_text() == before


def test_an_entrance_has_a_port_of_its_own_in_each_instance(
    world: World, checkout: Path, kustomize: str
) -> None:
    """They all stand on one machine."""
    folder = checkout / "argocd-oc-apps" / "oneconnect" / "entrance" / "overlays"
    seen = {}
    for instance in INSTANCES:
        ports = render(kustomize, folder / instance)["Service"]["spec"]["ports"]  # type: ignore[index]
        assert ports[0]["targetPort"] == "http"
        seen[instance] = ports[0]["nodePort"]
    assert seen == dict(world.entrances)
    assert len(set(seen.values())) == len(INSTANCES)


def test_only_nats_names_a_digest(world: World, checkout: Path) -> None:
    """A digest of an artifact's own image never stands on `main`; a third-party image always has one."""
    found = {path for path in checkout.rglob("*.yaml") if "sha256:" in path.read_text()}
    deployment = checkout / "argocd-oc-system" / "nats" / "nats" / "base" / "deployment.yaml"
    assert found == {deployment}
    assert world.nats_image in deployment.read_text()


def test_the_edits_of_the_story_change_what_renders(world: World, tmp_path: Path, kustomize: str) -> None:
    """Each is committed to `main` and seen in the overlay that it is about."""
    apps = world.manifests["argocd-oc-apps"]
    app1 = Path("oneconnect", "app1", "overlays", "staging")
    before = apps.tip()
    probe = "'readinessProbe': {'httpGet': {'path': '/readyz', 'port': 'http'}, 'periodSeconds': 1}"
    steps = {
        "Probe": (manifest_edits.drop_probe, "'containerPort': 8080"),
        "Probe again": (manifest_edits.put_probe_back, probe),
        "Welcome people": (manifest_edits.set_welcome("Nau mai"), "'WELCOME', 'value': 'Nau mai'"),
        "Move the port": (manifest_edits.move_service_port, "'port': 8080, 'targetPort'"),
        "Move it back": (manifest_edits.move_service_port_back, "'port': 80, 'targetPort'"),
        "Greet": (manifest_edits.set_greeting("staging", "Kia ora from staging", "Talofa"), "'Talofa'"),
    }
    for message, (edit, wanted) in steps.items():
        commit = world.commit_manifests("argocd-oc-apps", message, edit)
        apps.check_out(commit, tmp_path / "apps")
        assert wanted in str(render(kustomize, tmp_path / "apps" / app1)), message
    assert apps.tip() != before


def test_podman_plays_what_is_rendered(
    world: World, podman: Podman, checkout: Path, kustomize: str, tmp_path: Path
) -> None:
    """The real thing reads the manifest of NATS and starts it from its digest."""
    overlay = checkout / "argocd-oc-system" / "nats" / "nats" / "overlays" / "dev"
    rendered = subprocess.run([kustomize, "build", str(overlay)], capture_output=True, check=True, timeout=90)
    manifest = tmp_path / "nats.yaml"
    manifest.write_bytes(rendered.stdout)
    podman("kube", "play", "--network", "demo-world-test", str(manifest))
    seen = podman("ps", "--format", "{{.Image}} {{.Status}}").stdout
    podman("kube", "down", str(manifest))
    assert f"{world.nats_image} Up" in seen
