"""Reads `ValidatingAdmissionPolicy`, `ValidatingAdmissionPolicyBinding` and parameters from documents. Pure.

Fields are those of `admissionregistration.k8s.io/v1`; one that Kubernetes has not is a mistake, since a word
misspelt would make a policy that is for nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from headway.adapters.policies.reading import Place
from headway.adapters.policies.selectors import Selector, read_selector

API_VERSION = "admissionregistration.k8s.io/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRule:
    """Which requests a policy is for; ``*`` is anything."""

    groups: tuple[str, ...]
    versions: tuple[str, ...]
    resources: tuple[str, ...]
    operations: tuple[str, ...]
    scope: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """Which objects a policy or a binding is for."""

    rules: tuple[ResourceRule, ...] = ()
    excluded: tuple[ResourceRule, ...] = ()
    namespaces: Selector = field(default_factory=Selector)
    objects: Selector = field(default_factory=Selector)
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """One thing that must hold."""

    expression: Place
    message: str
    message_expression: Place
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A policy as it is written."""

    name: str
    place: Place
    parameters: tuple[str, str] | None
    """The apiVersion and kind of its parameters."""
    constraints: Constraints
    conditions: tuple[tuple[str, Place], ...]
    variables: tuple[tuple[str, Place], ...]
    validations: tuple[Validation, ...]
    audits: tuple[Place, ...]
    ignores_failures: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterReference:
    """Which parameters a binding hands to a policy: by name, or by labels."""

    name: str
    namespace: str
    selector: Selector | None
    denies_missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingDocument:
    """Where a policy is in force, and with which parameters."""

    name: str
    place: Place
    policy: str
    parameters: ParameterReference | None
    constraints: Constraints


def _named(place: Place) -> str:
    place.at("metadata").fields("name", "labels", "annotations")
    return place.at("metadata", "name").text()


def _rules(place: Place) -> tuple[ResourceRule, ...]:
    found = []
    for one in place.items():
        one.fields("apiGroups", "apiVersions", "resources", "operations", "scope", "resourceNames")
        for name in ("apiGroups", "apiVersions", "resources", "operations"):
            if not one.at(name).texts():
                raise one.at(name).refuse(f"{name} is empty", "List what it is for, or *")
        for operation in one.at("operations").items():
            operation.text("CREATE", "UPDATE", "DELETE", "CONNECT", "*")
        found.append(
            ResourceRule(
                groups=one.at("apiGroups").texts(),
                versions=one.at("apiVersions").texts(),
                resources=one.at("resources").texts(),
                operations=one.at("operations").texts(),
                scope=one.at("scope").text("Cluster", "Namespaced", "*", default="*"),
                names=one.at("resourceNames").texts(),
            )
        )
    return tuple(found)


def _constraints(place: Place) -> Constraints:
    if not place.there:
        return Constraints()
    place.fields(
        "resourceRules", "excludeResourceRules", "namespaceSelector", "objectSelector", "matchPolicy"
    )
    return Constraints(
        rules=_rules(place.at("resourceRules")),
        excluded=_rules(place.at("excludeResourceRules")),
        namespaces=read_selector(place.at("namespaceSelector")),
        objects=read_selector(place.at("objectSelector")),
        exact=place.at("matchPolicy").text("Equivalent", "Exact", default="Equivalent") == "Exact",
    )


def _validation(place: Place) -> Validation:
    place.fields("expression", "message", "messageExpression", "reason")
    place.at("expression").text()
    message = place.at("message")
    if message.there and "\n" in message.text().strip():
        raise message.refuse("a message is one line", "Write it in one line, with > and not with |")
    return Validation(
        expression=place.at("expression"),
        message=message.text(default=""),
        message_expression=place.at("messageExpression"),
        reason=place.at("reason").text(
            "Unauthorized", "Forbidden", "Invalid", "RequestEntityTooLarge", default="Invalid"
        ),
    )


def _expressions(place: Place, key: str = "expression") -> tuple[tuple[str, Place], ...]:
    found: list[tuple[str, Place]] = []
    for one in place.items():
        one.fields("name", key)
        one.at(key).text()
        name = one.at("name").text()
        if any(name == other for other, _ in found):
            raise one.at("name").refuse(f"{name!r} stands here a second time", "Give each its own name")
        found.append((name, one.at(key)))
    return tuple(found)


def read_policy(place: Place) -> PolicyDocument:
    """Read a policy.

    Raises:
        Unreadable: it is not written as Kubernetes wants it.
    """
    place.fields("apiVersion", "kind", "metadata", "spec", "status")
    place.policy = name = _named(place)
    spec = place.at("spec").fields(
        "failurePolicy",
        "paramKind",
        "matchConstraints",
        "matchConditions",
        "variables",
        "validations",
        "auditAnnotations",
    )
    kind = spec.at("paramKind")
    if kind.there:
        kind.fields("apiVersion", "kind")
    constraints = _constraints(spec.at("matchConstraints"))
    if not constraints.rules:
        raise spec.at("matchConstraints").refuse("it is for no resources", "List them in resourceRules")
    audits = tuple(one.fields("key", "valueExpression") for one in spec.at("auditAnnotations").items())
    validations = tuple(_validation(one) for one in spec.at("validations").items())
    if not validations and not audits:
        raise spec.refuse("it has no validations", "Say in spec.validations what must hold")
    return PolicyDocument(
        name=name,
        place=place,
        parameters=(kind.at("apiVersion").text(), kind.at("kind").text()) if kind.there else None,
        constraints=constraints,
        conditions=_expressions(spec.at("matchConditions")),
        variables=_expressions(spec.at("variables")),
        validations=validations,
        audits=audits,
        ignores_failures=spec.at("failurePolicy").text("Fail", "Ignore", default="Fail") == "Ignore",
    )


def _reference(place: Place) -> ParameterReference | None:
    if not place.there:
        return None
    place.fields("name", "namespace", "selector", "parameterNotFoundAction")
    name, selector = place.at("name"), place.at("selector")
    if name.there == selector.there:
        raise place.refuse("it names parameters by name or by selector", "Write exactly one of the two")
    return ParameterReference(
        name=name.text(default=""),
        namespace=place.at("namespace").text(default=""),
        selector=read_selector(selector) if selector.there else None,
        denies_missing=place.at("parameterNotFoundAction").text("Allow", "Deny") == "Deny",
    )


def read_binding(place: Place) -> BindingDocument:
    """Read a binding.

    Raises:
        Unreadable: it is not written as Kubernetes wants it.
    """
    place.fields("apiVersion", "kind", "metadata", "spec")
    name = _named(place)
    spec = place.at("spec").fields("policyName", "paramRef", "matchResources", "validationActions")
    place.policy = policy = spec.at("policyName").text()
    return BindingDocument(
        name=name,
        place=place,
        policy=policy,
        parameters=_reference(spec.at("paramRef")),
        constraints=_constraints(spec.at("matchResources")),
    )


def labels_of(manifest: Mapping[str, object]) -> Mapping[str, str]:
    """Give an object's labels."""
    metadata = manifest.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return labels if isinstance(labels, dict) else {}
