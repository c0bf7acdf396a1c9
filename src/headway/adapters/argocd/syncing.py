"""What of an Application's sync itself keeps its artifacts from being believed. Pure."""

import re
from dataclasses import replace

from headway.adapters.argocd.application import Application, closed_window
from headway.adapters.argocd.connection import Json, one_line
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState

_RETRY = re.compile(r"\.? Retrying attempt #\d+ at [^.]*\.$")
"""What Argo CD adds at each try: the reason is the same, and is told once."""


def unsettled(application: Application, *, operation_is_ours: bool) -> ArtifactHealth | None:
    """Say what is not done yet of the sync itself; None: nothing runs, nothing differs, all is well."""
    name = f"Application {application.key.name}"
    if application.is_operating:
        return _operates(application, is_ours=operation_is_ours)
    if application.is_synced:
        if application.health == "Suspended":
            return tells(DeploymentState.PROGRESSING, Cause.NONE, f"{name} is suspended")
        return None
    phase = application.operation.get("phase")
    if operation_is_ours and phase in ("Failed", "Error"):
        words = f"{name}: sync {phase}: {said_by(application)}"
        return tells(DeploymentState.PROGRESSING, Cause.SURROUNDINGS, words)
    if application.troubles:
        return tells(DeploymentState.PROGRESSING, Cause.SURROUNDINGS, f"{name}: {application.troubles[0]}")
    return _differs(application, is_done=operation_is_ours and phase == "Succeeded")


def _operates(application: Application, *, is_ours: bool) -> ArtifactHealth:
    """Say which sync runs: ours is under way, or failed and is tried again; behind another ours waits."""
    name, said = f"Application {application.key.name}", said_by(application)
    if not is_ours:
        words = f"{name} is busy with {short(application.operation_revision)}: {said}"
        return tells(DeploymentState.PENDING, Cause.NONE, words)
    if application.is_tried_again:
        words = f"{name}: sync failed, and is tried again: {_RETRY.sub('', said)}"
        return tells(DeploymentState.PROGRESSING, Cause.SURROUNDINGS, words)
    return tells(DeploymentState.PROGRESSING, Cause.NONE, f"{name} syncs: {said}")


def _differs(application: Application, *, is_done: bool) -> ArtifactHealth:
    """Say what is not as Git says; `is_done`: although the sync of this lock succeeded."""
    name = f"Application {application.key.name}"
    differs = ", ".join(application.out_of_sync[:5]) or "something"
    if not is_done:
        return tells(DeploymentState.PROGRESSING, Cause.NONE, f"{name}: {differs} is not synced yet")
    if not application.is_compared_since_its_sync:
        words = f"{name}: {differs} was not compared with Git since the sync"
        return tells(DeploymentState.PROGRESSING, Cause.SURROUNDINGS, words)
    words = f"{name}: drift: {differs} is not as Git says"
    if application.only_to_be_pruned:
        words = (
            f"{name}: {differs} is no longer in Git, and Argo CD may not remove it (Prune=false, or prune is "
            "off): remove it by hand"
        )
    return tells(DeploymentState.PROGRESSING, Cause.SURROUNDINGS, words)


def is_awaited(application: Application, busy: ArtifactHealth | None) -> bool:
    """Say whether a sync is to come and nothing says why it has not."""
    return (
        busy is not None
        and busy.cause is Cause.NONE
        and not application.is_operating
        and not application.is_synced
    )


def is_in_doubt(application: Application, *, operation_is_ours: bool) -> bool:
    """Say whether the last comparison may be older than the end of our sync, and found a difference.

    Argo CD compares once after a sync; within the same second nobody can tell that from before it.
    """
    return (
        operation_is_ours
        and application.operation.get("phase") == "Succeeded"
        and not application.is_operating
        and not application.is_synced
        and not application.is_compared_since_its_sync
    )


def held_back(application: Application, windows: Json) -> ArtifactHealth | None:
    """Say which window holds a sync back that has not begun: Argo CD says nothing of it by itself."""
    closed = closed_window(windows)
    if closed is None:
        return None
    words = f"Application {application.key.name} does not sync now: {closed}"
    return tells(DeploymentState.PROGRESSING, Cause.SURROUNDINGS, words)


def explains(busy: ArtifactHealth, health: ArtifactHealth, *, is_begun: bool) -> bool:
    """Say whether the sync itself is why an artifact does not move: then it says more than that.

    One that the cluster has begun with tells better how far it is, unless the sync is in trouble.
    """
    waits = (health.state, health.cause) == (DeploymentState.PROGRESSING, Cause.NONE)
    return waits and (busy.cause is Cause.SURROUNDINGS or not is_begun)


def not_begun(busy: ArtifactHealth, application: Application) -> ArtifactHealth:
    """Say of an artifact that the cluster has not begun with that it waits, as long as the sync does nothing.

    A sync that Argo CD has not got to says nothing of the version; one that waits for a hook says what for.
    """
    if busy.cause is Cause.NONE and not application.operation.get("message"):
        return replace(busy, state=DeploymentState.PENDING)
    return busy


def tells(state: DeploymentState, cause: Cause, words: str) -> ArtifactHealth:
    """Say a state and its cause in words of one line."""
    return ArtifactHealth(state=state, cause=cause, words=one_line(words, 500))


def short(revision: str | None) -> str:
    """Give a commit as people write it."""
    return revision[:8] if revision else "no commit"


def said_by(application: Application) -> str:
    """Give what Argo CD says of the operation that runs or ran last."""
    return one_line(application.operation.get("message")) or "it has begun"
