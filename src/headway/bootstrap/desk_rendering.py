"""Renders overlays as they stand on a desk or at a commit, with the real Kustomize and the same refusals."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from headway.adapters.files import read_application
from headway.adapters.kustomize.folder_trees import FolderTrees
from headway.adapters.kustomize.kustomize import Kustomize
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.app.adoption.tree import Trees
from headway.app.ports import RenderRequest
from headway.app.standards.judging import RenderedArtifact
from headway.app.standards.rendered_objects import RenderedObjects
from headway.bootstrap.checkouts import DESK, Checkouts
from headway.bootstrap.home import desk_cache, kustomize
from headway.domain.errors import HeadwayError, Transient, UsageError
from headway.domain.estate import Application, Artifact, Estate
from headway.domain.names import ArtifactName, CommitId, InstanceName, RepositoryName, parse_artifact

SOME_DIGEST = "sha256:" + "0" * 64
"""Stands for the digest of whatever version goes out."""
_CACHE_BYTES = 128 << 20
Place = tuple[ArtifactName, InstanceName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderings:
    """What overlays came to, in the order of the estate."""

    made: tuple[RenderedArtifact, ...]
    mistakes: Mapping[Place, HeadwayError] = field(default_factory=dict)
    """Why others did not render."""


async def render_folder(folder: Path, artifact: str, instance: str) -> Mapping[str, bytes]:
    """Render one artifact's overlay; its image stands with a digest of zeros.

    Raises:
        UsageError: `artifact-unknown`, `overlay-missing`, and all that the renderer refuses in files.
        EstateInvalid: the application's file is wrong.
        Transient: `renderer-away`, `renderer-slow`.
    """
    name = parse_artifact(artifact)
    path = f"{name.application}/application.yaml"
    data = (await FolderTrees(folder).read_files(DESK, [path]))[path]
    if data is None:
        raise _unknown(name, f"{folder} holds no {path}")
    application = read_application(data, path, name.application, RepositoryName(folder.name or "here"))
    if name.artifact not in application.artifacts:
        raise _unknown(name, f"{path} names {', '.join(application.artifacts) or 'none'}")
    described = application.artifacts[name.artifact]
    with rendering_cache() as cache:
        renderer = _renderer(FolderTrees(folder), Kustomize(kustomize()), cache)
        wanted = _request(DESK, application, described, instance.rsplit("/", 1)[-1], None)
        return (await renderer.render(wanted)).files


def can_render() -> bool:
    """Say whether the Kustomize program is found."""
    return shutil.which(kustomize()) is not None


def require_renderer() -> None:
    """Refuse to go on without the Kustomize program.

    Raises:
        Transient: `renderer-away`.
    """
    if not can_render():
        raise Transient(
            "renderer-away",
            "nothing can be rendered",
            why="the Kustomize program is not found",
            next_step="put it on PATH, or name it with HEADWAY_KUSTOMIZE",
        )


@contextmanager
def rendering_cache() -> Iterator[Path]:
    """Give a folder for renderings: what stands in two states of a repository alike is rendered once.

    It is the user's, so that the next look renders only what was changed. Where nothing is kept, it goes.
    """
    kept = desk_cache()
    if kept is not None:
        yield kept / "renderings"
        return
    with tempfile.TemporaryDirectory(prefix="headway-render-") as cache:
        yield Path(cache)


async def render_all(
    checkouts: Checkouts, estate: Estate, cache: Path, images: Mapping[Place, str] | None = None
) -> Renderings:
    """Render every overlay of every instance that stands in these repositories.

    Args:
        checkouts: where the repositories stand.
        estate: what stands there too.
        cache: as `rendering_cache` gives it.
        images: references by digest; an image without one stands with a digest of zeros.
    """
    rendered: dict[Place, RenderedArtifact | None] = {}
    mistakes: dict[Place, HeadwayError] = {}

    async def render(renderer: KustomizeRenderer, place: Place, wanted: RenderRequest) -> None:
        try:
            made = await renderer.render(wanted)
            rendered[place] = RenderedArtifact(
                artifact=place[0],
                instance=place[1],
                objects=RenderedObjects(made.files),
                files=made.files,
            )
        except HeadwayError as error:
            # That an overlay is not there was weighed with the estate: it may be left out.
            if error.code != "overlay-missing":
                mistakes[place] = error

    program = Kustomize(kustomize())
    async with asyncio.TaskGroup() as group:
        for repository, checkout in checkouts.items():
            renderer = _renderer(checkout.trees, program, cache)
            for application, artifact, instance in _all(estate, repository):
                place = (artifact.name, instance)
                image = (images or {}).get(place)
                rendered[place] = None
                wanted = _request(checkout.commit, application, artifact, instance.instance, image)
                group.create_task(render(renderer, place, wanted))
    return Renderings(
        made=tuple(one for one in rendered.values() if one is not None),
        # In the estate's order, not in that in which they ended: the same mistake is told in the same words.
        mistakes={place: mistakes[place] for place in rendered if place in mistakes},
    )


def read_objects(files: Mapping[str, bytes]) -> tuple[Mapping[str, object], ...]:
    """Read the objects of rendered files.

    Raises:
        UsageError: `yaml-malformed`, `manifests-too-large`.
    """
    return tuple(RenderedObjects(files))


def _all(estate: Estate, repository: RepositoryName) -> Iterator[tuple[Application, Artifact, InstanceName]]:
    for application in estate.applications.values():
        if application.repository == repository:
            for instance in estate.instances(application.name):
                for artifact in application.artifacts.values():
                    yield application, artifact, instance


def _renderer(trees: Trees, program: Kustomize, cache: Path) -> KustomizeRenderer:
    return KustomizeRenderer(trees=trees, kustomize=program, cache=cache, cache_bytes=_CACHE_BYTES)


def _request(
    commit: CommitId, application: Application, artifact: Artifact, instance: str, reference: str | None
) -> RenderRequest:
    image = artifact.image
    folder = f"{application.name}/{artifact.name.artifact}"
    return RenderRequest(
        commit=commit,
        inputs=(folder, *artifact.shares),
        overlay=f"{folder}/overlays/{instance}",
        namespace=application.namespace(instance),
        image=(image.repository, reference or f"{image.repository}@{SOME_DIGEST}") if image else None,
        image_paths=artifact.image_paths,
    )


def _unknown(name: ArtifactName, why: str) -> UsageError:
    return UsageError(
        "artifact-unknown",
        f"there is no artifact {name} here",
        why=why,
        next_step="name it as application/artifact, and the folder of its manifests repository",
    )
