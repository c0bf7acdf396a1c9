"""Renders overlays as they stand on somebody's desk, with the real Kustomize and the same refusals."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from headway.adapters.files import read_application
from headway.adapters.kustomize.folder_trees import FolderTrees
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.app.bounded_yaml import read_documents
from headway.app.ports import RenderRequest
from headway.app.standards.judging import RenderedArtifact
from headway.bootstrap.home import kustomize
from headway.domain.errors import UsageError
from headway.domain.estate import Application, Artifact, Estate
from headway.domain.names import ArtifactName, CommitId, InstanceName, RepositoryName, parse_artifact

_DESK = CommitId("0" * 40)
"""Stands for "as it is in the folder"."""
_SOME_DIGEST = "sha256:" + "0" * 64


async def render_folder(folder: Path, artifact: str, instance: str) -> Mapping[str, bytes]:
    """Render one artifact's overlay; its image stands with a digest of zeros.

    Raises:
        UsageError: `artifact-unknown`, `overlay-missing`, and all that the renderer refuses in files.
        EstateInvalid: the application's file is wrong.
        Transient: `renderer-away`, `renderer-slow`.
    """
    name = parse_artifact(artifact)
    path = f"{name.application}/application.yaml"
    data = (await FolderTrees(folder).read_files(_DESK, [path]))[path]
    if data is None:
        raise _unknown(name, f"{folder} holds no {path}")
    application = read_application(data, path, name.application, RepositoryName(folder.name or "here"))
    if name.artifact not in application.artifacts:
        raise _unknown(name, f"{path} names {', '.join(application.artifacts) or 'none'}")
    described = application.artifacts[name.artifact]
    with _renderer(folder) as renderer:
        wanted = _request(application, described, instance.rsplit("/", 1)[-1])
        return (await renderer.render(wanted)).files


def can_render() -> bool:
    """Say whether the Kustomize program is found."""
    return shutil.which(kustomize()) is not None


async def render_all(
    folders: Mapping[RepositoryName, Path], estate: Estate
) -> tuple[tuple[RenderedArtifact, ...], tuple[UsageError, ...]]:
    """Render every overlay of every instance that stands in these folders.

    Returns:
        What was rendered, in the order of the estate, and what is wrong with the others, each mistake once.

    Raises:
        Transient: `renderer-away`, `renderer-slow`.
    """
    rendered: dict[tuple[ArtifactName, InstanceName], RenderedArtifact | None] = {}
    mistakes: dict[str, UsageError] = {}

    async def render(
        renderer: KustomizeRenderer, application: Application, artifact: Artifact, instance: InstanceName
    ) -> None:
        try:
            made = await renderer.render(_request(application, artifact, instance.instance))
            rendered[artifact.name, instance] = RenderedArtifact(
                artifact=artifact.name, instance=instance, objects=_objects(made.files)
            )
        except UsageError as error:
            # That an overlay is not there was weighed with the estate: it may be left out.
            if error.code != "overlay-missing":
                mistakes.setdefault(str(error), error)

    for repository, folder in folders.items():
        with _renderer(folder) as renderer:
            async with asyncio.TaskGroup() as group:
                for application in estate.applications.values():
                    for instance in estate.instances(application.name):
                        for artifact in application.artifacts.values():
                            if application.repository == repository:
                                rendered[artifact.name, instance] = None
                                group.create_task(render(renderer, application, artifact, instance))
    made = tuple(one for one in rendered.values() if one is not None)
    return made, tuple(mistakes[words] for words in sorted(mistakes))


def _objects(files: Mapping[str, bytes]) -> tuple[Mapping[str, object], ...]:
    documents = (one.value for name, data in files.items() for one in read_documents(data, name))
    return tuple(one for one in documents if isinstance(one, Mapping))


@contextmanager
def _renderer(folder: Path) -> Iterator[KustomizeRenderer]:
    with tempfile.TemporaryDirectory(prefix="headway-render-") as cache:
        yield KustomizeRenderer(trees=FolderTrees(folder), program=kustomize(), cache=Path(cache))


def _request(application: Application, artifact: Artifact, instance: str) -> RenderRequest:
    image = artifact.image
    folder = f"{application.name}/{artifact.name.artifact}"
    return RenderRequest(
        commit=_DESK,
        inputs=(folder, *artifact.shares),
        overlay=f"{folder}/overlays/{instance}",
        namespace=application.namespace(instance),
        image=(image.repository, f"{image.repository}@{_SOME_DIGEST}") if image else None,
        image_paths=artifact.image_paths,
    )


def _unknown(name: ArtifactName, why: str) -> UsageError:
    return UsageError(
        "artifact-unknown",
        f"there is no artifact {name} here",
        why=why,
        next_step="name it as application/artifact, and the folder of its manifests repository",
    )
