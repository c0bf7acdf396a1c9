"""An Application's resource tree: which node is whose. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from headway.adapters.argocd.api import ResourceKey
from headway.adapters.argocd.connection import Json, one_line


class ResourceTree:
    """The nodes of one look, by uid."""

    def __init__(self, nodes: Sequence[Json]) -> None:
        self._nodes = nodes
        self._children: dict[str, list[Json]] = {}
        for node in nodes:
            for parent in node.get("parentRefs") or ():
                self._children.setdefault(str(parent.get("uid")), []).append(node)

    def node(self, document: Json) -> Json | None:
        """Give the node of a rendered object; None: the cluster has none that Argo CD sees."""
        key = key_of(document)
        for node in self._nodes:
            if (node.get("group", ""), node.get("kind"), node.get("name")) == (key.group, key.kind, key.name):
                return node
        return None

    def sets(self, document: Json) -> list[Json]:
        """Give the ReplicaSets of a workload, the newest first; a tree can be older than the workload."""
        node = self.node(document)
        found = [one for one in self._below(node) if one.get("kind") == "ReplicaSet"] if node else []
        return sorted(found, key=_rank, reverse=True)

    def pods(self, owner: Json) -> list[Json]:
        """Give the pods that a node owns itself, at most five."""
        return [one for one in self._below(owner) if one.get("kind") == "Pod"][:5]

    def all_pods(self, owner: Json) -> list[Json]:
        """Give all pods below a node, also those of what it owns, such as a CronJob's Jobs."""
        found, seen, left = [], set(), [owner]
        while left:
            one = left.pop()
            if str(one.get("uid")) in seen:
                continue
            seen.add(str(one.get("uid")))
            if one.get("kind") == "Pod":
                found.append(one)
            left += self._below(one)
        return found

    def pod(self, name: str) -> Json | None:
        """Give a pod by its name; None: the Application has none of that name now."""
        return next((one for one in self._nodes if (one.get("kind"), one.get("name")) == ("Pod", name)), None)

    @property
    def pods_told(self) -> str:
        """Give all that it tells of the pods, one that was started again among it: equal is nothing new."""
        pods = (
            (node.get("namespace"), node.get("name"), node.get("uid"), node.get("info"), node.get("health"))
            for node in self._nodes
            if node.get("kind") == "Pod"
        )
        return str(sorted(pods, key=str))

    def _below(self, node: Json) -> Iterator[Json]:
        yield from self._children.get(str(node.get("uid")), ())


def health_of(node: Json) -> tuple[str, str]:
    """Give Argo CD's health of a node and its message; a kind without a health of its own is Healthy."""
    health = node.get("health")
    if not isinstance(health, Mapping):
        return "Healthy", ""
    return str(health.get("status") or "Unknown"), one_line(health.get("message"))


def key_of(document: Json) -> ResourceKey:
    """Give what a rendered object is called in the cluster."""
    group, _, version = str(document.get("apiVersion", "")).rpartition("/")
    about = document.get("metadata")
    about = about if isinstance(about, Mapping) else {}
    return ResourceKey(
        group=group,
        version=version,
        kind=str(document.get("kind")),
        namespace=str(about.get("namespace", "")),
        name=str(about.get("name")),
    )


def key_of_node(node: Json) -> ResourceKey:
    """Give what a node is called in the cluster."""
    return ResourceKey(
        group=str(node.get("group", "")),
        version=str(node.get("version", "")),
        kind=str(node.get("kind")),
        namespace=str(node.get("namespace", "")),
        name=str(node.get("name")),
    )


def _rank(node: Json) -> tuple[int, str]:
    """Order ReplicaSets by their rollout: Argo CD gives "Rev:7" among the node's info."""
    for info in node.get("info") or ():
        value = str(info.get("value", ""))
        if info.get("name") == "Revision" and value.startswith("Rev:") and value[4:].isdigit():
            return int(value[4:]), str(node.get("createdAt", ""))
    return 0, str(node.get("createdAt", ""))
