"""A world for an engine that reads Git over the network and runs on Kubernetes: what is different in it."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo.world import World, build
from demo.world.commands import environment
from demo.world.place import ENVIRONMENTS, Place, read_place
from ruamel.yaml import YAML

from headway.adapters.files import read_estate, tree_from_directory

ENGINES = {name: f"{{argocd: {{url: http://argocd.example/{name}}}}}" for name in ENVIRONMENTS}


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[World]:
    """A world whose Git is served over HTTP, with an Argo CD for each environment."""
    place = Place(serves_git=True, engines=ENGINES)
    with build(Path(tempfile.mkdtemp(prefix="hw-")), begin=lambda _: place) as built:
        yield built


def git(*arguments: str) -> str:
    """Run Git as an engine or Headway does: with nothing of the desk's."""
    argv = ["git", "-c", "user.name=Hana", "-c", "user.email=hana@example.test", *arguments]
    done = subprocess.run(argv, env=environment({}), capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_committed_is_read_over_http_and_pushes_arrive(elsewhere: World, tmp_path: Path) -> None:
    """By everybody, on any branch."""
    repository = elsewhere.manifests["argocd-oc-system"]
    assert repository.url.startswith("http://127.0.0.1:")
    git("clone", "--quiet", repository.url, str(tmp_path / "clone"))
    assert git("-C", str(tmp_path / "clone"), "rev-parse", "HEAD").strip() == repository.tip()
    git("-C", str(tmp_path / "clone"), "commit", "--quiet", "--allow-empty", "--message", "Say so")
    git("-C", str(tmp_path / "clone"), "push", "--quiet", "origin", "HEAD:environments/staging")
    pushed = git("-C", str(tmp_path / "clone"), "rev-parse", "HEAD").strip()
    assert repository.tip("environments/staging") == pushed


def test_the_estate_names_each_environments_argo_cd(elsewhere: World, tmp_path: Path) -> None:
    """And the repositories where Argo CD reads them."""
    trees = []
    for name, repository in elsewhere.manifests.items():
        repository.check_out(repository.tip(), tmp_path / name)
        trees.append(tree_from_directory(tmp_path / name))
    read = read_estate({tree.repository: tree for tree in trees})
    assert {name: one.address for name, one in read.estate.environments.items()} == {
        name: f"http://argocd.example/{name}" for name in ENVIRONMENTS
    }


def test_a_pod_that_is_to_end_serves_on_until_nobody_is_sent_to_it(
    elsewhere: World, kustomize: str, tmp_path: Path
) -> None:
    """It pauses before it ends, and has time left for the longest request, which is of two seconds."""
    apps = elsewhere.manifests["argocd-oc-apps"]
    apps.check_out(apps.tip(), tmp_path / "apps")
    overlay = tmp_path / "apps/oneconnect/app1/overlays/staging"
    done = subprocess.run([kustomize, "build", str(overlay)], capture_output=True, timeout=90, check=True)
    (deployment,) = (one for one in YAML(typ="safe").load_all(done.stdout) if one["kind"] == "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    pause_s = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] > pause_s + 2
    assert container["readinessProbe"]
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_a_place_is_the_same_after_it_was_written_down(tmp_path: Path) -> None:
    """So a demo that was left running is found again."""
    place = Place(address="10.213.0.1", entrance_address="10.213.0.2", serves_git=True, engines=ENGINES)
    place.write(tmp_path / "place.json")
    assert read_place(tmp_path / "place.json") == place
