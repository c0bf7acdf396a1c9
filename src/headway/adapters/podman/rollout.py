"""Decides how the pods of one Deployment or Pod move towards its template; pure, one call for each look.

RollingUpdate: all pods of the new template are started beside the old (a surge of 100 %), and only when every
one of them is ready do the old ones go. Recreate: the old ones go first. A pod that was never replaced keeps
serving however often its successor fails, so a way back to its template only removes the successor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from headway.adapters.podman.live_pod import LivePod


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPod:
    """One pod and what the engine knows of it."""

    pod: LivePod
    ready: bool
    retiring: bool
    """It is on its way out."""
    serves: bool = False
    """It is retiring and work of its own still runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutStep:
    """What is to be done now."""

    create: tuple[int, ...] = ()
    """Ordinals whose pod is missing."""
    retire: tuple[str, ...] = ()
    """Pods that go."""
    complete: bool = False
    """Exactly what is asked for runs and is ready, and nothing older serves."""


def next_step(template: str, replicas: int, pods: Sequence[SeenPod], *, recreate: bool) -> RolloutStep:
    """Decide the next step; the same look gives the same step."""
    current: dict[int, SeenPod] = {}
    surplus: list[str] = []
    old: list[SeenPod] = []
    # A ready twin wins over one that is not: twins come from a kill between a start and its note.
    for seen in sorted(pods, key=lambda one: (not one.ready, one.pod.name)):
        if seen.retiring:
            continue
        if seen.pod.template != template:
            old.append(seen)
        elif seen.pod.ordinal in current or seen.pod.ordinal >= replicas:
            surplus.append(seen.pod.name)
        else:
            current[seen.pod.ordinal] = seen
    missing = tuple(n for n in range(replicas) if n not in current)
    all_ready = not missing and all(seen.ready for seen in current.values())
    leaving = [seen for seen in pods if seen.retiring]
    if recreate:
        waits = bool(old or [one for one in leaving if one.pod.template != template])
        return RolloutStep(
            create=() if waits else missing,
            retire=tuple(sorted([*surplus, *(seen.pod.name for seen in old)])),
            complete=all_ready and not waits and not surplus,
        )
    goes = [*surplus, *(seen.pod.name for seen in old)] if all_ready else surplus
    return RolloutStep(
        create=missing,
        retire=tuple(sorted(goes)),
        complete=all_ready and not old and not surplus and not any(seen.serves for seen in leaving),
    )
