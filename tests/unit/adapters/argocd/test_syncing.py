"""Trouble of a sync itself is said, and explains artifacts that do not move."""

from typing import Any

from headway.adapters.argocd.application import Application
from headway.adapters.argocd.syncing import (
    explains,
    held_back,
    is_awaited,
    is_in_doubt,
    not_begun,
    unsettled,
)
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState

APP1 = {"kind": "Deployment", "name": "app1", "status": "OutOfSync"}
WAITS = ArtifactHealth(state=DeploymentState.PROGRESSING, words="still has the images of before")


def application(
    phase: str | None = None, *resources: dict[str, Any], synced: str = "OutOfSync"
) -> Application:
    status: dict[str, Any] = {"sync": {"status": synced, "revision": "new"}, "resources": resources}
    if phase is not None:
        status["operationState"] = {"phase": phase, "message": "webhook said no"}
    return Application(json={"metadata": {"name": "shop"}, "status": status})


def tried_again(message: str) -> Application:
    """Give what Argo CD tells between two tries: it runs, and the last try has ended."""
    made = application("Running", APP1)
    made.json["status"]["operationState"] |= {"message": message, "finishedAt": "2026-11-25T15:39:50Z"}
    return made


def test_a_sync_that_is_to_come_is_nobodys_fault_until_a_window_holds_it_back() -> None:
    waiting = application(None, APP1)
    busy = unsettled(waiting, operation_is_ours=False)
    assert busy is not None
    assert busy.words == "Application shop: Deployment app1 is not synced yet"
    assert is_awaited(waiting, busy)
    assert not explains(busy, WAITS, is_begun=True)
    assert explains(busy, WAITS, is_begun=False)
    assert held_back(waiting, {}) is None
    held = held_back(
        waiting, {"activeWindows": [{"kind": "deny", "schedule": "* * * * *", "duration": "1h"}]}
    )
    assert held is not None
    assert held.words == "Application shop does not sync now: a sync window denies it (deny * * * * * for 1h)"
    assert explains(held, WAITS, is_begun=True)


def test_a_sync_that_failed_explains_what_does_not_move_and_nothing_that_failed_by_itself() -> None:
    busy = unsettled(application("Failed", APP1), operation_is_ours=True)
    assert busy is not None
    assert busy.words == "Application shop: sync Failed: webhook said no"
    assert explains(busy, WAITS, is_begun=True)
    crashed = ArtifactHealth(state=DeploymentState.FAILED, cause=Cause.VERSION)
    assert not explains(busy, crashed, is_begun=False)


def test_a_sync_that_is_tried_again_tells_why_it_failed_and_the_same_at_each_try() -> None:
    told = [
        unsettled(
            tried_again(f"app1 is invalid: no. Retrying attempt #{number} at 3:4{number}PM."),
            operation_is_ours=True,
        )
        for number in (1, 2)
    ]
    assert told[0] == told[1]
    assert told[0] is not None
    assert told[0].words == "Application shop: sync failed, and is tried again: app1 is invalid: no"
    assert explains(told[0], WAITS, is_begun=True)


def test_a_sync_of_another_lock_that_is_tried_again_is_nobodys_fault() -> None:
    busy = unsettled(tried_again("app1 is invalid"), operation_is_ours=False)
    assert busy is not None
    assert busy.cause is Cause.NONE


def test_what_is_only_left_over_is_no_drift() -> None:
    drift = unsettled(application("Succeeded", APP1), operation_is_ours=True)
    left = unsettled(application("Succeeded", {**APP1, "requiresPruning": True}), operation_is_ours=True)
    assert drift is not None
    assert "drift: Deployment app1 is not as Git says" in drift.words
    assert left is not None
    assert "Deployment app1 is no longer in Git" in left.words


def test_nothing_is_awaited_of_what_is_synced_or_syncs() -> None:
    assert unsettled(application("Succeeded", synced="Synced"), operation_is_ours=True) is None
    busy = unsettled(application("Running"), operation_is_ours=False)
    assert not is_awaited(application("Running"), busy)


def test_a_lock_is_pending_while_the_sync_of_another_runs() -> None:
    another = unsettled(application("Running"), operation_is_ours=False)
    ours = unsettled(application("Running"), operation_is_ours=True)
    assert another is not None
    assert (another.state, another.cause) == (DeploymentState.PENDING, Cause.NONE)
    assert another.words == "Application shop is busy with no commit: webhook said no"
    assert ours is not None
    assert ours.words == "Application shop syncs: webhook said no"


def test_a_sync_that_says_nothing_yet_is_no_fault_of_what_it_has_not_applied() -> None:
    silent = application("Running")
    silent.json["status"]["operationState"]["message"] = ""
    busy = unsettled(silent, operation_is_ours=True)
    assert busy is not None
    assert not_begun(busy, silent).state is DeploymentState.PENDING

    hook = application("Running")
    hook.json["status"]["operationState"]["message"] = "waiting for completion of hook batch/Job/migrate"
    busy = unsettled(hook, operation_is_ours=True)
    assert busy is not None
    assert not_begun(busy, hook).state is DeploymentState.PROGRESSING


def test_a_comparison_from_before_the_end_of_the_sync_is_no_drift() -> None:
    stale = application("Succeeded", APP1)
    stale.json["status"]["reconciledAt"] = "2026-10-05T10:00:00Z"
    stale.json["status"]["operationState"]["finishedAt"] = "2026-10-05T10:00:00Z"
    told = unsettled(stale, operation_is_ours=True)
    assert told is not None
    assert told.words == "Application shop: Deployment app1 was not compared with Git since the sync"
    assert is_in_doubt(stale, operation_is_ours=True)
    assert not is_in_doubt(stale, operation_is_ours=False)

    stale.json["status"]["reconciledAt"] = "2026-10-05T10:00:01Z"
    assert not is_in_doubt(stale, operation_is_ours=True)
    told = unsettled(stale, operation_is_ours=True)
    assert told is not None
    assert "drift" in told.words
