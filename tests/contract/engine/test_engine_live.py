"""What every engine tells of what runs and of its logs: the specification of the port `LiveView`."""

import pytest
from tests.fixtures.engine_worlds import EngineWorld, states
from tests.fixtures.podman_engine import INSTANCE, STAGING

from headway.domain.deployment import DeploymentState
from headway.domain.errors import Transient, UsageError
from headway.domain.live import ContainerState, LiveInstance, LivePod, ResourceHealth
from headway.domain.names import InstanceName


def pods_of(live: LiveInstance, artifact: str = "app1") -> list[LivePod]:
    """Give the pods of an artifact."""
    return [pod for one in live.resources if one.artifact == artifact for pod in one.pods]


async def test_what_runs_is_told_object_by_object_and_pod_by_pod(world: EngineWorld) -> None:
    promotion = await world.deploy(app1="good", app2="better")
    await world.until(promotion, states(app1=DeploymentState.HEALTHY, app2=DeploymentState.HEALTHY))
    live = await world.engine.live(STAGING, INSTANCE)
    told = {(one.artifact, one.kind, one.name): one for one in live.resources}
    places = {(name, kind, name) for name in ("app1", "app2") for kind in ("Deployment", "Service")}
    assert told.keys() == places
    assert {one.health for one in live.resources} == {ResourceHealth.HEALTHY}
    assert all(one.is_wanted for one in live.resources)
    (pod,) = pods_of(live)
    (container,) = pod.containers
    assert (pod.is_ready, pod.is_leaving, pod.words) == (True, False, "")
    assert pod.created_at is not None
    assert (container.state, container.is_ready, container.is_init) == (ContainerState.RUNNING, True, False)
    assert (container.restarts, container.last_exit) == (0, None)
    assert container.is_locked is True
    assert container.digest is not None
    assert container.digest in container.image
    assert container.since is not None


async def test_a_crash_is_told_with_its_exit_and_the_log_of_the_run_that_crashed(world: EngineWorld) -> None:
    await world.deploy(app1="crashes")

    def has_crashed(live: LiveInstance) -> bool:
        containers = [one for pod in pods_of(live) for one in pod.containers]
        return any(one.last_exit is not None and one.restarts for one in containers)

    live = await world.until_live(has_crashed)
    (pod,) = pods_of(live)
    (container,) = pod.containers
    assert container.last_exit is not None
    assert container.last_exit.exit_code == 1
    assert container.is_ready is False
    assert pod.is_ready is False
    # Kubernetes removes runs of before while it starts the next: then it is said that there is none.
    before = await world.until_lines(world.log_of(pod, is_previous=True))
    assert any("begins" in line.text for line in before), before


async def test_the_last_lines_of_a_log_are_given_with_their_instants(world: EngineWorld) -> None:
    await world.until(await world.deploy(app1="good"), states(app1=DeploymentState.HEALTHY))
    (pod,) = pods_of(await world.engine.live(STAGING, INSTANCE))
    tail = await world.engine.log(world.log_of(pod))
    assert any("begins" in line.text for line in tail.lines)
    assert all(line.at is not None for line in tail.lines)
    assert not tail.is_cut
    before = await world.engine.log(world.log_of(pod, is_previous=True))
    assert before.lines == ()
    short = await world.engine.log(world.log_of(pod, most_bytes=5))
    assert (short.lines, short.is_cut) == ((), True)


async def test_a_log_is_given_of_the_instances_own_containers_only(world: EngineWorld) -> None:
    await world.until(await world.deploy(app1="good"), states(app1=DeploymentState.HEALTHY))
    (pod,) = pods_of(await world.engine.live(STAGING, INSTANCE))
    for other in (
        world.log_of(pod, instance=InstanceName("oneconnect", "other")),
        world.log_of(pod, pod=f"{pod.name}x"),
        world.log_of(pod, pod="../../etc"),
        world.log_of(pod, container="nobody"),
        world.log_of(pod, container=""),
    ):
        with pytest.raises(UsageError) as refused:
            await world.engine.log(other)
        assert refused.value.code == "container-unknown"


async def test_of_an_instance_that_was_never_asked_for_nothing_is_shown(world: EngineWorld) -> None:
    live = await world.engine.live(STAGING, InstanceName("oneconnect", "other"))
    assert live.resources == ()


async def test_what_runs_is_unknown_while_the_engine_cannot_be_asked(world: EngineWorld) -> None:
    await world.until(await world.deploy(app1="good"), states(app1=DeploymentState.HEALTHY))
    (pod,) = pods_of(await world.engine.live(STAGING, INSTANCE))
    await world.cut_off()
    with pytest.raises(Transient):
        await world.engine.live(STAGING, INSTANCE)
    with pytest.raises(Transient):
        await world.engine.log(world.log_of(pod))
