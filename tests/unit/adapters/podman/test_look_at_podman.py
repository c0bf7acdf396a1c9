"""What is told of an instance, of what podman lists and of what the last pass found."""

from datetime import UTC, datetime
from typing import Any

from headway.adapters.podman.ending import Ending
from headway.adapters.podman.held_instance import HeldInstance
from headway.adapters.podman.live_pod import LiveContainer, LivePod, Restarts
from headway.adapters.podman.looking import MOST_PODS, LastPass, Look, live_instance, run_began
from headway.adapters.podman.workload import WorkloadKey, workloads_of
from headway.app.ports import DesiredInstance
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState
from headway.domain.live import ContainerState, LastExit, LiveInstance, ResourceHealth
from headway.domain.names import CommitId, EnvironmentName, InstanceName, PromotionId, TreeId

STAGING, INSTANCE = EnvironmentName("staging"), InstanceName("oneconnect", "staging")
DIGEST, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
NEVER = "0001-01-01T00:00:00Z"
STARTED, ENDED = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 11, tzinfo=UTC)
DEPLOYMENT = {
    "kind": "Deployment",
    "metadata": {"name": "app1"},
    "spec": {"template": {"spec": {"containers": [{"name": "main", "image": f"r/app@{DIGEST}"}]}}},
}


def key(name: str = "app1", kind: str = "Deployment") -> WorkloadKey:
    """Name a workload."""
    return WorkloadKey(
        environment=STAGING, instance=INSTANCE, artifact="app1", namespace="ns", kind=kind, name=name
    )


def pod(of: WorkloadKey, ordinal: int = 0, state: str = "running", exit_code: int = 0) -> LivePod:
    """Give a pod with one container."""
    one = LiveContainer(
        id=f"c{ordinal}", name="main", state=state, exit_code=exit_code, started_at=1, init=False
    )
    return LivePod(
        name=f"{of.name}-{ordinal}",
        key=of,
        template="t",
        ordinal=ordinal,
        address="",
        ports={},
        labels={},
        job="",
        wanted=("main",),
        grace_s=1,
        containers=(one,),
    )


def inspected(*, finished: str = NEVER, image: str = f"r/app@{DIGEST}", **state: Any) -> dict[str, Any]:
    """Give what podman tells of a container."""
    told = {"StartedAt": STARTED.isoformat(), "FinishedAt": finished, **state}
    return {"Created": ENDED.isoformat(), "ImageName": image, "ImageDigest": OTHER, "State": told}


def held(*documents: dict[str, Any]) -> HeldInstance:
    """Hold what a lock asks for."""
    desired = DesiredInstance(
        instance=INSTANCE,
        namespace="ns",
        promotion_id=PromotionId("p"),
        revision=CommitId("c"),
        artifacts={"app1": documents},
        renderings={"app1": TreeId("t")},
    )
    return HeldInstance(
        name=INSTANCE,
        desired=desired,
        workloads=workloads_of(STAGING, INSTANCE, "ns", "app1", documents, config_maps={}),
        services=(),
        gaps={},
    )


def last_pass(*ready: str, **words: str) -> LastPass:
    """Give what the last pass found."""
    health = ArtifactHealth(state=DeploymentState.FAILED, cause=Cause.VERSION, words="crashed")
    traffic = {(INSTANCE, artifact): said for artifact, said in words.items()}
    return LastPass(
        parts={key(): health}, ready=frozenset(ready), leaving=frozenset({"app1-9"}), traffic_words=traffic
    )


def told(*pods: LivePod, **more: Any) -> LiveInstance:
    """Look at these pods of a Deployment."""
    asked: dict[str, Any] = {"last_pass": last_pass("app1-0"), "inspected": {"c0": inspected()}, **more}
    return live_instance(held(DEPLOYMENT), Look(pods=pods, **asked))


def test_a_container_that_runs_is_told_with_its_digest_and_since_when() -> None:
    (deployment,) = told(pod(key())).resources
    assert (deployment.health, deployment.words) == (ResourceHealth.FAILED, "crashed")
    (one,) = deployment.pods[0].containers
    assert (one.state, one.since, one.is_ready) == (ContainerState.RUNNING, STARTED, True)
    assert (one.digest, one.is_locked, one.restarts, one.last_exit) == (DIGEST, True, 0, None)
    older = told(pod(key()), inspected={"c0": inspected(image=f"r/app@{OTHER}")}).resources[0]
    assert older.pods[0].containers[0].is_locked is False


def test_before_the_first_pass_readiness_and_health_are_unknown() -> None:
    (deployment,) = told(pod(key()), last_pass=None).resources
    assert deployment.health is ResourceHealth.UNKNOWN
    assert deployment.pods[0].is_ready is None
    assert deployment.pods[0].containers[0].is_ready is None


def test_a_container_that_podman_forgot_meanwhile_is_told_without_its_image() -> None:
    (one,) = told(pod(key()), inspected={}).resources[0].pods[0].containers
    assert (one.digest, one.is_locked, one.since) == (None, None, None)


def test_what_started_again_is_told_with_the_end_that_this_agent_saw() -> None:
    ending = Ending(cause=Cause.VERSION, words="ended with exit status 3", exit_code=3)
    more = {"inspected": {"c0": inspected(finished=ENDED.isoformat())}, "endings": {"c0": ending}}
    (one,) = (
        told(pod(key()), restarts={"c0": Restarts(count=2, at=ENDED)}, **more).resources[0].pods[0].containers
    )
    assert one.restarts == 2
    assert one.last_exit == LastExit(exit_code=3, reason="ended with exit status 3", at=ENDED)


def test_what_another_agent_started_again_is_told_as_far_as_it_is_known() -> None:
    (one,) = (
        told(pod(key()), inspected={"c0": inspected(finished=ENDED.isoformat())})
        .resources[0]
        .pods[0]
        .containers
    )
    assert one.restarts is None
    assert one.last_exit == LastExit(exit_code=None, at=ENDED)


def test_what_outgrew_its_memory_says_so() -> None:
    ended = inspected(finished="2026-01-01T13:00:00Z", OOMKilled=True)
    (one,) = (
        told(pod(key(), state="exited", exit_code=137), inspected={"c0": ended})
        .resources[0]
        .pods[0]
        .containers
    )
    assert one.state is ContainerState.ENDED
    assert one.last_exit is not None
    assert (one.last_exit.exit_code, one.last_exit.reason) == (137, "OOMKilled")
    assert one.since == one.last_exit.at


def test_pods_that_no_lock_asks_for_any_more_are_told_as_such() -> None:
    (_, left) = told(pod(key("old"))).resources
    assert (left.name, left.is_wanted, left.health) == ("old", False, ResourceHealth.UNKNOWN)
    assert [one.name for one in left.pods] == ["old-0"]
    unheld = live_instance(None, Look(pods=[pod(key())], inspected={}, last_pass=None))
    assert [one.is_wanted for one in unheld.resources] == [False]


def test_of_many_pods_the_first_are_told_and_the_rest_is_counted() -> None:
    (deployment,) = told(*(pod(key(), number) for number in range(MOST_PODS + 3))).resources
    assert len(deployment.pods) == MOST_PODS
    assert deployment.pods_left_out == 3
    assert deployment.pods[9].is_leaving


def test_a_jobs_pod_that_succeeded_is_done() -> None:
    job = key("migrate", "Job")
    (_, left) = told(pod(job, state="exited")).resources
    assert left.pods[0].is_done
    (_, failed) = told(pod(job, state="exited", exit_code=1)).resources
    assert not failed.pods[0].is_done


def test_objects_that_run_nothing_are_told_by_their_kind() -> None:
    documents = [
        {"kind": kind, "metadata": {"name": "one"}}
        for kind in (
            "Service",
            "ConfigMap",
            "PersistentVolumeClaim",
            "ServiceAccount",
            "NetworkPolicy",
            "Odd",
        )
    ]
    look = Look(pods=[], inspected={}, last_pass=last_pass(app1="its port is taken"))
    found = {one.kind: one for one in live_instance(held(*documents), look).resources}
    assert (found["Service"].health, found["Service"].words) == (
        ResourceHealth.PROGRESSING,
        "its port is taken",
    )
    assert found["ConfigMap"].health is ResourceHealth.PRESENT
    assert found["PersistentVolumeClaim"].health is ResourceHealth.ABSENT
    for kind in ("ServiceAccount", "NetworkPolicy", "Odd"):
        assert found[kind].health is ResourceHealth.ABSENT
        assert "this engine makes none" in found[kind].words
    there = Look(pods=[], inspected={}, last_pass=None, claims=frozenset({"one"}))
    found = {one.kind: one for one in live_instance(held(*documents), there).resources}
    assert found["PersistentVolumeClaim"].health is ResourceHealth.PRESENT
    assert found["Service"].health is ResourceHealth.UNKNOWN


def test_runs_are_told_apart_by_an_instant_between_them_and_never_by_podmans_start() -> None:
    """A program writes before podman notes that it was started; those lines are of the present run."""
    first, again = inspected(), inspected(finished=ENDED.isoformat())
    assert run_began(first, None) is None, "nothing is of before"
    assert run_began(again, None) == ENDED
    assert run_began(again, Restarts(count=1, at=STARTED)) == STARTED
    assert run_began(inspected(finished="2026-01-01T13:00:00Z"), None) is None, "its own end"
    assert run_began({}, None) is None
