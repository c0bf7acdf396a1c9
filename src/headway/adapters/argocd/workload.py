"""Whether a workload, read live from the cluster, has made its present spec real. Pure.

Argo CD's health can be from before its own sync, and the Kubernetes Deployment that it looked at a copy from
before the apply. What is read here is read after both, and says itself which generation it speaks of.
"""

from collections.abc import Callable, Mapping

from headway.adapters.argocd.connection import Json, mapping, one_line
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState

READY = ArtifactHealth(state=DeploymentState.HEALTHY)


def not_taken_up(desired: Json, live: Json | None) -> str | None:
    """Say what shows that the cluster has not begun with this spec; None: it has, so its pods tell of it."""
    said = f"{desired.get('kind')} {_name(desired)}"
    if live is None:
        return f"{said} is not in the cluster"
    if _images(desired) != _images(live):
        return f"{said} still has the images of before"
    seen, present = mapping(live, "status").get("observedGeneration", 0), mapping(live, "metadata")
    if live.get("kind") != "Job" and int(seen) < int(present.get("generation", 0)):
        return f"{said}: Kubernetes has not looked at it yet"
    return None


def judge_workload(live: Json) -> ArtifactHealth:
    """Say how far a workload is that was taken up."""
    return _JUDGES[str(live.get("kind"))](live, mapping(live, "status"))


def is_made_for(live: Json, replica_set: Json) -> bool:
    """Say whether a live ReplicaSet is that of a live Deployment's present template.

    Neither the numbers of revisions nor the observed generation tell: after a rollback Kubernetes gives the
    set a new number first, notes that it has looked, and only then the Deployment that number.
    Source: ``getNewReplicaSet`` and ``EqualIgnoreHash`` of Kubernetes' controller of Deployments.
    """
    return _template(live) == _template(replica_set)


def is_pod_of(live: Json, pod: Json) -> bool:
    """Say whether a pod is one of a live workload's present template, as far as the pod itself can tell."""
    labels = mapping(mapping(pod, "metadata"), "labels")
    if live.get("kind") == "StatefulSet":
        return bool(labels.get("controller-revision-hash") == mapping(live, "status").get("updateRevision"))
    if live.get("kind") == "DaemonSet":
        present = mapping(mapping(live, "metadata"), "annotations").get(_GENERATION_OF_TEMPLATE)
        return bool(labels.get("pod-template-generation") == present)
    return True


def is_workload(document: Json) -> bool:
    """Say whether it is of a kind that is read live."""
    return document.get("kind") in _JUDGES


def _deployment(live: Json, status: Json) -> ArtifactHealth:
    for condition in status.get("conditions") or ():
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            return _progressing(f"{condition.get('reason')}: {condition.get('message')}", Cause.SURROUNDINGS)
        if condition.get("reason") == "ProgressDeadlineExceeded":
            return ArtifactHealth(
                state=DeploymentState.FAILED, cause=Cause.VERSION, words=str(condition.get("message"))
            )
    wanted = int(mapping(live, "spec").get("replicas", 1))
    updated, ready = int(status.get("updatedReplicas", 0)), int(status.get("availableReplicas", 0))
    every = int(status.get("replicas", 0))
    if updated < wanted:
        return _progressing(f"{updated} of {wanted} pods are new")
    if every > updated:
        # Where all are available the new ones are too, and those of before only take their time to end.
        cause = Cause.SURROUNDINGS if ready >= every else Cause.NONE
        return _progressing(f"{every - updated} pods of before still serve", cause)
    if ready < wanted:
        allowed = mapping(live, "spec").get("progressDeadlineSeconds")
        may_take = f" (it may take {allowed} s)" if allowed else ""
        return _progressing(f"{ready} of {wanted} new pods are available{may_take}")
    return READY


def _stateful_set(live: Json, status: Json) -> ArtifactHealth:
    wanted = int(mapping(live, "spec").get("replicas", 1))
    updated = int(status.get("updatedReplicas", 0))
    if status.get("updateRevision") == status.get("currentRevision"):
        updated = int(status.get("currentReplicas", wanted))
    ready = int(status.get("readyReplicas", 0))
    if updated < wanted:
        return _progressing(f"{updated} of {wanted} pods are new")
    return READY if ready >= wanted else _progressing(f"{ready} of {wanted} pods are ready")


def _daemon_set(live: Json, status: Json) -> ArtifactHealth:
    del live
    wanted, updated = (
        int(status.get("desiredNumberScheduled", 0)),
        int(status.get("updatedNumberScheduled", 0)),
    )
    ready = int(status.get("numberAvailable", 0))
    if updated < wanted:
        return _progressing(f"{updated} of {wanted} pods are new")
    return READY if ready >= wanted else _progressing(f"{ready} of {wanted} pods are available")


def _job(live: Json, status: Json) -> ArtifactHealth:
    del live
    for condition in status.get("conditions") or ():
        if condition.get("status") != "True":
            continue
        if condition.get("type") == "Failed":
            words = f"{condition.get('reason')}: {condition.get('message', '')}"
            return ArtifactHealth(state=DeploymentState.FAILED, cause=Cause.VERSION, words=words)
        if condition.get("type") in ("Complete", "SuccessCriteriaMet"):
            return READY
        if condition.get("type") == "Suspended":
            return _progressing("the Job is suspended")
    return _progressing("the Job runs")


_JUDGES: Mapping[str, Callable[[Json, Json], ArtifactHealth]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
}


_GENERATION_OF_TEMPLATE = "deprecated.daemonset.template.generation"
"""By this alone a DaemonSet tells its pods from those before; deprecated is the field that it was once."""


def _template(owner: Json) -> Json:
    """Give a pod template without the label by which each ReplicaSet tells its pods from the others'."""
    template = mapping(mapping(owner, "spec"), "template")
    about = mapping(template, "metadata")
    labels = {key: value for key, value in mapping(about, "labels").items() if key != "pod-template-hash"}
    return {**template, "metadata": {**about, "labels": labels}}


def _progressing(words: str, cause: Cause = Cause.NONE) -> ArtifactHealth:
    return ArtifactHealth(state=DeploymentState.PROGRESSING, cause=cause, words=one_line(words, 500))


def _images(workload: Json) -> list[str]:
    spec = mapping(mapping(mapping(workload, "spec"), "template"), "spec")
    return [
        str(one.get("image")) for kind in ("initContainers", "containers") for one in spec.get(kind) or ()
    ]


def _name(workload: Json) -> str:
    return str(mapping(workload, "metadata").get("name"))
