"""How the objects of one Application fall into artifacts: one for each image that its workloads are about.

A workload is about the image of its first container (or the one that it calls its default); its other images
are companions. What no workload is about goes with the one that it belongs to by selector or by name, and
else into an artifact of plain configuration.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from headway.domain.adoption.live import KubernetesObject
from headway.domain.adoption.place import label_of
from headway.domain.image_name import parse_image_name

Key = tuple[str, str, str]
"""Group, kind and name."""
COMMON = "common"
"""The artifact of what belongs to several images, or to none."""
_DEFAULT = "kubectl.kubernetes.io/default-container"
_LISTS = ("containers", "initContainers", "ephemeralContainers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one artifact would be in one instance."""

    name: str
    image: str | None
    """The name of the image that it follows, as manifests have it; None: plain configuration."""
    members: frozenset[Key]
    companions: tuple[str, ...] = ()
    """Other images of its pods, as manifests name them: they change by commit."""


def key_of(found: KubernetesObject) -> Key:
    """Give what an object is known by."""
    group = str(found.get("apiVersion", "")).rpartition("/")[0]
    return group, str(found.get("kind", "")), str(_inner(found, "metadata").get("name", ""))


def parts_of(application: str, objects: Sequence[KubernetesObject]) -> tuple[Part, ...]:
    """Split an Application's objects by the images that its workloads are about, sorted by name."""
    repositories = main_repositories(objects)
    if len(repositories) < 2:
        return (together(application, objects, repositories[0] if repositories else None),)
    names = _names(repositories)
    about: dict[str, list[KubernetesObject]] = {name: [] for name in names.values()}
    others: list[KubernetesObject] = []
    for one in objects:
        image = _main_image(one)
        (about[names[parse_image_name(image).repository]] if image else others).append(one)
    members = {name: {key_of(one) for one in workloads} for name, workloads in about.items()}
    for one in others:
        owners = [name for name, workloads in about.items() if any(_belongs(one, to) for to in workloads)]
        members.setdefault(owners[0] if len(owners) == 1 else COMMON, set()).add(key_of(one))
    follows = {name: repository for repository, name in names.items()}
    return tuple(_part(name, follows.get(name), keys, objects) for name, keys in sorted(members.items()))


def together(application: str, objects: Sequence[KubernetesObject], repository: str | None) -> Part:
    """Give all objects as one artifact that follows one image; the others are its companions."""
    name = _names([repository])[repository] if repository else application
    return _part(name, repository, {key_of(one) for one in objects}, objects)


def rest_of(application: str, parts: Sequence[Part]) -> Part:
    """Give the artifact that takes what is new in a shared folder: nothing there may be nobody's."""
    by_name = {part.name: part for part in parts}
    return by_name.get(COMMON) or by_name.get(application) or parts[0]


def main_repositories(objects: Sequence[KubernetesObject]) -> tuple[str, ...]:
    """Give the repositories that workloads are about, sorted."""
    found = (image for one in objects if (image := _main_image(one)) is not None)
    return tuple(sorted({parse_image_name(image).repository for image in found}))


def images_of(found: KubernetesObject) -> Iterator[str]:
    """Give every image that an object's pods run."""
    for spec in _pod_specs(found):
        for name in _LISTS:
            for container in _mappings(spec, name):
                if isinstance(image := container.get("image"), str):
                    yield image


def _part(name: str, repository: str | None, members: set[Key], objects: Sequence[KubernetesObject]) -> Part:
    images = [image for one in objects if key_of(one) in members for image in images_of(one)]
    own = sorted({image for image in images if parse_image_name(image).repository == repository})
    others = sorted({image for image in images if parse_image_name(image).repository != repository})
    return Part(
        name=name, image=own[0] if own else None, members=frozenset(members), companions=tuple(others)
    )


def _names(repositories: Sequence[str]) -> dict[str, str]:
    """Name artifacts by the last part of their image's path; by more of it where two would be the same."""
    names: dict[str, str] = {}
    for repository in repositories:
        parts = repository.split("/")
        length = 1
        while length < len(parts) and any(
            other != repository and other.split("/")[-length:] == parts[-length:] for other in repositories
        ):
            length += 1
        name = label_of("-".join(parts[-length:])) or "app"
        while name in names.values():
            name = f"{name[:60]}-2"
        names[repository] = name
    return names


def _main_image(found: KubernetesObject) -> str | None:
    for spec in _pod_specs(found):
        notes = _inner(_inner(_inner(_inner(found, "spec"), "template"), "metadata"), "annotations")
        containers = _mappings(spec, "containers")
        named = [one for one in containers if one.get("name") == notes.get(_DEFAULT)]
        for container in (*named, *containers):
            if isinstance(image := container.get("image"), str):
                return image
    return None


def _belongs(found: KubernetesObject, workload: KubernetesObject) -> bool:
    """Say whether an object is for a workload: it selects its pods, scales it, or its pods name it."""
    kind, name = str(found.get("kind")), str(_inner(found, "metadata").get("name"))
    spec = _inner(found, "spec")
    target = _inner(spec, "scaleTargetRef")
    if target:
        about = _inner(workload, "metadata").get("name")
        return (target.get("kind"), target.get("name")) == (workload.get("kind"), about)
    selector = _inner(spec, "selector")
    wanted = _inner(selector, "matchLabels") or (selector if "matchExpressions" not in selector else {})
    if wanted:
        labels = _inner(_inner(_inner(_inner(workload, "spec"), "template"), "metadata"), "labels")
        return all(labels.get(key) == value for key, value in wanted.items())
    return any((kind, name) in set(_named(pod)) for pod in _pod_specs(workload))


def _named(found: object) -> Iterator[tuple[str, str]]:
    """Give what a pod spec names: accounts, configuration, secrets, claims."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            kind, inner = _NAMES.get(str(key), (None, None))
            if kind is not None:
                name = value.get(inner) if inner and isinstance(value, Mapping) else value
                if isinstance(name, str):
                    yield kind, name
            yield from _named(value)
    elif isinstance(found, list):
        for one in found:
            yield from _named(one)


_NAMES: Mapping[str, tuple[str, str | None]] = {
    "serviceAccountName": ("ServiceAccount", None),
    "configMap": ("ConfigMap", "name"),
    "configMapRef": ("ConfigMap", "name"),
    "configMapKeyRef": ("ConfigMap", "name"),
    "secret": ("Secret", "secretName"),
    "secretRef": ("Secret", "name"),
    "secretKeyRef": ("Secret", "name"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
}
"""By the field of a pod spec: the kind that it names, and where the name stands (None: it is the value)."""


def _pod_specs(found: object) -> Iterator[KubernetesObject]:
    if isinstance(found, Mapping):
        if _mappings(found, "containers"):
            yield found
        for below in found.values():
            yield from _pod_specs(below)
    elif isinstance(found, list):
        for item in found:
            yield from _pod_specs(item)


def _inner(found: object, key: str) -> Mapping[str, object]:
    value = found.get(key) if isinstance(found, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _mappings(found: object, key: str) -> list[Mapping[str, object]]:
    value = found.get(key) if isinstance(found, Mapping) else None
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
