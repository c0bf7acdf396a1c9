"""What counts as a difference to what runs, and what does not."""

from typing import Any

import pytest

from headway.domain.adoption.difference import differences
from headway.domain.adoption.live import LiveObject


def made(kind: str = "Deployment", name: str = "app1", **fields: Any) -> dict[str, Any]:
    about = {"name": name, **fields.pop("metadata", {})}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": about, **fields}


def live(wanted: dict[str, Any] | None, *, namespace: str = "live", **more: Any) -> LiveObject:
    kind = wanted["kind"] if wanted else "Deployment"
    name = wanted["metadata"]["name"] if wanted else "app1"
    told = {"is_there": True, "is_synced": True, **more}
    return LiveObject(group="apps", kind=kind, namespace=namespace, name=name, wanted=wanted, **told)


def told(before: LiveObject, *after: dict[str, Any]) -> list[str]:
    return [str(one) for one in differences([before], after, "live", "oc-dev")]


def test_what_the_engine_adds_to_follow_an_object_is_none() -> None:
    tracked = made(
        metadata={
            "namespace": "live",
            "annotations": {"argocd.argoproj.io/tracking-id": "oc-dev:apps/Deployment:live/app1"},
            "labels": {"app.kubernetes.io/instance": "oc-dev"},
        }
    )
    assert told(live(tracked), made()) == []


def test_a_label_that_people_gave_is_one() -> None:
    mine = made(metadata={"labels": {"app.kubernetes.io/instance": "mine"}})
    assert told(live(mine), made()) == [
        "Deployment app1 metadata.labels.app.kubernetes.io/instance: mine → nothing"
    ]


def test_nothing_is_as_good_as_an_empty_list() -> None:
    assert told(live(made(spec={"volumes": []})), made(spec={})) == []
    assert told(live(made(status={"x": 1})), made()) == []


def test_false_and_zero_are_something() -> None:
    assert told(live(made(spec={"paused": False, "replicas": 0})), made(spec={})) == [
        "Deployment app1 spec.paused: False → nothing",
        "Deployment app1 spec.replicas: 0 → nothing",
    ]


@pytest.mark.parametrize(
    ("kind", "field", "replaces"),
    [("Deployment", "template", True), ("Deployment", "replicas", False), ("CronJob", "template", False)],
)
def test_only_what_stands_in_the_pod_template_replaces_pods(kind: str, field: str, *, replaces: bool) -> None:
    before, after = made(kind, spec={field: {"x": 1}}), made(kind, spec={field: {"x": 2}})
    (found,) = differences([live(before)], [after], "live", "oc-dev")
    assert found.replaces_pods is replaces


def test_objects_that_come_and_go_are_named() -> None:
    assert told(live(made(name="old")), made(name="new")) == [
        "Deployment old: it would be removed",
        "Deployment new: it would be created",
    ]


def test_what_the_cluster_does_not_hold_as_git_says_is_never_no_difference() -> None:
    assert told(live(made(), is_there=False), made()) == [
        "Deployment app1: it is in Git, and not in the cluster"
    ]
    assert told(live(None), made()) == ["Deployment app1: it is no longer in Git, and waits to be pruned"]
    assert told(live(made(), is_synced=False), made()) == [
        "Deployment app1: it differs from Git already: the engine calls it out of sync"
    ]


def test_another_namespace_is_a_difference_but_for_what_has_none() -> None:
    assert told(live(made()), made(metadata={"namespace": "other"})) == [
        "Deployment app1 metadata.namespace: live → other"
    ]
    assert told(live(made(), namespace=""), made(metadata={"namespace": "live"})) == []


def test_hooks_run_at_a_sync_and_are_not_compared() -> None:
    hook = made("Job", metadata={"annotations": {"argocd.argoproj.io/hook": "Sync"}})
    assert told(live(made()), made(), hook) == []
