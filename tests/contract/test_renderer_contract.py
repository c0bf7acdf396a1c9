"""The port `Renderer`: what every implementation does, in memory and with the real Kustomize."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headway.adapters.kustomize.kustomize import Kustomize
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.app.bounded_yaml import read_documents
from headway.app.ports import NewCommit, Reference, Renderer, RenderRequest
from headway.domain.errors import UsageError
from headway.domain.names import CommitId
from headway.testing.manifests import InMemoryManifests
from headway.testing.renderer import InMemoryRenderer

DIGEST = "sha256:" + "1" * 64
IMAGE = "127.0.0.1:5000/shop/app1"
BASE = b"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: app1
spec:
  template:
    spec:
      containers:
      - name: app1
        image: 127.0.0.1:5000/shop/app1
        env:
        - name: KEY
          valueFrom: {secretKeyRef: {name: app1-key, key: key}}
"""
FILES = {
    "shop/app1/base/deployment.yaml": BASE,
    "shop/app1/base/kustomization.yaml": b"resources: [deployment.yaml]\n",
    "shop/app1/base/references": b"app1-key\n",
    "shop/app1/overlays/staging/kustomization.yaml": b"resources: [../../base]\n",
    "shop/app1/overlays/production/kustomization.yaml": b"resources: [../../base]\nnamePrefix: ''\n",
    "shop/app2/base/kustomization.yaml": b"resources: []\n",
}


@pytest.fixture
def manifests() -> InMemoryManifests:
    return InMemoryManifests()


@pytest.fixture(params=["memory", "kustomize"])
def renderer(request: pytest.FixtureRequest, manifests: InMemoryManifests, tmp_path: Path) -> Renderer:
    if request.param == "memory":
        return InMemoryRenderer(manifests)
    program = request.getfixturevalue("kustomize_program")
    return KustomizeRenderer(trees=manifests, kustomize=Kustomize(program), cache=tmp_path / "renderings")


@pytest.fixture
def commit(manifests: InMemoryManifests) -> Callable[[dict[str, bytes]], CommitId]:
    def make(edits: dict[str, bytes]) -> CommitId:
        at = datetime(2026, 3, 1, tzinfo=UTC)
        return manifests.remote.commit("main", NewCommit(edits=edits, message="x", author="A <a@b>", at=at))

    return make


def request_at(commit: CommitId) -> RenderRequest:
    return RenderRequest(
        commit=commit,
        inputs=("shop/app1",),
        overlay="shop/app1/overlays/staging",
        namespace="shop-staging",
        image=(IMAGE, f"{IMAGE}@{DIGEST}"),
    )


Commit = Callable[[dict[str, bytes]], CommitId]


async def test_the_image_is_the_locked_reference_and_the_namespace_the_instances(
    renderer: Renderer, commit: Commit
) -> None:
    rendered = await renderer.render(request_at(commit(FILES)))
    (name, data), *others = rendered.files.items()
    (document,) = read_documents(data, name)
    found = document.value
    assert not others
    assert name == "deployment-app1.yaml"
    assert isinstance(found, dict)
    assert found["metadata"]["namespace"] == "shop-staging"
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == f"{IMAGE}@{DIGEST}"


async def test_names_that_are_not_held_are_told(renderer: Renderer, commit: Commit) -> None:
    rendered = await renderer.render(request_at(commit(FILES)))
    assert rendered.references == (Reference(kind="Secret", name="app1-key"),)


async def test_the_same_inputs_give_the_same_rendering_at_whatever_commit(
    renderer: Renderer, commit: Commit
) -> None:
    first = await renderer.render(request_at(commit(FILES)))
    elsewhere = await renderer.render(request_at(commit({"other/file": b"x"})))
    other_overlay = await renderer.render(
        request_at(commit({"shop/app1/overlays/production/kustomization.yaml": b"resources: []\n"}))
    )
    assert first == elsewhere == other_overlay


async def test_a_changed_base_image_or_namespace_gives_another_rendering(
    renderer: Renderer, commit: Commit
) -> None:
    first = request_at(commit(FILES))
    made = [
        await renderer.render(first),
        await renderer.render(replace(first, namespace="shop-test")),
        await renderer.render(replace(first, image=(IMAGE, f"{IMAGE}@sha256:{'2' * 64}"))),
        await renderer.render(
            request_at(commit({"shop/app1/base/deployment.yaml": BASE.replace(b"KEY", b"OTHER")}))
        ),
    ]
    assert all(one != two for number, one in enumerate(made) for two in made[:number])


async def test_a_missing_overlay_is_told_by_its_path(renderer: Renderer, commit: Commit) -> None:
    asked = replace(request_at(commit(FILES)), overlay="shop/app1/overlays/nowhere")
    with pytest.raises(UsageError, match="shop/app1/overlays/nowhere") as refused:
        await renderer.render(asked)
    assert refused.value.code == "overlay-missing"


async def test_an_image_by_tag_is_refused(renderer: Renderer, commit: Commit) -> None:
    asked = replace(request_at(commit(FILES)), image=(IMAGE, f"{IMAGE}:latest"))
    with pytest.raises(UsageError) as refused:
        await renderer.render(asked)
    assert refused.value.code == "image-not-locked"


async def test_manifests_that_kustomize_cannot_render_are_told_with_its_words(
    renderer: Renderer, commit: Commit
) -> None:
    broken = {"shop/app1/base/broken": b"in deployment.yaml", "shop/app1/base/deployment.yaml": b"kind: [\n"}
    with pytest.raises(UsageError, match=r"deployment\.yaml") as refused:
        await renderer.render(request_at(commit({**FILES, **broken})))
    assert refused.value.code == "kustomize-failed"


@pytest.mark.parametrize("path", ["../shop/app1", "/etc", "shop/../../etc"])
async def test_inputs_out_of_the_tree_are_refused(renderer: Renderer, commit: Commit, path: str) -> None:
    with pytest.raises(UsageError) as refused:
        await renderer.render(replace(request_at(commit(FILES)), inputs=(path,)))
    assert refused.value.code == "path-outside"


async def test_images_beside_the_requests_own_are_told(renderer: Renderer, commit: Commit) -> None:
    """By digest, each once, wherever they stand."""
    proxies = [f"127.0.0.1:5000/shop/proxy@sha256:{number * 64}" for number in "32"]
    containers = "".join(f"      - {{name: p{at}, image: '{one}'}}\n" for at, one in enumerate(proxies * 2))
    files = FILES | {
        "shop/app1/base/deployment.yaml": BASE + containers.encode(),
        "shop/app1/base/images": "\n".join(proxies).encode(),
    }
    assert (await renderer.render(request_at(commit(files)))).images == tuple(sorted(proxies))
    assert (await renderer.render(request_at(commit(files)))).images == tuple(sorted(proxies)), "again"
