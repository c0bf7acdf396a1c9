"""Under which name an API serves a kind: Kubernetes' own by a table, others by their definitions. Pure.

A rule of a policy names resources (``deployments``), an object its kind (``Deployment``). There is no rule
that leads from one to the other, so what is in neither place is not known, and is never guessed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_CLUSTER_WIDE = frozenset(
    {
        *("Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "PriorityClass"),
        *(
            "StorageClass",
            "CSIDriver",
            "CSINode",
            "VolumeAttachment",
            "VolumeAttributesClass",
            "IngressClass",
        ),
        *("IPAddress", "ServiceCIDR", "RuntimeClass", "CustomResourceDefinition", "APIService", "FlowSchema"),
        *("PriorityLevelConfiguration", "CertificateSigningRequest", "ClusterTrustBundle", "DeviceClass"),
        *("ResourceSlice", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy"),
        *("MutatingAdmissionPolicyBinding", "TokenReview", "SubjectAccessReview", "SelfSubjectReview"),
    }
)
_BUILT_IN: Mapping[str, tuple[str, str]] = {
    "": (
        "v1",
        "Binding bindings, ConfigMap configmaps, Endpoints endpoints, Event events, LimitRange limitranges, "
        "Namespace namespaces, Node nodes, PersistentVolume persistentvolumes, PersistentVolumeClaim "
        "persistentvolumeclaims, Pod pods, PodTemplate podtemplates, ReplicationController "
        "replicationcontrollers, ResourceQuota resourcequotas, Secret secrets, Service services, "
        "ServiceAccount serviceaccounts",
    ),
    "apps": (
        "v1",
        "ControllerRevision controllerrevisions, DaemonSet daemonsets, Deployment deployments, "
        "ReplicaSet replicasets, StatefulSet statefulsets",
    ),
    "batch": ("v1", "CronJob cronjobs, Job jobs"),
    "autoscaling": ("v1 v2", "HorizontalPodAutoscaler horizontalpodautoscalers"),
    "policy": ("v1", "PodDisruptionBudget poddisruptionbudgets"),
    "networking.k8s.io": (
        "v1",
        "Ingress ingresses, IngressClass ingressclasses, IPAddress ipaddresses, NetworkPolicy "
        "networkpolicies, ServiceCIDR servicecidrs",
    ),
    "rbac.authorization.k8s.io": (
        "v1",
        "ClusterRole clusterroles, ClusterRoleBinding clusterrolebindings, "
        "Role roles, RoleBinding rolebindings",
    ),
    "storage.k8s.io": (
        "v1",
        "CSIDriver csidrivers, CSINode csinodes, CSIStorageCapacity csistoragecapacities, StorageClass "
        "storageclasses, VolumeAttachment volumeattachments, VolumeAttributesClass volumeattributesclasses",
    ),
    "scheduling.k8s.io": ("v1", "PriorityClass priorityclasses"),
    "node.k8s.io": ("v1", "RuntimeClass runtimeclasses"),
    "coordination.k8s.io": ("v1", "Lease leases"),
    "discovery.k8s.io": ("v1", "EndpointSlice endpointslices"),
    "events.k8s.io": ("v1", "Event events"),
    "certificates.k8s.io": ("v1", "CertificateSigningRequest certificatesigningrequests"),
    "flowcontrol.apiserver.k8s.io": (
        "v1",
        "FlowSchema flowschemas, PriorityLevelConfiguration prioritylevelconfigurations",
    ),
    "admissionregistration.k8s.io": (
        "v1",
        "MutatingWebhookConfiguration mutatingwebhookconfigurations, ValidatingAdmissionPolicy "
        "validatingadmissionpolicies, ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings, "
        "ValidatingWebhookConfiguration validatingwebhookconfigurations",
    ),
    "apiextensions.k8s.io": ("v1", "CustomResourceDefinition customresourcedefinitions"),
    "apiregistration.k8s.io": ("v1", "APIService apiservices"),
    "resource.k8s.io": (
        "v1",
        "DeviceClass deviceclasses, ResourceClaim resourceclaims, ResourceClaimTemplate "
        "resourceclaimtemplates, ResourceSlice resourceslices",
    ),
}
"""By group: the versions that Kubernetes 1.34 serves by itself, and each kind with its resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """How an API serves a kind."""

    plural: str
    versions: frozenset[str]
    namespaced: bool


Resources = Mapping[tuple[str, str], Resource]
"""By group and kind."""


def _built_in() -> Iterator[tuple[tuple[str, str], Resource]]:
    for group, (versions, listed) in _BUILT_IN.items():
        for pair in listed.split(", "):
            kind, plural = pair.split()
            yield (
                (group, kind),
                Resource(
                    plural=plural,
                    versions=frozenset(versions.split()),
                    namespaced=kind not in _CLUSTER_WIDE,
                ),
            )


BUILT_IN: Resources = dict(_built_in())


def with_definitions(manifests: Iterable[Mapping[str, object]]) -> Resources:
    """Give the built-in kinds, and those whose definitions are among manifests."""
    found = dict(BUILT_IN)
    for manifest in manifests:
        spec = manifest.get("spec")
        if manifest.get("kind") != "CustomResourceDefinition" or not isinstance(spec, dict):
            continue
        names, versions = spec.get("names"), spec.get("versions")
        if not isinstance(names, dict) or not isinstance(versions, list):
            continue
        key = (str(spec.get("group")), str(names.get("kind")))
        found[key] = Resource(
            plural=str(names.get("plural")),
            versions=frozenset(
                str(one.get("name")) for one in versions if isinstance(one, dict) and one.get("served")
            ),
            namespaced=spec.get("scope") == "Namespaced",
        )
    return found
