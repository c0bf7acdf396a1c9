"""The next step of a rollout, for every look that podman may give."""

from dataclasses import replace

from headway.adapters.podman.live_pod import LivePod
from headway.adapters.podman.rollout import RolloutStep, SeenPod, next_step
from headway.adapters.podman.workload import WorkloadKey
from headway.domain.names import EnvironmentName, InstanceName

KEY = WorkloadKey(
    environment=EnvironmentName("staging"),
    instance=InstanceName("oneconnect", "staging"),
    artifact="app1",
    namespace="ns",
    kind="Deployment",
    name="app1",
)


def pod(
    template: str, ordinal: int, *, ready: bool = True, retiring: bool = False, serves: bool = False
) -> SeenPod:
    live = LivePod(
        name=f"{template}-{ordinal}",
        key=KEY,
        template=template,
        ordinal=ordinal,
        address="10.201.0.2",
        ports={},
        labels={},
        job="",
        wanted=("main",),
        grace_s=30,
    )
    return SeenPod(pod=live, ready=ready, retiring=retiring, serves=serves)


def test_from_nothing_all_pods_are_started_at_once() -> None:
    assert next_step("b", 2, [], recreate=False) == RolloutStep(create=(0, 1))


def test_old_pods_stay_until_every_new_one_is_ready() -> None:
    pods = [pod("a", 0), pod("a", 1), pod("b", 0), pod("b", 1, ready=False)]
    assert next_step("b", 2, pods, recreate=False) == RolloutStep()
    pods[3] = pod("b", 1)
    assert next_step("b", 2, pods, recreate=False) == RolloutStep(retire=("a-0", "a-1"))


def test_it_is_complete_only_when_nothing_older_serves() -> None:
    leaving = pod("a", 0, retiring=True, serves=True)
    assert not next_step("b", 1, [pod("b", 0), leaving], recreate=False).complete
    assert next_step("b", 1, [pod("b", 0), replace(leaving, serves=False)], recreate=False).complete


def test_the_way_back_only_removes_the_successor() -> None:
    pods = [pod("a", 0), pod("b", 0, ready=False)]
    assert next_step("a", 1, pods, recreate=False) == RolloutStep(retire=("b-0",))


def test_recreate_ends_the_old_before_it_starts_the_new() -> None:
    assert next_step("b", 1, [pod("a", 0)], recreate=True) == RolloutStep(retire=("a-0",))
    assert next_step("b", 1, [pod("a", 0, retiring=True)], recreate=True) == RolloutStep()
    assert next_step("b", 1, [], recreate=True) == RolloutStep(create=(0,))


def test_a_ready_twin_stays_and_the_other_goes() -> None:
    twin = replace(pod("b", 0, ready=False), pod=replace(pod("b", 0).pod, name="a-twin"))
    assert next_step("b", 1, [twin, pod("b", 0)], recreate=False).retire == ("a-twin",)


def test_fewer_replicas_retire_the_highest_ordinals() -> None:
    pods = [pod("b", 0), pod("b", 1), pod("b", 2)]
    assert next_step("b", 1, pods, recreate=False).retire == ("b-1", "b-2")
