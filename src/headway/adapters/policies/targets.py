"""An object as a request to the API would carry it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from headway.adapters.policies.defaults import with_defaults
from headway.adapters.policies.resources import Resource, Resources
from headway.adapters.policies.values import EvaluationError, MapValue
from headway.app.ports import Subject
from headway.domain.standards import ObjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An object that is judged, with what its request would say."""

    key: ObjectKey
    group: str
    version: str
    resource: Resource | None
    """None: its kind's place in the API is not known."""
    manifest: MapValue
    earlier: MapValue | None

    @property
    def operation(self) -> str:
        """What the request would do."""
        return "CREATE" if self.earlier is None else "UPDATE"

    @property
    def namespace(self) -> str:
        """The namespace that the request is for; a namespace's own request is for itself."""
        return self.key.name if self.is_namespace else self.key.namespace

    @property
    def is_namespace(self) -> bool:
        """It is a namespace itself."""
        return self.key.kind == "Namespace" and not self.group

    def request(self) -> MapValue:
        """Give what expressions see as `request`.

        Raises:
            EvaluationError: the kind's place in the API is not known.
        """
        if self.resource is None:
            raise EvaluationError(
                f"the resource of kind {self.key.kind} in {self.key.api_version} is not known"
            )
        kind = {"group": self.group, "version": self.version, "kind": self.key.kind}
        resource = {"group": self.group, "version": self.version, "resource": self.resource.plural}
        return {
            "kind": kind,
            "resource": resource,
            "requestKind": kind,
            "requestResource": resource,
            "name": self.key.name,
            "operation": self.operation,
            **({"namespace": self.namespace} if self.namespace else {}),
        }


def target_of(subject: Subject, resources: Resources, namespace: str) -> Target:
    """Give an object as its request would carry it, with the defaults that a server adds."""
    manifest = subject.manifest
    api_version, kind = str(manifest.get("apiVersion", "")), str(manifest.get("kind", ""))
    group, _, version = api_version.rpartition("/")
    resource = resources.get((group, kind))
    metadata = manifest.get("metadata")
    fields = metadata if isinstance(metadata, dict) else {}
    own = str(fields.get("namespace") or "")
    inside = own or namespace if resource is None or resource.namespaced else ""
    return Target(
        key=ObjectKey(
            api_version=api_version, kind=kind, namespace=inside, name=str(fields.get("name") or "")
        ),
        group=group,
        version=version,
        resource=resource,
        manifest=with_defaults(manifest, inside),
        earlier=with_defaults(subject.earlier, inside) if subject.earlier is not None else None,
    )


def namespace_object(target: Target) -> MapValue | None:
    """Give what expressions see as `namespaceObject`; None: the object is in no namespace."""
    if target.is_namespace or not target.key.namespace:
        return None
    return {"metadata": {"name": target.key.namespace}}


def label_mapping(manifest: Mapping[object, object] | None) -> Mapping[str, str]:
    """Give an object's labels."""
    metadata = (manifest or {}).get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return labels if isinstance(labels, dict) else {}
