"""A folder of several images is split by image if that renders the same; else it stays one artifact."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.fixtures.adoption import OldRepository, deployment, digest_of, service

from headway.app.adoption.adopt import Adoption

APP1, APP2 = "harbor.example/oneconnect/app1", "harbor.example/oneconnect/app2"
Begin = Callable[[Mapping[str, str]], OldRepository]


@pytest.fixture
def begin(tmp_path: Path, kustomize_program: Path) -> Begin:
    """Give what writes a repository."""
    return lambda files: OldRepository(tmp_path / "argocd-oc-apps", kustomize_program, files)


def shared(objects: str, more: str = "", overlay: str = "") -> dict[str, str]:
    """Write one folder with an overlay for dev."""
    return {
        "oc/base/kustomization.yaml": f"resources: [all.yaml]\n{more}",
        "oc/base/all.yaml": objects,
        "oc/overlays/dev/kustomization.yaml": (
            f"resources: [../../base]\nimages:\n- {{name: app1, newName: {APP1}, digest: '{digest_of(1)}'}}\n"
            f"- {{name: app2, newName: {APP2}, digest: '{digest_of(2)}'}}\n{overlay}"
        ),
    }


TWO = "---\n".join([deployment("app1", "app1"), service("app1"), deployment("app2", "app2"), service("app2")])
DOOR = (
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: door}\nspec: {ingressClassName: x}\n"
)


async def look(old: OldRepository, **more: object) -> Adoption:
    """Let development run it, and look."""
    old.run("development", "oc/overlays/dev", **more)  # type: ignore[arg-type]  # as `run` takes it
    return await old.look()


def held(found: Adoption) -> dict[str, list[str]]:
    """Give the files of each artifact of the one instance."""
    (lock,) = found.locks
    assert lock.problem is None, lock.problem
    return {name: sorted(entry.files) for name, entry in lock.entries.items()}


async def test_each_image_becomes_an_artifact_and_what_is_nobodys_is_common(begin: Begin) -> None:
    found = await look(begin(shared(f"{TWO}---\n{DOOR}")))
    assert held(found) == {
        "app1": ["deployment-app1.yaml", "service-app1.yaml"],
        "app2": ["deployment-app2.yaml", "service-app2.yaml"],
        "common": ["ingress-door.yaml"],
    }
    assert (found.locks[0].differences, found.kept, found.refused) == ((), (), ())


async def test_prefixes_patches_and_labels_of_the_folder_stay_as_they_are(begin: Begin) -> None:
    twice = '[{"op": "add", "path": "/spec/replicas", "value": 2}]'
    patch = f"patches: [{{target: {{kind: Deployment}}, patch: '{twice}'}}]\n"
    labels = "labels: [{pairs: {team: blue}, includeSelectors: true}]\n"
    found = await look(begin(shared(TWO, labels, f"namePrefix: oc-\nnameSuffix: -dev\n{patch}")))
    assert held(found) == {
        "app1": ["deployment-oc-app1-dev.yaml", "service-oc-app1-dev.yaml"],
        "app2": ["deployment-oc-app2-dev.yaml", "service-oc-app2-dev.yaml"],
    }
    assert found.locks[0].differences == ()


async def test_generated_configuration_goes_with_the_one_that_names_it(begin: Begin) -> None:
    one = TWO.replace("image: app1}", "image: app1, envFrom: [{configMapRef: {name: words}}]}")
    found = await look(begin(shared(one, "configMapGenerator: [{name: words, literals: [A=b]}]\n")))
    assert [name.rpartition("-")[0] for name in held(found)["app1"] if "configmap" in name] == [
        "configmap-words"
    ]
    assert held(found)["app2"] == ["deployment-app2.yaml", "service-app2.yaml"]
    assert found.locks[0].differences == ()


async def test_generated_configuration_that_two_name_keeps_the_folder_one_artifact(begin: Begin) -> None:
    """Rendered apart, its name would lose the hash that the other puts there."""
    both = TWO.replace("image: app1}", "image: app1, envFrom: [{configMapRef: {name: words}}]}")
    both = both.replace("image: app2}", "image: app2, envFrom: [{configMapRef: {name: words}}]}")
    found = await look(begin(shared(both, "configMapGenerator: [{name: words, literals: [A=b]}]\n")))
    assert list(held(found)) == ["app1"]
    assert found.locks[0].differences == ()
    (kept,) = found.kept
    assert kept.application == "oc"
    assert "configMapRef.name" in kept.why, kept.why


async def test_in_one_artifact_the_other_images_are_pinned_and_change_by_commit(begin: Begin) -> None:
    """A sidecar that was named by tag stands on main by the digest that runs."""
    files = {
        "oc/base/kustomization.yaml": "resources: [all.yaml]\n",
        "oc/base/all.yaml": deployment("app1", f"{APP1}@{digest_of(1)}", f"{APP2}:2.0.0"),
        "oc/overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    }
    found = await look(begin(files), running={f"{APP2}:2.0.0": digest_of(2)})
    assert list(held(found)) == ["app1"]
    overlay = found.files["oc/app1/overlays/dev/kustomization.yaml"].decode()
    assert digest_of(2) in overlay
    assert digest_of(1) not in overlay, "no digest of an artifact's own image stands on main"
    assert [str(one) for one in found.locks[0].differences] == [
        f"Deployment app1 spec.template.spec.containers[1].image: {APP2}:2.0.0 → {APP2}@{digest_of(2)} "
        "(its pods are replaced once)"
    ]


async def test_a_sidecar_that_is_an_artifacts_image_elsewhere_is_no_artifact_twice(begin: Begin) -> None:
    one = deployment("app1", f"{APP1}@{digest_of(1)}", f"{APP2}@{digest_of(2)}")
    two = deployment("app2", f"{APP2}@{digest_of(2)}")
    found = await look(begin(shared(f"{one}---\n{two}")))
    assert held(found) == {"app1": ["deployment-app1.yaml"], "app2": ["deployment-app2.yaml"]}
    assert found.locks[0].differences == ()


@pytest.mark.parametrize(("common", "takes"), [("", "app1"), (f"---\n{DOOR}", "common")])
async def test_what_is_new_in_a_shared_folder_is_in_exactly_one_artifact(
    begin: Begin, common: str, takes: str
) -> None:
    """In the common one if there is one; nothing is left out, and nothing is there twice."""
    old = begin(shared(TWO + common))
    old.write({path: data.decode() for path, data in (await look(old)).files.items()})
    old.write({"oc/base/all.yaml": f"{TWO}{common}---\n{service('more')}"})
    old.environments.clear()
    again = held(await look(old))
    assert [name for name, files in again.items() if "service-more.yaml" in files] == [takes]


async def test_generated_configuration_stays_with_its_artifact_when_it_changes(begin: Begin) -> None:
    """Its name has another hash then."""
    one = TWO.replace("image: app1}", "image: app1, envFrom: [{configMapRef: {name: words}}]}")
    words = "configMapGenerator: [{name: words, literals: [A=b]}]\n"
    old = begin(shared(one, words))
    old.write({path: data.decode() for path, data in (await look(old)).files.items()})
    old.write({"oc/base/kustomization.yaml": "resources: [all.yaml]\n" + words.replace("A=b", "A=c")})
    old.environments.clear()
    again = held(await look(old))
    assert len(again["app1"]) == 3
    assert again["app2"] == ["deployment-app2.yaml", "service-app2.yaml"]
