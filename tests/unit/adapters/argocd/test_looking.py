"""What a live pod and a node of the resource tree tell to whoever looks."""

from typing import Any

import pytest

from headway.adapters.argocd.looking import health_told, live_pod
from headway.adapters.argocd.tree import ResourceTree
from headway.domain.live import ContainerState, LastExit, ResourceHealth, wanted_images

DIGEST, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
AT = "2026-01-01T12:00:00Z"


def pod(status: dict[str, Any], image: str = f"r/app@{DIGEST}", **spec: Any) -> dict[str, Any]:
    """Write a pod with one container and its status."""
    return {
        "metadata": {"name": "app1-x", "creationTimestamp": AT},
        "spec": {"containers": [{"name": "main", "image": image}], **spec},
        "status": {
            "containerStatuses": [{"name": "main", "restartCount": 0, "ready": True, **status}],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def test_a_container_that_runs_is_told_with_since_when_and_what() -> None:
    told = live_pod(pod({"state": {"running": {"startedAt": AT}}}), {"main": f"r/app@{DIGEST}"})
    (one,) = told.containers
    assert (told.is_ready, told.is_done, told.is_leaving, told.words) == (True, False, False, "")
    assert (one.state, one.is_ready, one.restarts, one.digest) == (ContainerState.RUNNING, True, 0, DIGEST)
    assert one.is_locked is True
    assert one.last_exit is None
    assert one.since == told.created_at
    older = live_pod(pod({}, f"r/app@{OTHER}"), {"main": f"r/app@{DIGEST}"}).containers[0]
    assert older.is_locked is False


def test_of_an_image_by_tag_the_node_tells_the_digest_and_the_lock_nothing() -> None:
    told = live_pod(pod({"imageID": f"docker-pullable://r/app@{OTHER}"}, "r/app:1.0"), {"main": "r/app:1.0"})
    (one,) = told.containers
    assert (one.digest, one.is_locked) == (OTHER, None)
    assert live_pod(pod({}, "r/app:1.0"), {}).containers[0].digest is None


def test_a_crash_is_told_with_its_exit_and_what_is_waited_for() -> None:
    ended = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": AT, "message": "out\nof memory"}
    waiting = {"reason": "CrashLoopBackOff", "message": "back-off 40s"}
    told = live_pod(pod({"state": {"waiting": waiting}, "lastState": {"terminated": ended}}), {})
    (one,) = told.containers
    assert (one.state, one.words) == (ContainerState.WAITING, "CrashLoopBackOff: back-off 40s")
    assert one.last_exit == LastExit(exit_code=137, reason="OOMKilled: out of memory", at=told.created_at)


def test_what_nobody_tells_is_unknown() -> None:
    told = live_pod({"metadata": {"name": "x"}, "spec": {"containers": [{"name": "main"}]}}, {})
    (one,) = told.containers
    assert (told.is_ready, told.created_at) == (None, None)
    assert (one.state, one.is_ready, one.restarts) == (ContainerState.UNKNOWN, None, None)
    assert (one.digest, one.is_locked, one.since, one.last_exit) == (None, None, None, None)


def test_init_containers_come_first_and_are_neither_ready_nor_not() -> None:
    init = {"name": "migrate", "image": f"r/app@{DIGEST}"}
    told = live_pod(pod({}, initContainers=[init]), {})
    assert [(one.name, one.is_init, one.is_ready) for one in told.containers] == [
        ("migrate", True, None),
        ("main", False, True),
    ]


def test_a_pod_that_no_node_takes_says_so() -> None:
    asked = pod({})
    asked["status"]["conditions"] = [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no room"}
    ]
    told = live_pod(asked, {})
    assert (told.is_ready, told.words) == (None, "Unschedulable: no room")


def test_a_pod_on_its_way_out_and_one_that_is_done() -> None:
    leaving = pod({})
    leaving["metadata"]["deletionTimestamp"] = AT
    assert live_pod(leaving, {}).is_leaving
    done = pod({"state": {"terminated": {"exitCode": 0, "finishedAt": AT}}})
    done["status"]["phase"] = "Succeeded"
    told = live_pod(done, {})
    assert told.is_done
    assert told.containers[0].state is ContainerState.ENDED
    assert told.containers[0].last_exit is not None


@pytest.mark.parametrize(
    ("health", "told"),
    [
        ({"status": "Healthy"}, (ResourceHealth.HEALTHY, "")),
        ({"status": "Degraded", "message": "bad\nthing"}, (ResourceHealth.DEGRADED, "bad thing")),
        ({"status": "Missing"}, (ResourceHealth.ABSENT, "")),
        ({"status": "Suspended"}, (ResourceHealth.PENDING, "it is suspended")),
        ({"status": "Unknown"}, (ResourceHealth.UNKNOWN, "")),
        ({"status": "Great"}, (ResourceHealth.UNKNOWN, "")),
        ({}, (ResourceHealth.UNKNOWN, "")),
        (None, (ResourceHealth.PRESENT, "")),
    ],
)
def test_argo_cds_word_becomes_ours_and_what_is_not_known_is_unknown(health: Any, told: Any) -> None:
    assert health_told({"health": health}) == told


def test_pods_are_found_below_whatever_owns_them() -> None:
    def node(kind: str, name: str, parent: str = "") -> dict[str, Any]:
        return {"kind": kind, "name": name, "uid": name, "parentRefs": [{"uid": parent}] if parent else []}

    cron = node("CronJob", "c")
    loop = {**node("Pod", "p2", "p2")}
    tree = ResourceTree([cron, node("Job", "j", "c"), node("Pod", "p1", "j"), node("Pod", "px"), loop])
    assert [one["name"] for one in tree.all_pods(cron)] == ["p1"]
    assert [one["name"] for one in tree.all_pods(loop)] == ["p2"], "whoever owns itself is looked at once"
    assert tree.pod("px") is not None
    assert tree.pod("c") is None


def test_images_that_a_rendered_object_asks_for_are_found_wherever_its_kind_keeps_them() -> None:
    spec = {"initContainers": [{"name": "i", "image": "a"}], "containers": [{"name": "m", "image": "b"}]}
    found = {"i": "a", "m": "b"}
    assert wanted_images({"kind": "Pod", "spec": spec}) == found
    assert wanted_images({"kind": "Deployment", "spec": {"template": {"spec": spec}}}) == found
    cron = {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}}
    assert wanted_images(cron) == found
    for odd in ({}, {"kind": "Service", "spec": {"ports": []}}, {"spec": "x"}, {"spec": {"template": "x"}}):
        assert wanted_images(odd) == {}
