"""What the first lock of each instance would hold, and what it would change in what runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headway.app.adoption.survey import Found
from headway.app.bounded_yaml import read_documents
from headway.app.instance_folder import inputs_of, overlay_of
from headway.app.ports import Renderer, RenderRequest
from headway.domain.adoption.difference import Difference, differences
from headway.domain.adoption.live import KubernetesObject
from headway.domain.adoption.parts import images_of
from headway.domain.errors import UsageError
from headway.domain.estate import Artifact, Estate
from headway.domain.gates.present import mapped_repository
from headway.domain.image_name import parse_image_name
from headway.domain.names import CommitId, Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One artifact of a first lock."""

    digest: Digest | None
    reference: str | None
    files: Mapping[str, bytes]
    """Its manifests, one for each object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLock:
    """What an instance would be locked to."""

    found: Found
    entries: Mapping[str, Entry]
    """By artifact."""
    differences: tuple[Difference, ...]
    """What its first commit would change; empty: nothing."""
    problem: UsageError | None = None
    """Why there can be none; None: there can."""


async def first_lock(estate: Estate, found: Found, renderer: Renderer, commit: CommitId) -> FirstLock:
    """Render an instance with the images that it runs, and compare that with what its engine keeps.

    Raises:
        Transient: the renderer could not be run.
    """
    entries: dict[str, Entry] = {}
    try:
        for artifact in _artifacts(estate, found):
            entry = await _entry(estate, found, artifact, renderer, commit)
            if entry is not None:
                entries[artifact.name.artifact] = entry
        objects = [read for entry in entries.values() for read in _objects(entry.files)]
        if twice := _twice(objects):
            raise twice
    except UsageError as error:
        return FirstLock(found=found, entries={}, differences=(), problem=error)
    application = found.application
    changes = differences(application.objects, objects, found.namespace, application.name)
    return FirstLock(found=found, entries=entries, differences=changes)


def _artifacts(estate: Estate, found: Found) -> Sequence[Artifact]:
    name = found.instance.application
    if name not in estate.applications or found.instance not in estate.instances(name):
        raise UsageError(
            "adopt-not-in-estate",
            f"{found.instance} is not in the estate that is there",
            why=f"{name}/application.yaml or its lane does not have it",
            next_step=f"add the instance {found.instance.instance} for {found.application.environment} there",
        )
    return tuple(estate.applications[name].artifacts.values())


async def _entry(
    estate: Estate, found: Found, artifact: Artifact, renderer: Renderer, commit: CommitId
) -> Entry | None:
    """Render one artifact; None: it has no overlay for this instance."""
    application, name = artifact.name
    environment = estate.environments[found.application.environment]
    image: tuple[str, str] | None = None
    digest: Digest | None = None
    if artifact.image is not None:
        there = mapped_repository(artifact.image, environment)
        digest = _running(found, there)
        image = (artifact.image.repository, f"{there}@{digest}") if digest else None
    try:
        rendered = await renderer.render(
            RenderRequest(
                commit=commit,
                inputs=inputs_of(estate, application, name),
                overlay=overlay_of(name, application, found.instance),
                namespace=estate.applications[application].namespace(found.instance.instance),
                image=image,
                image_paths=artifact.image_paths,
            )
        )
    except UsageError as error:
        if error.code == "overlay-missing":
            return None
        raise
    if artifact.image is not None and digest is None:
        raise UsageError(
            "adopt-digest-unclear",
            f"{found.instance} runs no image that is called {mapped_repository(artifact.image, environment)}",
            why=f"{artifact.name} has an overlay there, and application.yaml or the environment's registries "
            "call its image so",
            next_step="call it there as it is called in what runs",
        )
    return Entry(digest=digest, reference=image[1] if image else None, files=rendered.files)


def _running(found: Found, repository: str) -> Digest | None:
    """Give the digest of an image that an instance runs; None: it runs none of that name.

    Raises:
        UsageError: `adopt-digest-unclear`: it runs several, or a tag whose pods are not there.
    """
    named = {
        image
        for one in found.objects
        for image in images_of(one)
        if parse_image_name(image).repository == repository
    }
    digests: set[Digest] = set()
    for image in sorted(named):
        pinned = parse_image_name(image).digest
        running = {pinned} if pinned else set(found.application.running.get(image, ()))
        if not running:
            raise _no_pod(found, image)
        digests |= running
    if len(digests) > 1:
        raise UsageError(
            "adopt-digest-unclear",
            f"{found.instance} runs several versions of {repository}",
            why=f"its pods or manifests have {', '.join(sorted(digests))}",
            next_step="wait until its rollout is through, or give all its workloads one tag, and look again",
        )
    return next(iter(digests), None)


def _no_pod(found: Found, image: str) -> UsageError:
    return UsageError(
        "adopt-digest-unclear",
        f"it is not known which digest {found.instance} runs of {image}",
        why="no pod of it tells, and a tag is no version",
        next_step="pin it by digest in its overlay, or let a pod run, and look again",
    )


def _objects(files: Mapping[str, bytes]) -> list[KubernetesObject]:
    return [
        document.value
        for file, data in files.items()
        for document in read_documents(data, file)
        if isinstance(document.value, dict)
    ]


def _twice(objects: Sequence[KubernetesObject]) -> UsageError | None:
    seen: set[tuple[object, object, object]] = set()
    for one in objects:
        about = one.get("metadata")
        key = (one.get("apiVersion"), one.get("kind"), about.get("name") if isinstance(about, dict) else None)
        if key in seen:
            return UsageError(
                "object-twice",
                f"{key[1]} {key[2]} is in two artifacts",
                why="each is rendered apart, and they would fight over it",
                next_step="take it out of one of the overlays",
            )
        seen.add(key)
    return None
