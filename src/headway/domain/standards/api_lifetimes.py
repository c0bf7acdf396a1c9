"""When Kubernetes' API versions were deprecated and removed, and what takes their place.

Facts that schemas cannot tell: those of a version say what it serves, not since when something is
deprecated, and there are none of versions before 1.25. Source: Kubernetes' Deprecated API Migration Guide
and the warnings of its API server, as of `AS_OF`. Of what is not here the schemas of later versions tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from headway.domain.kubernetes_version import KubernetesVersion

AS_OF = date(2026, 11, 25)
"""When the table was last held against its sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiLifetime:
    """The end of one kind in one API version."""

    api_version: str
    kind: str
    deprecated: KubernetesVersion | None = None
    """None: not told apart from its removal."""
    removed: KubernetesVersion | None = None
    """The first version that serves it no more; None: no removal is planned."""
    instead: str
    """What to do."""


def lifetime_of(api_version: str, kind: str) -> ApiLifetime | None:
    """Give what is known of an API's end; None: nothing."""
    return _LIFETIMES.get((api_version, kind))


def all_lifetimes() -> tuple[ApiLifetime, ...]:
    """Give the whole table."""
    return tuple(_LIFETIMES.values())


def _gone(
    removed: int, api_version: str, kinds: str, instead: str, *, deprecated: int | None = None
) -> Iterator[ApiLifetime]:
    for kind in kinds.split():
        yield ApiLifetime(
            api_version=api_version,
            kind=kind,
            deprecated=KubernetesVersion(1, deprecated) if deprecated else None,
            removed=KubernetesVersion(1, removed),
            instead=instead if " " in instead else f"Write apiVersion: {instead}",
        )


_WORKLOADS = "Deployment DaemonSet ReplicaSet StatefulSet"
_ROLES = "Role ClusterRole RoleBinding ClusterRoleBinding"
_FLOW = "FlowSchema PriorityLevelConfiguration"
_NO_SECURITY_POLICIES = (
    "Nothing takes its place: label namespaces for Pod Security Admission, or write an admission policy"
)

_LIFETIMES = {
    (one.api_version, one.kind): one
    for one in (
        *_gone(16, "extensions/v1beta1", "Deployment DaemonSet ReplicaSet", "apps/v1"),
        *_gone(16, "extensions/v1beta1", "NetworkPolicy", "networking.k8s.io/v1"),
        *_gone(16, "extensions/v1beta1", "PodSecurityPolicy", _NO_SECURITY_POLICIES),
        *_gone(16, "apps/v1beta1", "Deployment StatefulSet ControllerRevision", "apps/v1"),
        *_gone(16, "apps/v1beta2", f"{_WORKLOADS} ControllerRevision", "apps/v1"),
        *_gone(22, "extensions/v1beta1", "Ingress", "networking.k8s.io/v1"),
        *_gone(22, "networking.k8s.io/v1beta1", "Ingress IngressClass", "networking.k8s.io/v1"),
        *_gone(
            22,
            "admissionregistration.k8s.io/v1beta1",
            "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
            "admissionregistration.k8s.io/v1",
        ),
        *_gone(22, "apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "apiextensions.k8s.io/v1"),
        *_gone(22, "apiregistration.k8s.io/v1beta1", "APIService", "apiregistration.k8s.io/v1"),
        *_gone(22, "certificates.k8s.io/v1beta1", "CertificateSigningRequest", "certificates.k8s.io/v1"),
        *_gone(22, "coordination.k8s.io/v1beta1", "Lease", "coordination.k8s.io/v1"),
        *_gone(22, "rbac.authorization.k8s.io/v1beta1", _ROLES, "rbac.authorization.k8s.io/v1"),
        *_gone(22, "scheduling.k8s.io/v1beta1", "PriorityClass", "scheduling.k8s.io/v1"),
        *_gone(
            22,
            "storage.k8s.io/v1beta1",
            "CSIDriver CSINode StorageClass VolumeAttachment",
            "storage.k8s.io/v1",
        ),
        *_gone(23, "rbac.authorization.k8s.io/v1alpha1", _ROLES, "rbac.authorization.k8s.io/v1"),
        *_gone(23, "scheduling.k8s.io/v1alpha1", "PriorityClass", "scheduling.k8s.io/v1"),
        *_gone(25, "batch/v1beta1", "CronJob", "batch/v1"),
        *_gone(25, "discovery.k8s.io/v1beta1", "EndpointSlice", "discovery.k8s.io/v1"),
        *_gone(25, "events.k8s.io/v1beta1", "Event", "events.k8s.io/v1"),
        *_gone(25, "autoscaling/v2beta1", "HorizontalPodAutoscaler", "autoscaling/v2"),
        *_gone(25, "policy/v1beta1", "PodDisruptionBudget", "policy/v1"),
        *_gone(25, "policy/v1beta1", "PodSecurityPolicy", _NO_SECURITY_POLICIES),
        *_gone(25, "node.k8s.io/v1beta1", "RuntimeClass", "node.k8s.io/v1"),
        *_gone(26, "autoscaling/v2beta2", "HorizontalPodAutoscaler", "autoscaling/v2", deprecated=23),
        *_gone(
            26,
            "flowcontrol.apiserver.k8s.io/v1beta1",
            _FLOW,
            "Write apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, and v1 from Kubernetes 1.29 on",
            deprecated=23,
        ),
        *_gone(27, "storage.k8s.io/v1beta1", "CSIStorageCapacity", "storage.k8s.io/v1", deprecated=24),
        *_gone(
            29,
            "flowcontrol.apiserver.k8s.io/v1beta2",
            _FLOW,
            "Write apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, and v1 from Kubernetes 1.29 on",
            deprecated=26,
        ),
        *_gone(
            32,
            "flowcontrol.apiserver.k8s.io/v1beta3",
            _FLOW,
            "flowcontrol.apiserver.k8s.io/v1",
            deprecated=29,
        ),
        ApiLifetime(
            api_version="v1",
            kind="ComponentStatus",
            deprecated=KubernetesVersion(1, 19),
            instead="Take it out: a server answers health questions under /livez and /readyz",
        ),
        ApiLifetime(
            api_version="v1",
            kind="Endpoints",
            deprecated=KubernetesVersion(1, 33),
            instead="Write an EndpointSlice of discovery.k8s.io/v1",
        ),
    )
}
