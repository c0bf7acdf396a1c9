"""Opens the engine of one environment that Argo CD serves."""

from collections.abc import Callable, Sequence
from pathlib import Path

from headway.adapters.argocd.api import ArgocdApi
from headway.adapters.argocd.cluster_checks import ClusterChecks
from headway.adapters.argocd.credentials import Credentials, read_credentials
from headway.adapters.argocd.engine import ArgocdEngine
from headway.adapters.argocd.kubernetes import KubernetesApi
from headway.app.ports import Clock, DesiredState
from headway.domain.estate import Environment


def open_argocd(
    environment: Environment,
    credentials: Path,
    desired_state: DesiredState,
    repositories: Callable[[], Sequence[str]],
    clock: Clock,
) -> ArgocdEngine:
    """Open it; nothing is asked before the first call, and tokens are read anew for each request."""
    name = environment.name

    def of_argocd() -> Credentials:
        return read_credentials(credentials, name, "argocd", environment.address)

    def of_cluster() -> Credentials:
        return read_credentials(credentials, name, "kubernetes", None)

    checks = ClusterChecks(
        KubernetesApi(name, of_cluster),
        has_access=(credentials / f"{name}.kubernetes.json").exists,
    )
    return ArgocdEngine(
        name,
        api=ArgocdApi(name, of_argocd),
        desired_state=desired_state,
        repositories=repositories,
        checks=checks,
        clock=clock,
    )
