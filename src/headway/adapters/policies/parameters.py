"""Which parameters a binding hands to a policy, out of the documents that were given. Pure."""

from collections.abc import Sequence

from headway.adapters.policies.documents import BindingDocument, PolicyDocument
from headway.adapters.policies.reading import Place
from headway.adapters.policies.resources import BUILT_IN
from headway.adapters.policies.targets import Target, label_mapping
from headway.adapters.policies.values import MapValue


class NotConfigured(Exception):
    """A binding cannot be used for an object; its words are the server's."""


def parameters_of(
    policy: PolicyDocument, binding: BindingDocument | None, target: Target, documents: Sequence[Place]
) -> list[MapValue | None]:
    """Give the parameters to ask with, one after another; None: without any.

    Raises:
        NotConfigured: the binding wants them to be there, or cannot find them.
    """
    reference = binding.parameters if binding is not None else None
    if policy.parameters is None or reference is None:
        return [None]
    candidates = [one.value for one in documents if _is_a(one, policy.parameters)]
    manifests = [one for one in candidates if isinstance(one, dict)]
    group = policy.parameters[0].rpartition("/")[0]
    known = BUILT_IN.get((group, policy.parameters[1]))
    if known is not None and not known.namespaced and reference.namespace:
        raise NotConfigured("paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
    if known is None or known.namespaced:
        wanted = reference.namespace or target.namespace
        if not wanted:
            raise NotConfigured(
                "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
            )
        manifests = [one for one in manifests if _namespace(one) in {wanted, ""}]
    if reference.selector is not None:
        manifests = [one for one in manifests if reference.selector.holds(label_mapping(one))]
    else:
        manifests = [one for one in manifests if _metadata(one).get("name") == reference.name]
    if not manifests and reference.denies_missing:
        raise NotConfigured("no params found for policy binding with `Deny` parameterNotFoundAction")
    return list(manifests)


def _is_a(place: Place, kind: tuple[str, str]) -> bool:
    return (place.at("apiVersion").value, place.at("kind").value) == kind


def _metadata(manifest: MapValue) -> MapValue:
    found = manifest.get("metadata")
    return found if isinstance(found, dict) else {}


def _namespace(manifest: MapValue) -> str:
    return str(_metadata(manifest).get("namespace") or "")
