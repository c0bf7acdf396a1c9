"""A workload is real when the cluster says so of its present spec, and of nothing else."""

from typing import Any

import pytest

from headway.adapters.argocd.workload import (
    READY,
    is_made_for,
    is_pod_of,
    judge_workload,
    not_taken_up,
)
from headway.domain.deployment import Cause, DeploymentState


def deployment(image: str = "app@sha256:new", **more: Any) -> dict[str, Any]:
    status = {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}
    return {
        "kind": "Deployment",
        "metadata": {"name": "app1", "generation": 2},
        "spec": {"replicas": 2, "template": {"spec": {"containers": [{"image": image}]}}},
        "status": {**status, **more},
    }


def test_all_new_pods_available_and_no_older_ones_is_healthy() -> None:
    assert not_taken_up(deployment(), deployment()) is None
    assert judge_workload(deployment()) == READY


@pytest.mark.parametrize(
    ("live", "words"),
    [
        (None, "not in the cluster"),
        (deployment("app@sha256:old"), "images of before"),
        (deployment(observedGeneration=1), "has not looked at it yet"),
    ],
)
def test_what_the_cluster_has_not_taken_up_tells_nothing(live: dict[str, Any] | None, words: str) -> None:
    """The old pods' health, or their crash, is not the new version's."""
    assert words in str(not_taken_up(deployment(), live))


@pytest.mark.parametrize(
    "status",
    [
        {"updatedReplicas": 1},
        {"replicas": 3},
        {"availableReplicas": 1},
        {"availableReplicas": 0},
    ],
)
def test_half_a_rollout_is_under_way(status: dict[str, Any]) -> None:
    found = judge_workload(deployment(**status))
    assert (found.state, found.cause) == (DeploymentState.PROGRESSING, Cause.NONE)


def test_a_quota_that_is_full_is_the_surroundings_fault() -> None:
    refused = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "quota"}
    assert judge_workload(deployment(conditions=[refused])).cause is Cause.SURROUNDINGS


def test_a_job_that_failed_is_the_versions_fault_and_one_that_is_done_is_healthy() -> None:
    def job(kind: str) -> dict[str, Any]:
        return {"kind": "Job", "status": {"conditions": [{"type": kind, "status": "True", "reason": "R"}]}}

    assert judge_workload(job("Complete")) == READY
    failed = judge_workload(job("Failed"))
    assert (failed.state, failed.cause) == (DeploymentState.FAILED, Cause.VERSION)
    assert judge_workload({"kind": "Job", "status": {}}).state is DeploymentState.PROGRESSING


def test_a_workload_scaled_to_nothing_is_healthy() -> None:
    nothing = deployment(replicas=0, updatedReplicas=0, availableReplicas=0)
    nothing["spec"]["replicas"] = 0
    assert judge_workload(nothing) == READY


def replica_set(image: str, revision: str) -> dict[str, Any]:
    template = {
        "metadata": {"labels": {"app": "app1", "pod-template-hash": "5d4f8c"}},
        "spec": {"containers": [{"image": image}]},
    }
    about = {"name": f"app1-{revision}", "annotations": {"deployment.kubernetes.io/revision": revision}}
    return {"kind": "ReplicaSet", "metadata": about, "spec": {"template": template}}


def test_a_rolled_back_deployments_set_is_that_of_its_template_whatever_the_numbers_say() -> None:
    """Kubernetes has looked, and the Deployment still bears the number of the version that was taken back."""
    live = deployment("app@sha256:good")
    live["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "3"}
    live["spec"]["template"]["metadata"] = {"labels": {"app": "app1"}}
    assert is_made_for(live, replica_set("app@sha256:good", "2"))
    assert not is_made_for(live, replica_set("app@sha256:bad", "3"))


@pytest.mark.parametrize(
    ("live", "label"),
    [
        ({"kind": "StatefulSet", "status": {"updateRevision": "app1-new"}}, "controller-revision-hash"),
        (
            {
                "kind": "DaemonSet",
                "metadata": {"annotations": {"deprecated.daemonset.template.generation": "app1-new"}},
            },
            "pod-template-generation",
        ),
    ],
)
def test_a_pod_of_the_template_before_is_not_asked(live: dict[str, Any], label: str) -> None:
    assert is_pod_of(live, {"metadata": {"labels": {label: "app1-new"}}})
    assert not is_pod_of(live, {"metadata": {"labels": {label: "app1-old"}}})
    assert not is_pod_of(live, {"metadata": {}})


def test_pods_of_before_that_take_their_time_to_end_are_no_fault_of_the_new_ones() -> None:
    ends = judge_workload(deployment(replicas=3, updatedReplicas=2, availableReplicas=3))
    waits = judge_workload(deployment(replicas=3, updatedReplicas=2, availableReplicas=2))
    assert (ends.cause, waits.cause) == (Cause.SURROUNDINGS, Cause.NONE)
