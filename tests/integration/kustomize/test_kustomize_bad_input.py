"""Bad manifests against the real Kustomize: each is refused by name, and nothing outside is reached."""

import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.fixtures.git_remote import BareRemote

from headway.adapters.git.manifests import GitManifests
from headway.adapters.kustomize.folder_trees import FolderTrees
from headway.adapters.kustomize.kustomize import BOUNDS, Kustomize
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.app.ports import Reference, Rendered, RenderRequest
from headway.domain.errors import Transient, UsageError
from headway.domain.names import CommitId, RepositoryName

DIGEST = "sha256:" + "1" * 64
IMAGE = "127.0.0.1:5000/shop/app1"
OVERLAY = "shop/app1/overlays/staging"
POD = """apiVersion: v1
kind: Pod
metadata: {name: app1}
spec:
  containers:
  - {name: app1, image: "127.0.0.1:5000/shop/app1:latest"}
"""


class Repository:
    """A real manifests repository and a renderer of it."""

    def __init__(self, remote: BareRemote, manifests: GitManifests, renderer: KustomizeRenderer) -> None:
        self.remote = remote
        self.manifests = manifests
        self.renderer = renderer

    async def render(
        self, files: dict[str, str | bytes], image_paths: tuple[str, ...] = (), overlay: str = OVERLAY
    ) -> Rendered:
        content = {path: data.encode() if isinstance(data, str) else data for path, data in files.items()}
        commit = self.remote.commit("main", dict(content))
        return await self.at(CommitId(commit), image_paths, overlay)

    async def at(
        self, commit: CommitId, image_paths: tuple[str, ...] = (), overlay: str = OVERLAY
    ) -> Rendered:
        await self.manifests.fetch()
        request = RenderRequest(
            commit=commit,
            inputs=("shop/app1",),
            overlay=overlay,
            namespace="shop-staging",
            image=(IMAGE, f"{IMAGE}@{DIGEST}"),
            image_paths=image_paths,
        )
        return await self.renderer.render(request)


@pytest.fixture
async def repository(
    bare_remote: BareRemote, tmp_path: Path, kustomize_program: Path
) -> AsyncIterator[Repository]:
    manifests = GitManifests(name=RepositoryName("apps"), url=bare_remote.url, state=tmp_path / "state")
    renderer = KustomizeRenderer(
        trees=manifests, kustomize=Kustomize(kustomize_program), cache=tmp_path / "renderings"
    )
    yield Repository(bare_remote, manifests, renderer)
    await manifests.close()


@pytest.fixture
def asked_for() -> Iterator[list[str]]:
    """Listen on this machine; what is asked for is listed, the address first."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"a: b\n")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    asked.append(f"http://127.0.0.1:{server.server_port}")
    yield asked
    server.shutdown()
    server.server_close()
    thread.join()


def overlay(kustomization: str, **files: str | bytes) -> dict[str, str | bytes]:
    named = {name.replace("__", "/").replace("_yaml", ".yaml"): data for name, data in files.items()}
    return {
        f"{OVERLAY}/kustomization.yaml": kustomization,
        **{f"{OVERLAY}/{name}": data for name, data in named.items()},
    }


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("kustomization", "files", "code", "words"),
    [
        ("resources: [https://example.org/x.yaml]", {}, "remote-base", f"{OVERLAY}/kustomization.yaml:1"),
        ("resources:\n- github.com/org/repo//base?ref=v1\n", {}, "remote-base", "kustomization.yaml:2"),
        ("resources: ['git@example.org:org/repo']", {}, "remote-base", "git@"),
        ("resources: ['https://robot:geheim@example.org/r?token=geheim']", {}, "remote-base", "example.org"),
        ("components: [ssh://git@example.org/r]", {}, "remote-base", "components"),
        ("resources: [example.org/repo]", {}, "remote-base", "example.org"),
        ("configMapGenerator:\n- name: x\n  files:\n  - k=https://e.org/x\n", {}, "remote-base", "yaml:4"),
        ("patches:\n- path: http://e.org/p.yaml\n", {}, "remote-base", "yaml:2"),
        ("openapi: {path: 'https://e.org/s.json'}", {}, "remote-base", "openapi"),
        ("resources: [../../../../../etc]", {}, "path-outside", "kustomization.yaml:1"),
        ("resources: [/etc/passwd]", {}, "path-outside", "/etc/passwd"),
        ("resources: [../../../app2]", {}, "kustomize-failed", "app2"),
        ("resources: [nothing.yaml]", {}, "kustomize-failed", "nothing.yaml"),
        (
            "configMapGenerator: [{name: x, files: [../../../../../../../etc/passwd]}]",
            {},
            "path-outside",
            "passwd",
        ),
        ("helmCharts: [{name: x, repo: 'https://e.org'}]", {}, "plugin-refused", "helmCharts"),
        ("resources: [x\n", {}, "yaml-malformed", f"{OVERLAY}/kustomization.yaml:2"),
        ("resources: [.]", {}, "kustomize-failed", "cycle"),
        ("wrong: 1", {}, "kustomize-failed", "wrong"),
        (BOMB, {}, "manifests-too-large", "kustomization.yaml"),
        (b"resources: [\xff]", {}, "yaml-malformed", "UTF-8"),
        ("resources: [x.yaml]", {"x_yaml": "a: 1\nb: [\n"}, "kustomize-failed", rf"{OVERLAY}/x\.yaml:3"),
        ("resources: [x.yaml]", {"x_yaml": POD.encode() + b"\xff\xfe: 1\n"}, "kustomize-failed", "UTF-8"),
        (
            "resources: [x.yaml]",
            {"x_yaml": f"kind: ConfigMap\nmetadata: {{name: x}}\n{BOMB}"},
            "manifests-too-large",
            r"x\.yaml:8 holds more",
        ),
        ("resources: [x.yaml]", {"x_yaml": POD.replace(IMAGE, "other")}, "image-not-locked", "Pod app1"),
        (
            "secretGenerator: [{name: s, literals: [a=geheim]}]",
            {},
            "secret-with-values",
            "Secret s",
        ),
        (
            "generators: [g.yaml]",
            {"g_yaml": "apiVersion: example.org/v1\nkind: Exec\nmetadata: {name: x}\n"},
            "kustomize-failed",
            "(?i)plugin",
        ),
        (
            "resources: [a.yaml, b.yaml]",
            {
                "a_yaml": "apiVersion: a.org/v1\nkind: Thing\nmetadata: {name: x}\n",
                "b_yaml": "apiVersion: b.org/v1\nkind: Thing\nmetadata: {name: x}\n",
            },
            "object-twice",
            "thing-x.yaml",
        ),
    ],
)
async def test_bad_manifests_are_refused_by_name(
    repository: Repository, kustomization: str, files: dict[str, str | bytes], code: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        await repository.render(overlay(kustomization, **files))
    assert code in {refused.value.code, "*"}
    assert "geheim" not in str(refused.value)
    assert "headway-render" not in str(refused.value)


@pytest.mark.parametrize(
    "kustomization",
    [
        "generators: [g.yaml]",
        "transformers: [g.yaml]",
        "generators:\n- |\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  files: [ADDRESS/x]\n",
        "generators: [below]",
    ],
)
async def test_nothing_is_asked_for_on_the_network(
    repository: Repository, asked_for: list[str], kustomization: str
) -> None:
    generator = (
        f"apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {{name: x}}\nfiles: [{asked_for[0]}/x]\n"
    )
    files = {"g_yaml": generator, "below__kustomization_yaml": "resources: [../g.yaml]"}
    with pytest.raises(UsageError) as refused:
        await repository.render(overlay(kustomization.replace("ADDRESS", asked_for[0]), **files))
    assert refused.value.code == "remote-base"
    assert len(asked_for) == 1


async def test_a_symlink_out_of_the_tree_is_refused_by_its_path(
    repository: Repository, tmp_path: Path
) -> None:
    """On the desk in the same words as in a commit."""
    remote = repository.remote
    link = remote.make_tree(("120000", "blob", remote.make_blob(b"/etc/passwd"), "kustomization.yaml"))
    tree = link
    for name in ("staging", "overlays", "app1", "shop"):
        tree = remote.make_tree(("40000", "tree", tree, name))
    commit = remote.commit_tree("main", tree, "Link", None)
    with pytest.raises(UsageError, match=f"{OVERLAY}/kustomization.yaml") as refused:
        await repository.at(CommitId(commit))
    assert refused.value.code == "path-outside"
    desk = tmp_path / "desk"
    (desk / OVERLAY).mkdir(parents=True)
    (desk / OVERLAY / "kustomization.yaml").symlink_to("/etc/passwd")
    with pytest.raises(UsageError) as on_the_desk:
        await FolderTrees(desk).read_folder(CommitId(commit), "shop/app1")
    assert str(on_the_desk.value) == str(refused.value)
    assert "is a symbolic link" in str(refused.value)


async def test_fifty_megabytes_of_output_are_refused(repository: Repository) -> None:
    large = "x" * (1 << 20)
    objects = "".join(
        f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{n}}}\ndata: {{a: {large}}}\n"
        for n in range(50)
    )
    with pytest.raises(UsageError) as refused:
        await repository.render(overlay("resources: [x.yaml]", x_yaml=objects))
    assert refused.value.code == "manifests-too-large"


async def test_a_renderer_that_is_not_there_or_too_slow_is_nobodys_mistake(
    repository: Repository, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\n[ $1 = version ] && echo v1 && exit\nwhile :; do :; done\n")
    slow.chmod(0o755)
    bounds = replace(BOUNDS, time=timedelta(seconds=1))
    for program, code in ((tmp_path / "nowhere", "renderer-away"), (slow, "renderer-slow")):
        repository.renderer = KustomizeRenderer(
            trees=repository.manifests, kustomize=Kustomize(program, bounds), cache=tmp_path / "other"
        )
        with pytest.raises(Transient) as away:
            await repository.render(overlay("resources: [x.yaml]", x_yaml=POD))
        assert away.value.code == code


async def test_images_in_custom_resources_are_locked_at_declared_places(repository: Repository) -> None:
    custom = (
        "apiVersion: example.org/v1\nkind: Workflow\nmetadata: {name: w}\n"
        "spec:\n  templates:\n  - container: {image: '127.0.0.1:5000/shop/app1'}\n  - run: {image: other:1}\n"
    )
    place = "Workflow:spec.templates[].container.image"
    files = overlay("resources: [x.yaml]", x_yaml=custom)
    rendered = await repository.render(files, (place,))
    assert f"{IMAGE}@{DIGEST}".encode() in rendered.files["workflow-w.yaml"]
    with pytest.raises(UsageError, match=r"Workflow w.*spec.templates\[1\].run.image is 'other:1'"):
        await repository.render(files, (place, "Workflow:spec.templates[].run.image"))
    with pytest.raises(UsageError) as refused:
        await repository.render(files, ("Workflow:spec..image",))
    assert refused.value.code == "image-path-malformed"


async def test_references_are_those_that_pods_need_and_nobody_holds(repository: Repository) -> None:
    pod = POD + (
        "    envFrom:\n    - secretRef: {name: missing}\n    - configMapRef: {name: held}\n"
        "    - secretRef: {name: perhaps, optional: true}\n    - secretRef: {name: made}\n"
        "  serviceAccountName: robot\n  imagePullSecrets: [{name: pull}]\n"
        "  volumes:\n  - {name: a, persistentVolumeClaim: {claimName: disk}}\n"
        "  - {name: b, projected: {sources: [{configMap: {name: settings}}]}}\n"
        "  - {name: c, secret: {secretName: maybe, optional: true}}\n"
    ).replace("    envFrom", "    envFrom", 1)
    others = (
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: held}\n"
        "---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e}\n"
        "spec: {target: {name: made}}\n"
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: empty}\n"
    )
    pod = pod.replace(
        '{name: app1, image: "127.0.0.1:5000/shop/app1:latest"}', f"name: app1\n    image: {IMAGE}"
    )
    rendered = await repository.render(overlay("resources: [x.yaml]", x_yaml=pod + others))
    assert rendered.references == tuple(
        Reference(kind=kind, name=name)
        for kind, name in [
            ("ConfigMap", "settings"),
            ("PersistentVolumeClaim", "disk"),
            ("Secret", "missing"),
            ("Secret", "pull"),
            ("ServiceAccount", "robot"),
        ]
    )
    assert set(rendered.files) == {
        "configmap-held.yaml",
        "externalsecret-e.yaml",
        "pod-app1.yaml",
        "secret-empty.yaml",
    }


async def test_a_damaged_cache_entry_is_rendered_anew(repository: Repository, tmp_path: Path) -> None:
    files = overlay("resources: [x.yaml]", x_yaml=POD)
    first = await repository.render(files)
    (entry,) = (tmp_path / "renderings").glob("*/*")
    entry.write_bytes(entry.read_bytes()[:-3])
    assert await repository.render(files) == first
    assert entry.read_bytes().endswith(b"}")


async def test_the_cache_keeps_within_its_size(
    repository: Repository, tmp_path: Path, kustomize_program: Path
) -> None:
    repository.renderer = KustomizeRenderer(
        trees=repository.manifests,
        kustomize=Kustomize(kustomize_program),
        cache=tmp_path / "small",
        cache_bytes=1200,
    )
    for number in range(12):
        await repository.render(overlay("resources: [x.yaml]", x_yaml=f"{POD}    # {number}\n"))
    kept = sum(path.stat().st_size for path in (tmp_path / "small").glob("*/*"))
    assert 0 < kept <= 1200
