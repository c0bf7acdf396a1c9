"""What stands in Kubernetes objects: pod specs, images and the names that they refer to. Pure."""

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import cast

from headway.domain.errors import UsageError

KubernetesObject = dict[str, object]
_CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")
_STEP = re.compile(r"([A-Za-z0-9_-]+)((?:\[\])*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlace:
    """One place where an image's name stands."""

    field: str
    """``spec.template.spec.containers[0].image``."""
    holder: MutableMapping[str, object]
    key: str

    @property
    def image(self) -> object:
        """What stands there."""
        return self.holder[self.key]


def kind_of(found: Mapping[str, object]) -> str:
    """Give an object's kind; empty: it has none."""
    kind = found.get("kind")
    return kind if isinstance(kind, str) else ""


def name_of(found: Mapping[str, object]) -> str:
    """Give an object's name; empty: it has none."""
    name = mapping_at(found, "metadata").get("name")
    return name if isinstance(name, str) else ""


def mapping_at(found: object, *path: str) -> KubernetesObject:
    """Give the mapping at a path of keys; empty when there is none."""
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def mappings_at(found: object, *path: str) -> list[KubernetesObject]:
    """Give the mappings of the list at a path of keys; empty when there is none."""
    listed = mapping_at(found, *path[:-1]).get(path[-1])
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def pod_specs(found: object, field: str = "") -> Iterator[tuple[str, KubernetesObject]]:
    """Give every pod spec in an object, wherever it stands, by its field: what has a list of containers."""
    if isinstance(found, dict):
        if any(mappings_at(found, name) for name in _CONTAINER_LISTS):
            yield field, found
        for key, below in found.items():
            yield from pod_specs(below, f"{field}.{key}" if field else str(key))
    elif isinstance(found, list):
        for number, item in enumerate(found):
            yield from pod_specs(item, f"{field}[{number}]")


def image_places(found: KubernetesObject, image_paths: Sequence[str]) -> Iterator[ImagePlace]:
    """Give every place of an image: in pod specs, and at the declared places of its kind."""
    for field, spec in pod_specs(found):
        for name in _CONTAINER_LISTS:
            for number, container in enumerate(cast(list[object], spec.get(name) or [])):
                if isinstance(container, dict) and "image" in container:
                    yield ImagePlace(field=f"{field}.{name}[{number}].image", holder=container, key="image")
        for number, volume in enumerate(mappings_at(spec, "volumes")):
            if isinstance(source := volume.get("image"), dict) and "reference" in source:
                where = f"{field}.volumes[{number}].image.reference"
                yield ImagePlace(field=where, holder=source, key="reference")
    for declared in image_paths:
        kind, _, path = declared.partition(":")
        if kind == kind_of(found):
            yield from _declared(found, _steps(declared, path), "")


def _declared(found: object, steps: Sequence[str], field: str) -> Iterator[ImagePlace]:
    step, rest = steps[0], steps[1:]
    if step == "[]":
        for number, item in enumerate(found if isinstance(found, list) else []):
            yield from _declared(item, rest, f"{field}[{number}]")
    elif isinstance(found, dict) and step in found:
        where = f"{field}.{step}" if field else step
        if rest:
            yield from _declared(found[step], rest, where)
        else:
            yield ImagePlace(field=where, holder=found, key=step)


def _steps(declared: str, path: str) -> list[str]:
    steps: list[str] = []
    for part in path.split("."):
        matched = _STEP.fullmatch(part)
        if matched is None:
            break
        steps += [matched.group(1), *["[]"] * (len(matched.group(2)) // 2)]
    else:
        if steps[-1] != "[]":
            return steps
    raise UsageError(
        "image-path-malformed",
        f"{declared!r} does not name the place of an image",
        why="it is a kind, a colon, and names with dots between, [] after a list, a name at the end",
        next_step="write it like Workflow:spec.templates[].container.image",
    )
