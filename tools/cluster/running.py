"""A running cluster as other processes see it: `up` writes it down in the cluster's folder while it is up."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.cluster.cluster import Cluster

NOTE = "cluster.json"
STAY = "stay"
"""The line by which whoever holds a cluster (`up --while-held`) lets go of it, so that it outlives them."""


@dataclass(frozen=True, kw_only=True)
class RunningArgoCD:
    """One Argo CD of it."""

    namespace: str
    url: str
    token: str
    """Of the account `headway`; held to the policy."""
    admin_password: str


@dataclass(frozen=True, kw_only=True)
class RunningCluster:
    """What another process needs to use it; addresses and paths are those of `Cluster`."""

    host_address: str
    node_address: str
    registry: str
    kubeconfig: str
    kubectl: str
    """The program."""
    ca: str
    """The certificate of the API server's authority."""
    argocds: dict[str, RunningArgoCD]
    """By the names that they were asked for."""


def describe(cluster: Cluster) -> RunningCluster:
    """Say what there is, with a new token for each Argo CD.

    Raises:
        ClusterError: an Argo CD gave no token.
    """
    return RunningCluster(
        host_address=cluster.host_address,
        node_address=cluster.node_address,
        registry=cluster.registry,
        kubeconfig=str(cluster.kubeconfig),
        kubectl=str(cluster.kubectl_folder / "kubectl"),
        ca=str(cluster.folder / "pki/ca.crt"),
        argocds={
            name: RunningArgoCD(
                namespace=one.namespace,
                url=one.url,
                token=one.token(),
                admin_password=one.admin_password,
            )
            for name, one in cluster.argocds.items()
        },
    )


def write_note(folder: Path, running: RunningCluster) -> None:
    """Write it down for this user alone, whole or not at all: whoever sees the file may read it."""
    making = folder / f".{NOTE}"
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(running), file, indent=2)
    making.rename(folder / NOTE)


def read_note(folder: Path) -> RunningCluster | None:
    """Read what runs in a folder; None: nothing does, or it is not up yet."""
    try:
        said = json.loads((folder / NOTE).read_text())
    except FileNotFoundError:
        return None
    argocds = {name: RunningArgoCD(**one) for name, one in said.pop("argocds").items()}
    return RunningCluster(**said, argocds=argocds)
