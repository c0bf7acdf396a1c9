"""Which objects a policy or a binding is for, by the API server's rules. Pure."""

from collections.abc import Iterator

from headway.adapters.policies.documents import Constraints, ResourceRule
from headway.adapters.policies.selectors import Selector
from headway.adapters.policies.targets import Target, label_mapping

_NAMESPACE_NAME = "kubernetes.io/metadata.name"
_EXEMPT = frozenset(
    {
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
    }
)
"""A server never asks policies about these, so that nobody shuts themselves out."""


class Undecided(Exception):
    """Whether the policy is for the object is known in a cluster only."""

    def __init__(self, why: str, suggestion: str, code: str = "object-unjudged") -> None:
        super().__init__(why)
        self.why = why
        self.suggestion = suggestion
        self.code = code


def is_for(constraints: Constraints, target: Target) -> bool:
    """Say whether constraints are for an object.

    Raises:
        Undecided: that depends on what is not known here.
    """
    if target.group == "admissionregistration.k8s.io" and target.key.kind in _EXEMPT:
        return False
    if not _objects(constraints.objects, target):
        return False
    namespaces = _namespaces(constraints.namespaces, target)
    if namespaces is False or _any(constraints.excluded, target, exact=constraints.exact):
        return False
    if constraints.rules and not _any(constraints.rules, target, exact=constraints.exact):
        return False
    if namespaces is None:
        labels = ", ".join(sorted(constraints.namespaces.labels - {_NAMESPACE_NAME}))
        raise Undecided(
            f"namespaceSelector asks for the label {labels}, which is known in a cluster only",
            f"Select namespaces by {_NAMESPACE_NAME}, or objects by objectSelector",
        )
    return True


def _objects(selector: Selector, target: Target) -> bool:
    if not selector.requirements:
        return True
    manifests = [target.manifest] + ([target.earlier] if target.earlier is not None else [])
    return any(selector.holds(label_mapping(one)) for one in manifests)


def _namespaces(selector: Selector, target: Target) -> bool | None:
    """Say whether the namespace is selected; None: it cannot be known."""
    if not target.namespace or not selector.requirements:
        return True
    if target.is_namespace:
        return selector.holds({_NAMESPACE_NAME: target.key.name, **label_mapping(target.manifest)})
    known = Selector(tuple(one for one in selector.requirements if one.label == _NAMESPACE_NAME))
    if not known.holds({_NAMESPACE_NAME: target.namespace}):
        return False
    return True if len(known.requirements) == len(selector.requirements) else None


def _any(rules: tuple[ResourceRule, ...], target: Target, *, exact: bool) -> bool:
    for rule in rules:
        if not _request(rule, target):
            continue
        if _holds(rule.versions, target.version):
            if _resource(rule, target):
                return True
        elif not exact and any(_equivalent(rule, target)) and _resource(rule, target):
            other = next(_equivalent(rule, target))
            raise Undecided(
                f"the policy is for {target.group}/{other}, and a server would convert the object to it",
                f"Write the policy for {target.key.api_version}, or the object in {other}",
            )
    return False


def _holds(wanted: tuple[str, ...], value: str) -> bool:
    return "*" in wanted or value in wanted


def _request(rule: ResourceRule, target: Target) -> bool:
    inside = bool(target.namespace) and not target.is_namespace
    return (
        _holds(rule.groups, target.group)
        and _holds(rule.operations, target.operation)
        and (rule.scope == "*" or (rule.scope == "Namespaced") == inside)
        and (not rule.names or target.key.name in rule.names)
    )


def _resource(rule: ResourceRule, target: Target) -> bool:
    wanted = {one for one in rule.resources if "/" not in one}
    if wanted & {"*"} or "*/*" in rule.resources:
        return True
    if target.resource is None:
        if not wanted:
            return False
        raise Undecided(
            f"the resource of kind {target.key.kind} in {target.key.api_version} is not known, and "
            f"the policy is for {', '.join(sorted(wanted))}",
            "Add the kind's CustomResourceDefinition to what is judged",
            "object-unknown",
        )
    star = f"{target.resource.plural}/*"
    return target.resource.plural in wanted or star in rule.resources


def _equivalent(rule: ResourceRule, target: Target) -> Iterator[str]:
    """Give other versions of the same kind that the rule is for."""
    served = target.resource.versions if target.resource is not None else frozenset()
    return (one for one in rule.versions if one in served and one != target.version)
