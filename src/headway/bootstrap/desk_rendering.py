"""Renders an overlay as it stands on somebody's desk, with the real Kustomize and the same refusals."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from headway.adapters.files import read_application
from headway.adapters.kustomize.folder_trees import FolderTrees
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.app.ports import RenderRequest
from headway.bootstrap.home import kustomize
from headway.domain.errors import UsageError
from headway.domain.names import ArtifactName, CommitId, RepositoryName, parse_artifact

_DESK = CommitId("0" * 40)
"""Stands for "as it is in the folder"."""
_SOME_DIGEST = "sha256:" + "0" * 64


async def render_folder(folder: Path, artifact: str, instance: str) -> Mapping[str, bytes]:
    """Render one artifact's overlay; its image stands with a digest of zeros.

    Raises:
        UsageError: `artifact-unknown`, and all that the renderer refuses.
        EstateInvalid: the application's file is wrong.
    """
    name = parse_artifact(artifact)
    trees = FolderTrees(folder)
    path = f"{name.application}/application.yaml"
    data = (await trees.read_files(_DESK, [path]))[path]
    if data is None:
        raise _unknown(name, f"{folder} holds no {path}")
    application = read_application(data, path, name.application, RepositoryName(folder.name or "here"))
    if name.artifact not in application.artifacts:
        raise _unknown(name, f"{path} names {', '.join(application.artifacts) or 'none'}")
    described = application.artifacts[name.artifact]
    image = described.image
    with tempfile.TemporaryDirectory(prefix="headway-render-") as cache:
        renderer = KustomizeRenderer(trees=trees, program=kustomize(), cache=Path(cache))
        rendered = await renderer.render(
            RenderRequest(
                commit=_DESK,
                inputs=(f"{name.application}/{name.artifact}", *described.shares),
                overlay=f"{name.application}/{name.artifact}/overlays/{instance.rsplit('/', 1)[-1]}",
                namespace=f"{name.application}-{instance.rsplit('/', 1)[-1]}",
                image=(image.repository, f"{image.repository}@{_SOME_DIGEST}") if image else None,
                image_paths=described.image_paths,
            )
        )
    return rendered.files


def _unknown(name: ArtifactName, why: str) -> UsageError:
    return UsageError(
        "artifact-unknown",
        f"there is no artifact {name} here",
        why=why,
        next_step="name it as application/artifact, and the folder of its manifests repository",
    )
