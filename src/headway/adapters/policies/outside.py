"""What an expression may name: what is known without a cluster, and what only a cluster knows. Pure."""

import re
from collections.abc import Mapping

from headway.adapters.policies.literals import walk
from headway.adapters.policies.tree import Ident, Node, Select

_STRING = re.compile(
    r"""[rR]?(?:\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|//[^\n]*""", re.DOTALL
)
_KIND = frozenset({"group", "version", "kind"})
_RESOURCE = frozenset({"group", "version", "resource"})
_REQUEST: Mapping[str, frozenset[str]] = {
    "kind": _KIND,
    "resource": _RESOURCE,
    "requestKind": _KIND,
    "requestResource": _RESOURCE,
    "subResource": frozenset(),
    "requestSubResource": frozenset(),
    "name": frozenset(),
    "namespace": frozenset(),
    "operation": frozenset(),
}
_REQUEST_OF_CLUSTER = frozenset({"userInfo", "dryRun", "options"})


class NeedsCluster(Exception):
    """An expression asks for what only a cluster knows; it is named."""


class NoSuchField(Exception):
    """An expression names a field that `request` has not."""


def asks_authorizer(expression: str) -> bool:
    """Say whether an expression names the authorizer outside of texts and comments."""
    return re.search(r"\bauthorizer\b", _STRING.sub('""', expression)) is not None


def check_names(root: Node) -> None:
    """Look for what cannot be known here.

    Raises:
        NeedsCluster: the expression asks for it.
        NoSuchField: Kubernetes has no such field.
    """
    seen: set[int] = set()
    for node in walk(root):
        path = _path(node)
        if path and id(node) not in seen:
            while isinstance(node, Select):
                node = node.operand  # noqa: PLW2901  # the fields above were judged with this one
                seen.add(id(node))
            _judge(path)


def _path(node: Node) -> tuple[str, ...]:
    if isinstance(node, Ident) and node.name in {"request", "namespaceObject"}:
        return (node.name,)
    if isinstance(node, Select) and (above := _path(node.operand)):
        return (*above, node.field)
    return ()


def _judge(path: tuple[str, ...]) -> None:
    shown = ".".join(path)
    if path[0] == "namespaceObject":
        if path[:3] != ("namespaceObject", "metadata", "name"):
            raise NeedsCluster(f"{shown} (of a namespace only namespaceObject.metadata.name is known here)")
        return
    if len(path) == 1 or path[1] in _REQUEST_OF_CLUSTER:
        raise NeedsCluster(shown)
    below = _REQUEST.get(path[1])
    if below is None:
        raise NoSuchField(f"undefined field '{path[1]}'")
    if len(path) > 2 and path[2] not in below:
        raise NoSuchField(f"undefined field '{path[2]}'")
