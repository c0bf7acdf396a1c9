"""What a pod tells of its version: only what its own container did is ever its fault (rule 4)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from headway.adapters.argocd.pods import judge_pod, restarted_lately
from headway.domain.deployment import Cause, DeploymentState


def pod(**container: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "app1-x"},
        "status": {"containerStatuses": [{"name": "main", "ready": False, **container}]},
    }


def ended(code: int, reason: str = "Error", message: str = "") -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason, "message": message}}


def waits(reason: str, message: str = "") -> dict[str, Any]:
    return {"waiting": {"reason": reason, "message": message}}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (pod(state=ended(1)), "main ended with exit status 1"),
        (pod(state=waits("CrashLoopBackOff"), lastState=ended(2)), "exit status 2 (CrashLoopBackOff)"),
        (pod(state={"running": {}}, lastState=ended(3, message="no such table")), "saying: no such table"),
        (pod(state=ended(137, "OOMKilled")), "outgrew its memory limit"),
        (pod(state=ended(128, "StartError", "exec: not found")), "cannot be run (StartError)"),
    ],
)
def test_its_own_crash_condemns_it_also_while_it_is_started_again(told: dict[str, Any], words: str) -> None:
    found = judge_pod(told)
    assert found is not None
    assert (found.state, found.cause) == (DeploymentState.FAILED, Cause.VERSION)
    assert words in found.words


@pytest.mark.parametrize(
    "told",
    [
        pod(state=waits("ImagePullBackOff", "Back-off pulling image")),
        pod(state=waits("ErrImagePull", "connection refused")),
        pod(state=waits("CreateContainerConfigError", 'secret "db" not found')),
        {"status": {"reason": "Evicted", "message": "The node was low on memory"}},
        {"status": {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}},
    ],
)
def test_what_others_did_is_said_and_blames_nobody(told: dict[str, Any]) -> None:
    found = judge_pod(told)
    assert found is not None
    assert (found.state, found.cause) == (DeploymentState.PROGRESSING, Cause.SURROUNDINGS)
    assert found.words


@pytest.mark.parametrize("last", [ended(143), ended(137), ended(0, "Completed")])
def test_what_ended_without_a_crash_again_and_again_blames_nobody_before_the_time_out(
    last: dict[str, Any],
) -> None:
    found = judge_pod(pod(state=waits("CrashLoopBackOff"), lastState=last))
    assert found is not None
    assert (found.state, found.cause) == (DeploymentState.PROGRESSING, Cause.NONE)
    assert found.words == "main ended and is started again (CrashLoopBackOff)"


@pytest.mark.parametrize(
    "told",
    [
        pod(state={"running": {}}),
        pod(state=waits("ContainerCreating")),
        pod(state=ended(137, "ContainerStatusUnknown")),
        {},
    ],
)
def test_what_starts_or_is_not_known_is_not_judged(told: dict[str, Any]) -> None:
    assert judge_pod(told) is None


def test_of_a_long_message_the_end_is_kept_where_the_cause_stands() -> None:
    found = judge_pod(pod(state=waits("ErrImagePull", "failed to pull " + "x" * 900 + ": no route to host")))
    assert found is not None
    assert found.words.endswith("no route to host")
    assert len(found.words) < 400


@pytest.mark.parametrize(
    ("minute", "said"), [(0, "main ended with exit status 0 and was started again"), (2, "")]
)
def test_what_ended_without_a_crash_must_run_again_for_a_while(minute: int, said: str) -> None:
    told = pod(state={"running": {"startedAt": "2026-10-05T10:00:30Z"}}, lastState=ended(0, "Completed"))
    assert restarted_lately(told, datetime(2026, 10, 5, 10, minute, 50, tzinfo=UTC)) == said
    assert (
        restarted_lately(pod(state={"running": {"startedAt": "2026-10-05T10:00:30Z"}}), datetime.now(UTC))
        == ""
    )


def test_a_crash_from_before_the_sync_is_of_another_lock() -> None:
    crashed = pod(state={"running": {}}, lastState=ended(1))
    crashed["status"]["containerStatuses"][0]["lastState"]["terminated"]["finishedAt"] = (
        "2026-10-05T10:00:00Z"
    )
    assert judge_pod(crashed, "2026-10-05T10:00:01Z") is None
    found = judge_pod(crashed, "2026-10-05T10:00:00Z")
    assert found is not None
    assert found.state is DeploymentState.FAILED
