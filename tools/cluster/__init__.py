"""A real Kubernetes with several real Argo CDs for tests, demo and bench, on one machine, in seconds.

`running_cluster` starts one and ends it; docs/how-to/test-cluster.md says how to use and debug it. All of a
cluster is inside namespaces of its own under one process: when that ends, in whatever way, the kernel removes
processes, mounts, networks and rules (docs/adr/0010-the-test-cluster-lives-in-namespaces.md).
"""

from tools.cluster.argocd import ACCOUNT, PARTS, ArgoCD
from tools.cluster.cluster import Cluster, running_cluster
from tools.cluster.failure import ClusterError
from tools.cluster.registry import Notifications

__all__ = ["ACCOUNT", "PARTS", "ArgoCD", "Cluster", "ClusterError", "Notifications", "running_cluster"]
