"""What `headway init` writes for Argo CD is what the engine asks for: one Application for each instance."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from headway.adapters.argocd.application import Application, Applications
from headway.adapters.files import read_estate, tree_from_directory
from headway.adapters.files.init import REPOSITORIES, write_estate
from headway.domain.errors import UsageError
from headway.domain.estate import Estate

REMOTES = "https://git.example/platform"


def written(directory: Path, argocd: str = "https://argocd.{environment}.example") -> Estate:
    write_estate(directory, person="ann", remotes=REMOTES, argocd=argocd)
    trees = [tree_from_directory(directory / name) for name in REPOSITORIES]
    read = read_estate({tree.repository: tree for tree in trees})
    assert read.warnings == ()
    return read.estate


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return found


def test_each_environment_has_its_own_argo_cd(tmp_path: Path) -> None:
    environments = written(tmp_path).environments
    assert {one.engine for one in environments.values()} == {"argocd"}
    assert {name: one.address for name, one in environments.items()} == {
        name: f"https://argocd.{name}.example" for name in environments
    }


def test_one_argo_cd_may_serve_all(tmp_path: Path) -> None:
    environments = written(tmp_path, "http://127.0.0.1:8080").environments
    assert {one.address for one in environments.values()} == {"http://127.0.0.1:8080"}


def test_every_instance_has_one_application_that_lacks_nothing(tmp_path: Path) -> None:
    estate = written(tmp_path)
    waves = [wave for lane in estate.lanes.values() for wave in lane.waves]
    places = {instance: where for wave in waves for instance, where in wave.instances.items()}
    for environment in estate.environments:
        known = Applications(environment, [one.url for one in estate.repositories.values()])
        for path in (tmp_path / f"argocd-oc-apps/argocd/{environment}/applications").iterdir():
            known.take("ADDED", loaded(path))
        wanted = [
            instance
            for name in estate.applications
            for instance in estate.instances(name)
            if places[instance.instance] == environment
        ]
        assert len(known.keys()) == len(wanted)
        for instance in wanted:
            (one,) = known.of(instance)
            assert one.refuses_by_itself is None
            assert one.is_compared_for_its_folder_only
            namespace = f"{instance.application}-{instance.instance}"
            assert one.json["spec"]["destination"]["namespace"] == namespace


def test_the_bootstrap_reads_them_from_main_and_not_itself(tmp_path: Path) -> None:
    for environment in written(tmp_path).environments:
        folder = f"argocd/{environment}"
        bootstrap = loaded(tmp_path / "argocd-oc-apps" / folder / "bootstrap.yaml")
        source = bootstrap["spec"]["source"]
        assert source == {
            "repoURL": f"{REMOTES}/argocd-oc-apps.git",
            "targetRevision": "main",
            "path": f"{folder}/applications",
            "directory": {},
        }
        assert "allowEmpty" not in bootstrap["spec"]["syncPolicy"]["automated"]
        assert Application(json=bootstrap).key.name == f"headway-{environment}"


def test_the_readme_names_every_bootstrap_and_token(tmp_path: Path) -> None:
    environments = written(tmp_path).environments
    readme = (tmp_path / "README.md").read_text("utf-8")
    for environment in environments:
        path = f"argocd-oc-apps/argocd/{environment}/bootstrap.yaml"
        assert f"       kubectl apply -f {path}\n" in readme
        assert (tmp_path / path).is_file()
        assert f"`{environment}.argocd.json`, for https://argocd.{environment}.example" in readme


def test_without_argo_cd_nothing_of_it_is_written(tmp_path: Path) -> None:
    files = write_estate(tmp_path, person="ann")
    assert not [path for path in files if "argocd" in path.relative_to(tmp_path).parts]
    assert "Argo CD" not in (tmp_path / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "odd", ["argocd.example", "https://user:word@argocd.example", 'https://a"b', "", "ftp://x"]
)
def test_what_is_no_server_is_refused(tmp_path: Path, odd: str) -> None:
    with pytest.raises(UsageError) as caught:
        write_estate(tmp_path, person="ann", remotes=REMOTES, argocd=odd)
    assert caught.value.code == "init-malformed"
    assert list(tmp_path.iterdir()) == []


def test_argo_cd_needs_repositories_that_it_can_reach(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        write_estate(tmp_path, person="ann", argocd="https://argocd.example")
    assert caught.value.code == "init-needs-remotes"
    assert list(tmp_path.iterdir()) == []
