"""Judges what Kustomize wrote and splits it into files. Pure.

Invariants: every image in the files is named by digest; no Secret among them holds values; each object has a
file of its own, and the same objects give the same bytes.
"""

import re
from collections.abc import Mapping, Sequence

from headway.adapters.kustomize.objects import (
    KubernetesObject,
    image_places,
    kind_of,
    mapping_at,
    name_of,
)
from headway.adapters.kustomize.references import missing_references
from headway.adapters.kustomize.yaml_text import write_object
from headway.app.bounded_yaml import read_documents
from headway.app.ports import Rendered, RenderRequest
from headway.domain.errors import UsageError

_BY_DIGEST = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")
_ODD = re.compile(r"[^a-z0-9.-]+")


def read_output(output: bytes, request: RenderRequest) -> Rendered:
    """Give the files and references of one rendering.

    Raises:
        UsageError: `image-not-locked`, `secret-with-values`, `object-twice`, `manifests-too-large`,
            `yaml-malformed`, `kustomize-failed` (something is no object), `image-path-malformed`.
    """
    objects = [_object(document.value) for document in read_documents(output, "the rendering")]
    images: set[str] = set()
    for found in objects:
        images |= _lock_images(found, request)
        _refuse_values(found)
    return Rendered(
        files=_split(objects), references=missing_references(objects), images=tuple(sorted(images))
    )


def image_parts(reference: str) -> tuple[str, str]:
    """Split a reference by digest into repository (without tag) and digest.

    Raises:
        UsageError: `image-not-locked`.
    """
    if not _BY_DIGEST.fullmatch(reference):
        raise _not_locked("the request", "image", reference)
    repository, _, digest = reference.partition("@")
    head, colon, tag = repository.rpartition(":")
    return (head if colon and "/" not in tag else repository), digest


def _object(value: object) -> KubernetesObject:
    if not isinstance(value, dict) or not kind_of(value) or not name_of(value):
        raise UsageError(
            "kustomize-failed",
            "the rendering holds what is no Kubernetes object",
            why="it has no kind or no name",
            next_step="give every object a kind and metadata.name",
        )
    return value


def _lock_images(found: KubernetesObject, request: RenderRequest) -> set[str]:
    """See that each image is named by digest; give those that are not the request's own."""
    others: set[str] = set()
    for place in image_places(found, request.image_paths):
        image = place.image
        if request.image is not None and isinstance(image, str) and _repository(image) == request.image[0]:
            # Kustomize knows no places in custom resources; in pod specs it has done the same already.
            place.holder[place.key] = request.image[1]
            continue
        if not isinstance(image, str) or not _BY_DIGEST.fullmatch(image):
            raise _not_locked(f"{kind_of(found)} {name_of(found)}", place.field, image)
        others |= {image} - {request.image[1] if request.image is not None else ""}
    return others


def _repository(image: str) -> str:
    name = image.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return head if colon and "/" not in tag else name


def _not_locked(holder: str, field: str, image: object) -> UsageError:
    return UsageError(
        "image-not-locked",
        f"{holder} names an image without its digest",
        why=f"{field} is {image!r}",
        next_step="name the artifact's own image as application.yaml does, and any other by digest",
    )


def _refuse_values(found: KubernetesObject) -> None:
    if kind_of(found) == "Secret" and (found.get("data") or found.get("stringData")):
        raise UsageError(
            "secret-with-values",
            f"Secret {name_of(found)} holds values",
            why="what is rendered is kept in Git, and no secret's value may be",
            next_step="name a Secret that the engine has, or use an ExternalSecret or SealedSecret",
        )


def _split(objects: Sequence[KubernetesObject]) -> Mapping[str, bytes]:
    files: dict[str, bytes] = {}
    for found in objects:
        _drop_nulls(mapping_at(found, "metadata"))
        file = _ODD.sub("-", f"{kind_of(found)}-{name_of(found)}".lower()) + ".yaml"
        if file in files:
            raise UsageError(
                "object-twice",
                f"the rendering holds two objects for {file}",
                why="files are named by kind and name, without case",
                next_step="rename one of them",
            )
        files[file] = write_object(found)
    return dict(sorted(files.items()))


def _drop_nulls(metadata: KubernetesObject) -> None:
    """Leave out ``creationTimestamp: null``, which generators write and nobody means."""
    for key in [key for key, value in metadata.items() if value is None]:
        del metadata[key]
