"""The proposed files are read back as what they say, whatever the names are."""

import pytest

from headway.adapters.files import read_estate
from headway.app.adoption.text import (
    ArtifactText,
    OverlayText,
    application_text,
    estate_text,
    overlay_text,
)
from headway.app.bounded_yaml import read_documents
from headway.domain.estate.sources import SourceTree
from headway.domain.names import Digest, EnvironmentName, RepositoryName

ODD = ("on", "1", "1e3", "0x1", "null", "y", "app-1")
"""Names that YAML would take for something else."""


@pytest.mark.parametrize("name", ODD)
def test_an_estate_and_an_application_of_any_name_are_read_as_written(name: str) -> None:
    environment = EnvironmentName(name)
    estate = estate_text(
        engines={environment: "https://argocd.example"},
        waves=[{name: environment}],
        registries={environment: {"harbor.example": "ecr.example/x"}},
        person="Änn: O'Neill",
        repository=name,
        url="ssh://git@git.example/x.git",
    )
    application = application_text(
        {name: ArtifactText(repository="harbor.example/x/y", semver=">=1.0.0", shares=("a b/c", "on/1"))},
        lane="standard",
        leaves_out=[],
        namespaces={name: "1"},
    )
    tree = SourceTree(
        repository=RepositoryName(name),
        commit=None,
        files={"estate.yaml": estate, f"{name}/application.yaml": application},
        folders=frozenset({f"{name}/{name}"}),
    )
    read = read_estate({tree.repository: tree}).estate
    assert read.environments[environment].registries == {"harbor.example": "ecr.example/x"}
    assert read.roles == {"platform": ("Änn: O'Neill",), "support": ("Änn: O'Neill",)}
    found = read.applications[name]
    assert found.namespace(name) == "1"
    assert found.artifacts[name].shares == ("a b/c", "on/1")


def test_an_overlay_says_what_it_renders_pins_renames_and_keeps() -> None:
    made = overlay_text(
        OverlayText(
            place="oc/app1/overlays/dev",
            renders="oc/overlays/dev",
            application="argocd/oc-dev",
            pins={"docker.io/envoy": Digest(f"sha256:{'1' * 64}")},
            renamed={"ecr.example/app1": "harbor.example/app1"},
            only=[
                ("apps", "Deployment", "a.b"),
                ("", "ConfigMap", "words-2456789bcd"),
                ("", "ConfigMap", "x"),
            ],
        )
    )
    (document,) = read_documents(made, "kustomization.yaml")
    value = document.value
    assert isinstance(value, dict)
    assert value["resources"] == ["../../../overlays/dev"]
    assert value["images"] == [
        {"name": "ecr.example/app1", "newName": "harbor.example/app1"},
        {"name": "docker.io/envoy", "digest": f"sha256:{'1' * 64}"},
    ]
    targets = [one["target"] for one in value["patches"]]
    assert targets == [
        {"kind": "ConfigMap", "name": "^(words(-[2456789bcdfghkmt]{10})?|x)$"},
        {"group": "apps", "kind": "Deployment", "name": "^a\\.b$"},
        {"annotationSelector": "headway.dev/artifact!=own"},
        {"annotationSelector": "headway.dev/artifact=own"},
    ]
