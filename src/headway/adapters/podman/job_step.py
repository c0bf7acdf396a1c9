"""Decides how one run of a Job goes on; pure but for the record it is given.

The record is written (`started`) before an attempt is made, so a run is never begun twice by a restart. An
attempt whose end was seen counts; one that ended unseen counts only if it succeeded. What vanished without an
exit status is begun anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headway.adapters.podman.ending import Ending
from headway.adapters.podman.live_pod import LivePod
from headway.adapters.podman.records import JobRun, RunState
from headway.adapters.podman.workload import Workload
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStep:
    """What is to be done now, and how it stands."""

    create: bool = False
    retire: tuple[str, ...] = ()
    health: ArtifactHealth


HEALTHY = ArtifactHealth(state=DeploymentState.HEALTHY)


def next_job_step(  # noqa: PLR0911 - one return for each thing that can be said
    workload: Workload,
    run: JobRun,
    attempts: Sequence[LivePod],
    endings: Mapping[str, Ending],
    lasted_s: float,
) -> JobStep:
    """Decide the next step of a run.

    Args:
        workload: the Job.
        run: its record, which is brought up to date here and saved by the caller before anything is done.
        attempts: the pods of this run.
        endings: what the ended containers' ends told, by container id; one that is missing is being judged.
        lasted_s: since when this agent knows of the run, in seconds.
    """
    name = workload.key.name
    names = tuple(pod.name for pod in attempts)
    if run.state is RunState.SUCCEEDED:
        return JobStep(retire=names, health=HEALTHY)
    if run.state is RunState.FAILED:
        return JobStep(retire=names, health=_failed(run.words))
    deadline = workload.active_deadline_s
    if deadline is not None and lasted_s > deadline:
        run.state, run.words = RunState.FAILED, f"job {name} took longer than its {deadline:g} s"
        return JobStep(retire=names, health=_failed(run.words))
    for pod in attempts:
        if any(c.is_running for c in pod.containers):
            return JobStep(health=_progressing(f"job {name} runs", Cause.NONE))
        ended = [c for c in pod.containers if c.has_ended]
        if not ended:
            return JobStep(
                retire=(pod.name,), health=_progressing(f"job {name} was not begun whole", Cause.SURROUNDINGS)
            )
        return _after(workload, run, pod, endings)
    return JobStep(create=True, health=_progressing(f"job {name} is begun", Cause.NONE))


def _after(workload: Workload, run: JobRun, pod: LivePod, endings: Mapping[str, Ending]) -> JobStep:
    name = workload.key.name
    ended = [c for c in pod.containers if c.has_ended]
    if all(c.exit_code == 0 for c in ended) and {c.name for c in ended} >= set(pod.wanted):
        run.state = RunState.SUCCEEDED
        return JobStep(retire=(pod.name,), health=HEALTHY)
    told = [endings.get(c.id) for c in ended if c.exit_code != 0]
    if any(ending is None for ending in told):
        return JobStep(health=_progressing(f"job {name} ended", Cause.NONE))
    guilty = next((e for e in told if e is not None and e.cause is Cause.VERSION), None)
    if guilty is None:
        words = f"job {name}: {told[0].words if told and told[0] else 'its end is unknown'}; it is begun anew"
        return JobStep(retire=(pod.name,), health=_progressing(words, Cause.SURROUNDINGS))
    note_failure(workload, run, guilty)
    if run.state is RunState.FAILED:
        return JobStep(retire=(pod.name,), health=_failed(run.words))
    words = f"job {name}: {guilty.words}; tried again ({run.failures} of {workload.backoff_limit})"
    return JobStep(retire=(pod.name,), health=_progressing(words, Cause.NONE))


def note_failure(workload: Workload, run: JobRun, ending: Ending) -> None:
    """Count an attempt that failed by its own fault; beyond the backoff limit the run has failed."""
    if ending.cause is not Cause.VERSION:
        return
    run.failures += 1
    if run.failures > workload.backoff_limit:
        run.state, run.words = RunState.FAILED, f"job {workload.key.name} failed: {ending.words}"


def _failed(words: str) -> ArtifactHealth:
    return ArtifactHealth(state=DeploymentState.FAILED, cause=Cause.VERSION, words=words)


def _progressing(words: str, cause: Cause) -> ArtifactHealth:
    return ArtifactHealth(state=DeploymentState.PROGRESSING, cause=cause, words=words)
