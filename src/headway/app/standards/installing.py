"""What puts an estate's policies in force in one environment's cluster: documents for its API server. Pure.

Invariants: a policy binds only in namespaces of the environment's instances, and only what belongs into a
namespace; where a waiver is in force it warns and denies nothing; what is said about Git alone stays out.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from headway.app.standards.judging import environment_of
from headway.domain.estate import Estate
from headway.domain.names import EnvironmentName, InstanceName
from headway.domain.standards.action import Action
from headway.domain.standards.waiver import WaiverState

POLICY, BINDING = "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"
MANAGED_BY = ("app.kubernetes.io/managed-by", "headway")
ENVIRONMENT = "headway.dev/environment"
PLACE, GIT = "headway.dev/place", "git"
_NAME = "kubernetes.io/metadata.name"
_API = "admissionregistration.k8s.io/v1"
_ANYTHING = {
    "apiGroups": ["*"],
    "apiVersions": ["*"],
    "operations": ["*"],
    "resources": ["*/*"],
}

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What goes into one cluster."""

    environment: EnvironmentName
    namespaces: tuple[str, ...]
    """Where it is in force."""
    documents: tuple[Manifest, ...]
    """In the order in which they are applied: parameters, policies, bindings."""
    rules: tuple[str, ...]
    left_out: tuple[str, ...]
    """What is not installed, or not as it stands, and why; a line each."""


def plan_installation(
    estate: Estate,
    environment: EnvironmentName,
    documents: Iterable[object],
    usable: Collection[str],
    *,
    action: Action | None,
    now: datetime,
) -> Installation:
    """Say what is to be installed.

    Args:
        estate: what is asked for, and waived.
        environment: one of its environments.
        documents: the policies, bindings and parameters, as they are written.
        usable: the policies that could be compiled.
        action: what all bindings do; None: what each says itself, else deny.
        now: the present instant, with its time zone.
    """
    found = [deepcopy(one) for one in documents if isinstance(one, dict)]
    policies = {_name(one): one for one in found if one.get("kind") == POLICY}
    chosen = {rule: one for rule, one in policies.items() if rule in usable and not _is_about_git(one)}
    instances = instances_in(estate, environment)
    namespaces = {estate.applications[one.application].namespace(one.instance): one for one in instances}
    scope = _Scope(estate, environment, namespaces, action, now)
    bindings = [one for one in found if one.get("kind") == BINDING]
    bound: list[Manifest] = []
    for rule in sorted(chosen) if namespaces else ():
        own = [one for one in bindings if one.get("spec", {}).get("policyName") == rule]
        for binding in own or [_plain_binding(rule)]:
            bound += scope.bindings(binding)
    parameters = [one for one in found if one.get("kind") not in {POLICY, BINDING}]
    return Installation(
        environment=environment,
        namespaces=tuple(sorted(namespaces)),
        documents=(
            *_namespaces_of(parameters),
            *(_ours(one) for one in parameters),
            *(_ours(chosen[rule]) for rule in sorted(chosen)),
            *bound,
        ),
        rules=tuple(sorted(chosen)),
        left_out=(*_left_out(policies, usable), *scope.remarks),
    )


def instances_in(estate: Estate, environment: EnvironmentName) -> tuple[InstanceName, ...]:
    """Give the instances that run in an environment."""
    return tuple(
        instance
        for application in estate.applications
        for instance in estate.instances(application)
        if environment_of(estate, instance) == environment
    )


class _Scope:
    """Narrows bindings to the environment, and notes what is odd about that."""

    def __init__(
        self,
        estate: Estate,
        environment: EnvironmentName,
        namespaces: Mapping[str, InstanceName],
        action: Action | None,
        now: datetime,
    ) -> None:
        self._estate = estate
        self._environment = environment
        self._namespaces = namespaces
        self._action = action
        self._now = now
        self.remarks: list[str] = []

    def bindings(self, binding: Manifest) -> Iterator[Manifest]:
        """Give a binding as it is installed, and one that warns where a waiver is in force."""
        rule = binding["spec"]["policyName"]
        waived = self._waived(rule)
        strict = [one for one in sorted(self._namespaces) if one not in waived]
        if strict:
            yield self._narrowed(binding, strict, suffix="", actions=self._actions(binding))
        if waived:
            yield self._narrowed(binding, sorted(waived), suffix=".waived", actions=["Warn"])
            self.remarks.append(
                f"{rule}: it only warns in {', '.join(sorted(waived))}, where a waiver is in force"
            )

    def _waived(self, rule: str) -> set[str]:
        """Give the namespaces with a waiver: a cluster knows no artifact, so there it is wider."""
        waivers = [
            one
            for one in self._estate.waivers
            if one.rule == rule and one.state(self._now) is not WaiverState.ENDED
        ]
        return {
            namespace
            for namespace, instance in self._namespaces.items()
            if any(
                fnmatchcase(instance.application, one.scope.application)
                and fnmatchcase(instance.instance, one.scope.instance)
                for one in waivers
            )
        }

    def _actions(self, binding: Manifest) -> list[str]:
        if self._action is not None:
            return [self._action.capitalize()]
        return list(binding["spec"].get("validationActions") or ["Deny"])

    def _narrowed(
        self, binding: Manifest, namespaces: Sequence[str], *, suffix: str, actions: list[str]
    ) -> Manifest:
        spec = deepcopy(binding["spec"])
        match = spec.setdefault("matchResources", {})
        selector = match.setdefault("namespaceSelector", {})
        wanted = {"key": _NAME, "operator": "In", "values": list(namespaces)}
        selector["matchExpressions"] = [*(selector.get("matchExpressions") or []), wanted]
        # What belongs to no namespace meets every selector of them: the whole cluster's would be judged.
        rules = match.get("resourceRules") or [_ANYTHING]
        match["resourceRules"] = [{**one, "scope": "Namespaced"} for one in rules]
        spec["validationActions"] = actions
        name = f"{_name(binding)}.{self._environment}{suffix}"
        metadata = {**binding.get("metadata", {}), "name": name}
        narrowed = {"apiVersion": _API, "kind": BINDING, "metadata": metadata, "spec": spec}
        return _ours(narrowed, {ENVIRONMENT: str(self._environment)})


def _name(manifest: Manifest) -> str:
    return str((manifest.get("metadata") or {}).get("name"))


def _is_about_git(policy: Manifest) -> bool:
    return (policy["metadata"].get("annotations") or {}).get(PLACE) == GIT


def _plain_binding(rule: str) -> Manifest:
    return {"metadata": {"name": rule}, "spec": {"policyName": rule}}


def _ours(manifest: Manifest, labels: Mapping[str, str] | None = None) -> Manifest:
    metadata = dict(manifest.get("metadata") or {})
    metadata["labels"] = {**(metadata.get("labels") or {}), MANAGED_BY[0]: MANAGED_BY[1], **(labels or {})}
    return {**manifest, "metadata": metadata}


def _namespaces_of(parameters: Iterable[Manifest]) -> Iterator[Manifest]:
    """Give the namespaces that parameters stand in; they get no label, and are never removed."""
    names = {str(space) for one in parameters if (space := (one.get("metadata") or {}).get("namespace"))}
    for name in sorted(names):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _left_out(policies: Mapping[str, Manifest], usable: Collection[str]) -> Iterator[str]:
    for rule, policy in sorted(policies.items()):
        if rule not in usable:
            yield f"{rule}: it cannot be used; `headway check` says why"
        elif _is_about_git(policy):
            yield f"{rule}: it is about what stands in Git, and controllers would break it all day"
