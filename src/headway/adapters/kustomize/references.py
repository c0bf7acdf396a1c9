"""Which objects pod specs name and the rendering does not hold. Pure."""

from collections.abc import Iterator, Sequence

from headway.adapters.kustomize.objects import (
    KubernetesObject,
    kind_of,
    mapping_at,
    mappings_at,
    name_of,
    pod_specs,
)
from headway.app.ports import Reference

_CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def missing_references(objects: Sequence[KubernetesObject]) -> tuple[Reference, ...]:
    """Give what is named and neither held nor optional, sorted."""
    held = {pair for found in objects for pair in _held(found)}
    named = {
        pair for found in objects for _, spec in pod_specs(found) for pair in _named(spec) if pair not in held
    }
    return tuple(Reference(kind=kind, name=name) for kind, name in sorted(named))


def _held(found: KubernetesObject) -> Iterator[tuple[str, str]]:
    """Give the object, and the Secret that a controller makes of it."""
    kind, name = kind_of(found), name_of(found)
    yield kind, name
    target: object = None
    if kind == "ExternalSecret":
        target = mapping_at(found, "spec", "target").get("name") or name
    elif kind == "SealedSecret":
        target = mapping_at(found, "spec", "template", "metadata").get("name") or name
    if isinstance(target, str):
        yield "Secret", target


def _named(spec: KubernetesObject) -> Iterator[tuple[str, str]]:
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if isinstance(account, str) and account != "default":
        yield "ServiceAccount", account
    for pull in mappings_at(spec, "imagePullSecrets"):
        yield from _name("Secret", pull, "name")
    for name in _CONTAINER_LISTS:
        for container in mappings_at(spec, name):
            yield from _from_environment(container)
    for volume in mappings_at(spec, "volumes"):
        yield from _from_volume(volume)


def _from_environment(container: KubernetesObject) -> Iterator[tuple[str, str]]:
    for variable in mappings_at(container, "env"):
        yield from _name("Secret", mapping_at(variable, "valueFrom", "secretKeyRef"), "name")
        yield from _name("ConfigMap", mapping_at(variable, "valueFrom", "configMapKeyRef"), "name")
    for source in mappings_at(container, "envFrom"):
        yield from _name("Secret", mapping_at(source, "secretRef"), "name")
        yield from _name("ConfigMap", mapping_at(source, "configMapRef"), "name")


def _from_volume(volume: KubernetesObject) -> Iterator[tuple[str, str]]:
    yield from _name("Secret", mapping_at(volume, "secret"), "secretName")
    yield from _name("ConfigMap", mapping_at(volume, "configMap"), "name")
    yield from _name("PersistentVolumeClaim", mapping_at(volume, "persistentVolumeClaim"), "claimName")
    for source in mappings_at(volume, "projected", "sources"):
        yield from _name("Secret", mapping_at(source, "secret"), "name")
        yield from _name("ConfigMap", mapping_at(source, "configMap"), "name")


def _name(kind: str, holder: KubernetesObject, key: str) -> Iterator[tuple[str, str]]:
    name = holder.get(key)
    if isinstance(name, str) and name and holder.get("optional") is not True:
        yield kind, name
