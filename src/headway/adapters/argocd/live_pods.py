"""Asks the pods of a workload's present template what keeps them; those of a template before tell nothing.

Argo CD's resource tree may be older than what is read live, so nothing is taken from it but names.
"""

from dataclasses import dataclass
from datetime import datetime

from headway.adapters.argocd.api import ApplicationKey, ArgocdApi
from headway.adapters.argocd.connection import Json
from headway.adapters.argocd.pods import judge_pod, restarted_lately, why_not_ready
from headway.adapters.argocd.syncing import tells
from headway.adapters.argocd.tree import ResourceTree, key_of_node
from headway.adapters.argocd.workload import is_made_for, is_pod_of
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState

_MOST_SETS = 3
"""How many ReplicaSets are looked at for the one of the present template; a newer tree has it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePods:
    """The pods of one Application, found by its tree and read from the cluster."""

    api: ArgocdApi
    application: ApplicationKey
    tree: ResourceTree
    now: datetime
    since: str = ""
    """When the sync of the lock began: what crashed before tells nothing of it; empty: no sync brought it."""

    async def told(self, document: Json, live: Json) -> ArtifactHealth | None:
        """Give what keeps a workload's pods, the version's own fault before all else; None: nothing known.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        owner = self.tree.node(document)
        if live.get("kind") == "Deployment":
            owner = await self._present_set(document, live)
        waiting: ArtifactHealth | None = None
        for node in self.tree.pods(owner) if owner is not None else ():
            pod = await self.api.live(self.application, key_of_node(node))
            if pod is None or not is_pod_of(live, pod):
                continue
            found = judge_pod(pod, self.since)
            if found is not None and found.cause is Cause.VERSION:
                return found
            words = restarted_lately(pod, self.now) or why_not_ready(pod)
            if waiting is None and (found is not None or words):
                waiting = found or tells(DeploymentState.PROGRESSING, Cause.NONE, words)
        return waiting

    async def tell_of(self, document: Json, live: Json, words: str) -> bool:
        """Say whether words of Kubernetes about a rollout are of the present template's.

        It keeps the word of the last rollout until the next one has got somewhere, and names the ReplicaSet.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        if live.get("kind") != "Deployment":
            return True
        present = await self._present_set(document, live)
        return present is not None and f'"{present.get("name")}"' in words

    async def _present_set(self, document: Json, live: Json) -> Json | None:
        """Give the node of the ReplicaSet of a Deployment's present template; None: the tree has none yet."""
        for node in self.tree.sets(document)[:_MOST_SETS]:
            replica_set = await self.api.live(self.application, key_of_node(node))
            if replica_set is not None and is_made_for(live, replica_set):
                return node
        return None
