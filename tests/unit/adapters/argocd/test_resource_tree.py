"""What an Application's resource tree tells of its pods."""

from typing import Any

import pytest

from headway.adapters.argocd.tree import ResourceTree


def pod(name: str = "app-1", restarts: str = "0", status: str = "Healthy") -> dict[str, Any]:
    return {
        "kind": "Pod",
        "namespace": "shop",
        "name": name,
        "uid": f"uid-of-{name}",
        "info": [{"name": "Restart Count", "value": restarts}],
        "health": {"status": status},
    }


@pytest.mark.parametrize(
    "after",
    [[pod(restarts="1")], [pod(status="Degraded")], [pod(name="app-2")], []],
    ids=["started again", "not well", "another", "gone"],
)
def test_what_happens_to_a_pod_is_something_new(after: list[dict[str, Any]]) -> None:
    assert ResourceTree(after).pods_told != ResourceTree([pod()]).pods_told


def test_their_order_and_other_objects_are_nothing_new() -> None:
    service = {"kind": "Service", "name": "app"}
    one, other = [pod(), pod(name="app-2"), service], [pod(name="app-2"), pod()]
    assert ResourceTree(one).pods_told == ResourceTree(other).pods_told
