"""Standards over several objects of one application in one instance, which no policy can see together. Pure.

A policy of Kubernetes is asked about one object at a time; whether a workload has a NetworkPolicy is said by
another object. These are asked on the desk and at the gate, not by a cluster.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from headway.domain.standards.judgement import Violation
from headway.domain.standards.label_selector import selects
from headway.domain.standards.workload import Workload, fields_at, group_of, in_namespace, workloads_in

NETWORK_POLICY = "network-policy"
"""Who may reach a workload's pods is written down: a NetworkPolicy for ingress selects them."""
DISRUPTION_BUDGET = "disruption-budget"
"""A workload of more than one replica has a PodDisruptionBudget, so that no drain takes all its pods."""
AUTOSCALER = "autoscaler"
"""A workload is scaled by its load, or says why not."""
OWNER = "owner"
"""Each workload says who answers for it."""

NO_AUTOSCALER = "headway.dev/no-autoscaler"
"""The annotation with the reason why a workload is not scaled by its load."""
OWNED_BY = "headway.dev/owner"
"""The label or annotation with the name of who answers for a workload."""

TOGETHER: Mapping[str, str] = {
    AUTOSCALER: "A load that grows makes a service slow, unless it grows as well.",
    DISRUPTION_BUDGET: "Without a budget a drain of nodes may end all pods of a workload at once.",
    NETWORK_POLICY: "Without a policy every pod of the cluster reaches every other.",
    OWNER: "What nobody answers for, nobody mends.",
}
"""The rules by id, each with why a team wants it."""


def judge_together(
    objects: Sequence[Mapping[str, object]], *, namespace: str, owners: Collection[str] | None = None
) -> tuple[Violation, ...]:
    """Judge objects by each other.

    Args:
        objects: all that an application gets in one instance. Of one artifact alone too little may be seen:
            a NetworkPolicy that an artifact of its own brings for all.
        namespace: where objects go that name no namespace.
        owners: who may be named as owner; None: anybody.

    Returns:
        The violations, in the order of the objects.
    """
    seen = _Seen(objects, namespace)
    found: list[Violation] = []
    for workload in workloads_in(objects, namespace):
        for rule, ask in _RULES:
            message = ask(workload, seen)
            if message:
                found.append(Violation(rule=rule, object=workload.key, message=message))
        message = _owner(workload, owners)
        if message:
            found.append(Violation(rule=OWNER, object=workload.key, message=message))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The objects beside a workload."""

    objects: Sequence[Mapping[str, object]]
    namespace: str

    def specs(self, group: str, kind: str, workload: Workload) -> Iterator[Mapping[str, object]]:
        """Give the specs of a kind in the workload's namespace."""
        for one in self.objects:
            key = in_namespace(one, self.namespace)
            if (group_of(key), key.kind, key.namespace) == (group, kind, workload.key.namespace):
                yield fields_at(one, "spec")

    def minimum(self, workload: Workload) -> int | None:
        """Give how many pods its autoscaler keeps at least; None: it has none."""
        kinds = (
            ("autoscaling", "HorizontalPodAutoscaler", "minReplicas", 1),
            ("keda.sh", "ScaledObject", "minReplicaCount", 0),
        )
        for group, kind, field, usual in kinds:
            for spec in self.specs(group, kind, workload):
                target = fields_at(spec, "scaleTargetRef")
                if (target.get("kind", "Deployment"), target.get("name")) == (
                    workload.key.kind,
                    workload.key.name,
                ):
                    least = spec.get(field)
                    return least if isinstance(least, int) else usual
        return None


def _network_policy(workload: Workload, seen: _Seen) -> str:
    for spec in seen.specs("networking.k8s.io", "NetworkPolicy", workload):
        types = spec.get("policyTypes") or ["Ingress"]
        # A missing podSelector is the empty one, which selects all.
        if isinstance(types, list) and "Ingress" in types:
            selector = spec.get("podSelector")
            if selects({} if selector is None else selector, workload.pod_labels):
                return ""
    return (
        "no NetworkPolicy for ingress selects its pods, so every pod of the cluster reaches them. Add one "
        "whose podSelector matches their labels, with those who may"
    )


def _disruption_budget(workload: Workload, seen: _Seen) -> str:
    least = seen.minimum(workload)
    most = workload.replicas if least is None else max(workload.replicas, least)
    if not workload.is_scaled or most < 2:
        return ""
    for spec in seen.specs("policy", "PodDisruptionBudget", workload):
        if selects(spec.get("selector"), workload.pod_labels):
            return ""
    return (
        f"it runs {most} pods and no PodDisruptionBudget selects them, so a drain may end all at once. Add "
        "one with maxUnavailable: 1 whose selector matches their labels"
    )


def _autoscaler(workload: Workload, seen: _Seen) -> str:
    reason = workload.annotations.get(NO_AUTOSCALER)
    stated = isinstance(reason, str) and reason.strip()
    if not workload.is_scaled or stated or seen.minimum(workload) is not None:
        return ""
    return (
        "no autoscaler scales it. Add a HorizontalPodAutoscaler or a ScaledObject that names it, or say why "
        f"not in the annotation {NO_AUTOSCALER}"
    )


def _owner(workload: Workload, owners: Collection[str] | None) -> str:
    named = workload.labels.get(OWNED_BY) or workload.annotations.get(OWNED_BY)
    if not isinstance(named, str) or not named.strip():
        return f"nobody answers for it. Name the team in the label or annotation {OWNED_BY}"
    if owners is not None and named not in owners:
        known = ", ".join(sorted(owners)) or "nobody"
        return f"the owner that {OWNED_BY} names is not known. Known are: {known}"
    return ""


_RULES: tuple[tuple[str, Callable[[Workload, _Seen], str]], ...] = (
    (NETWORK_POLICY, _network_policy),
    (DISRUPTION_BUDGET, _disruption_budget),
    (AUTOSCALER, _autoscaler),
)
