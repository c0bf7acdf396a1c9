"""Render: find out what a version's configuration renders to in an instance."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from headway.app.desk import Desk
from headway.app.instance_folder import inputs_of, namespace_of, overlay_of
from headway.app.ports import RenderRequest
from headway.domain.errors import HeadwayError, UsageError
from headway.domain.estate import Artifact
from headway.domain.facts import RenderingFound
from headway.domain.gates.images import is_walked
from headway.domain.gates.present import deployed_reference
from headway.domain.names import Cell, TreeId, Version
from headway.domain.plan.actions import Render
from headway.domain.situation.shelf import Rendering

NEUTRAL = b"image.headway.dev/neutral@sha256:" + b"0" * 64
"""Takes the image's place when two renderings are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifested:
    """A version's manifests for one instance, stored in the repository."""

    tree: TreeId
    neutral: TreeId
    """The same with the image made neutral: what two configurations are compared by."""
    reference: str | None
    references: tuple[str, ...]
    images: tuple[str, ...] | None
    """Images beside the artifact's own; None: they were not looked for."""
    image_is_apart: bool


async def render(desk: Desk, action: Render) -> None:
    """Render, and record what came of it; a version that does not render is a fact too."""
    try:
        made = await manifest(desk, action.cell, action.version)
        body = RenderingFound(
            artifact=action.cell.artifact,
            instance=action.cell.instance,
            commit=action.version.commit,
            tree=made.neutral,
            image_is_apart=made.image_is_apart,
            references=made.references,
            images=made.images,
        )
    except UsageError as error:
        body = not_rendered(action.cell, action.version, error)
    await desk.record(desk.fact(body))


def not_rendered(cell: Cell, version: Version, error: HeadwayError) -> RenderingFound:
    """Say in a fact why a version does not render."""
    return RenderingFound(
        artifact=cell.artifact,
        instance=cell.instance,
        commit=version.commit,
        tree=None,
        problem=f"{error.what}: {error.why}",
    )


async def manifest(desk: Desk, cell: Cell, version: Version) -> Manifested:
    """Make a version's manifests for an instance and store them.

    A configuration that was rendered there with another image is not rendered again, if that image stands in
    its manifests only as a whole reference: the version's own takes its place.

    Raises:
        UsageError: the manifests are at fault.
        Transient: the renderer or the repository could not be used.
    """
    environment = desk.environment_of(cell.instance)
    reference = (
        deployed_reference(desk.situation, cell.artifact, version.digest, environment)
        if version.digest is not None
        else None
    )
    known = desk.situation.shelf(cell.artifact).rendering(version, cell.instance)
    if (
        known is not None
        and known.tree is not None
        and reference is not None
        and known.image_is_apart
        and (known.images is not None or not is_walked(desk.situation, cell.artifact))
    ):
        with suppress(UsageError):  # the tree went with a clone that was made anew: it is rendered again
            return await _filled(desk, cell, known, known.tree, reference)
    return await _rendered(desk, cell, version, reference)


async def _filled(desk: Desk, cell: Cell, known: Rendering, neutral: TreeId, reference: str) -> Manifested:
    manifests, _ = desk.repository_of(cell.instance)
    files = await manifests.read_tree(neutral)
    filled = {name: data.replace(NEUTRAL, reference.encode()) for name, data in files.items()}
    return Manifested(
        tree=await manifests.write_folder(filled),
        neutral=neutral,
        reference=reference,
        references=known.references,
        images=known.images,
        image_is_apart=True,
    )


async def _rendered(desk: Desk, cell: Cell, version: Version, reference: str | None) -> Manifested:
    manifests, renderer = desk.repository_of(cell.instance)
    application, name = cell.artifact
    estate = desk.situation.estate
    if estate is None:
        raise AssertionError
    artifact = estate.applications[application].artifacts[name]
    rendered = await renderer.render(
        RenderRequest(
            commit=version.commit,
            inputs=inputs_of(estate, application, name),
            overlay=overlay_of(name, application, cell.instance),
            namespace=namespace_of(estate, cell.instance),
            image=_image(artifact, reference),
            image_paths=artifact.image_paths,
        )
    )
    neutral = _neutral(rendered.files, reference)
    return Manifested(
        tree=await manifests.write_folder(rendered.files),
        neutral=await manifests.write_folder(neutral),
        reference=reference,
        references=tuple(f"{one.kind}/{one.name}" for one in rendered.references),
        images=rendered.images,
        image_is_apart=reference is not None and not _is_named(neutral, reference),
    )


def _is_named(neutral: Mapping[str, bytes], reference: str) -> bool:
    """Say whether a part of the image's name is left in manifests that were made neutral."""
    repository, _, digest = reference.partition("@sha256:")
    # Replacements can copy a part: what begins like the digest is taken for a copy of it.
    parts = (repository.encode(), digest[:7].encode())
    return any(part in data for data in neutral.values() for part in parts)


def _image(artifact: Artifact, reference: str | None) -> tuple[str, str] | None:
    return None if artifact.image is None or reference is None else (artifact.image.repository, reference)


def _neutral(files: Mapping[str, bytes], reference: str | None) -> Mapping[str, bytes]:
    if reference is None:
        return files
    return {name: data.replace(reference.encode(), NEUTRAL) for name, data in files.items()}
