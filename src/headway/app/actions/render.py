"""Render: find out what a version's configuration renders to in an instance."""

from collections.abc import Mapping
from dataclasses import dataclass

from headway.app.desk import Desk
from headway.app.instance_folder import inputs_of, namespace_of, overlay_of
from headway.app.ports import RenderRequest
from headway.domain.errors import HeadwayError, UsageError
from headway.domain.estate import Artifact
from headway.domain.facts import RenderingFound
from headway.domain.gates.present import deployed_reference
from headway.domain.names import Cell, TreeId, Version
from headway.domain.plan.actions import Render

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


async def render(desk: Desk, action: Render) -> None:
    """Render, and record what came of it; a version that does not render is a fact too."""
    try:
        made = await manifest(desk, action.cell, action.version)
        body = RenderingFound(
            artifact=action.cell.artifact,
            instance=action.cell.instance,
            commit=action.version.commit,
            tree=made.neutral,
            references=made.references,
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
    """Render a version for an instance and store its manifests.

    Raises:
        UsageError: the manifests are at fault.
        Transient: the renderer or the repository could not be used.
    """
    manifests, renderer = desk.repository_of(cell.instance)
    estate = desk.situation.estate
    environment = desk.environment_of(cell.instance)
    if estate is None:
        raise AssertionError
    application, name = cell.artifact
    artifact = estate.applications[application].artifacts[name]
    reference = (
        deployed_reference(desk.situation, cell.artifact, version.digest, environment)
        if version.digest is not None
        else None
    )
    rendered = await renderer.render(
        RenderRequest(
            commit=version.commit,
            inputs=inputs_of(estate, application, name),
            overlay=overlay_of(name, application, cell.instance),
            namespace=namespace_of(cell.instance),
            image=_image(artifact, reference),
            image_paths=artifact.image_paths,
        )
    )
    return Manifested(
        tree=await manifests.write_folder(rendered.files),
        neutral=await manifests.write_folder(_neutral(rendered.files, reference)),
        reference=reference,
        references=tuple(f"{one.kind}/{one.name}" for one in rendered.references),
    )


def _image(artifact: Artifact, reference: str | None) -> tuple[str, str] | None:
    return None if artifact.image is None or reference is None else (artifact.image.repository, reference)


def _neutral(files: Mapping[str, bytes], reference: str | None) -> Mapping[str, bytes]:
    if reference is None:
        return files
    return {name: data.replace(reference.encode(), NEUTRAL) for name, data in files.items()}
