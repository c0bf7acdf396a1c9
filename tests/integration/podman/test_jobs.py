"""Jobs run once for each promotion that changes their rendering, and their failure is the deployment's."""

from pathlib import Path
from typing import Any

from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import TestEngine, deployment, running_engine

from headway.domain.deployment import Cause, DeploymentState

LISTS_WHAT_WAS = """\
#!/bin/sh
cd "$(dirname "$0")"
case "$1 $2" in
"kube play")
    touch playing
    rm -f listed
    until [ -e listed ]; do sleep 0.02; done
    podman "$@"
    status=$?
    rm playing
    exit $status ;;
"ps --all")
    said=$(podman "$@") || exit
    touch listed
    while [ -e playing ]; do sleep 0.02; done
    sleep 0.3
    echo "$said" ;;
*) exec podman "$@" ;;
esac
"""
"""A podman that starts a pod while it lists, so that the listing lacks what has started when it arrives."""
MARKS = {"name": "marks", "persistentVolumeClaim": {"claimName": "marks"}}


def job(image: str, *args: str, **spec: Any) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": image,
        "args": list(args),
        "volumeMounts": [{"name": "marks", "mountPath": "/marks"}],
    }
    pod = {"restartPolicy": "Never", "containers": [container], "volumes": [MARKS]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "migrate"},
        "spec": {"template": {"spec": pod}, **spec},
    }


async def marks(engine: TestEngine) -> list[str]:
    """Read what the runs left behind."""
    volume = f"headway-{engine.settings.name}-staging-oneconnect-staging-marks"
    place = await engine.podman("volume", "inspect", "--format", "{{.Mountpoint}}", volume)
    return (Path(place) / "file").read_text().split()


async def test_a_job_runs_once_for_each_promotion_that_changes_it_and_never_for_a_restart(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish().reference
    first = job(image, "append", "/marks/file", "first")
    second = job(image, "append", "/marks/file", "second")
    other = [deployment(image, env={"BODY": "sibling"})]
    promotion = await podman_engine.deploy({"app1": [first]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    promotion = await podman_engine.deploy({"app1": [first], "app2": other})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    await podman_engine.stop()
    await podman_engine.start()
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    assert await marks(podman_engine) == ["first"]
    for documents in ([second], [first]):
        promotion = await podman_engine.deploy({"app1": documents, "app2": other})
        await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    assert await marks(podman_engine) == ["first", "second", "first"]


async def test_a_job_that_keeps_failing_fails_the_deployment_after_its_backoff_limit(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish().reference
    promotion = await podman_engine.deploy({"app1": [job(image, "exit", "4", backoffLimit=1)]})
    told = await podman_engine.until_state(promotion, DeploymentState.FAILED)
    assert told.cause is Cause.VERSION
    assert "exit status 4" in told.words
    assert "migrate" in told.words


async def test_a_job_killed_by_other_hands_is_begun_anew_and_blames_nobody(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish().reference
    promotion = await podman_engine.deploy({"app1": [job(image, "sleep", "4", backoffLimit=0)]})
    await podman_engine.until(promotion, lambda told: "runs" in told["app1"].words)
    (container,) = await podman_engine.containers()
    await podman_engine.podman("kill", container)
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    assert Cause.VERSION not in {o.artifacts["app1"].cause for o in podman_engine.history}


async def test_a_job_that_takes_longer_than_its_active_deadline_fails_the_deployment(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish().reference
    slow = job(image, "sleep", "600", activeDeadlineSeconds=2)
    promotion = await podman_engine.deploy({"app1": [slow]})
    told = await podman_engine.until_state(promotion, DeploymentState.FAILED)
    assert told.cause is Cause.VERSION
    assert "migrate" in told.words


async def test_a_job_that_began_while_podman_was_listed_is_not_begun_again(
    tmp_path: Path, images: ImagePublisher
) -> None:
    late = tmp_path / "podman"
    late.write_text(LISTS_WHAT_WAS)
    late.chmod(0o755)
    image = images.publish().reference
    async with running_engine(tmp_path / "agent", podman=str(late)) as engine:
        promotion = await engine.deploy({"app1": [job(image, "append", "/marks/file", "once")]})
        await engine.until_state(promotion, DeploymentState.HEALTHY)
        assert await marks(engine) == ["once"]
