"""What manifests may ask for: names, configuration, secrets, volumes, ports, artifacts that come and go."""

import asyncio
import socket
from datetime import timedelta

from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import INSTANCE, STAGING, TestEngine, answer, deployment, service
from tests.fixtures.registry import free_port

from headway.app.ports import CheckRequest, Reference
from headway.domain.checks import HttpCheck, JobCheck, Verdict
from headway.domain.deployment import Cause, DeploymentState
from headway.domain.names import InstanceName

NAMESPACE = "oneconnect-staging"


async def test_services_are_found_by_kubernetes_names_inside_and_across_namespaces(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    port, nats = free_port(), InstanceName("nats", "staging")
    app, other = (images.publish(environment={"BODY": body}).reference for body in ("app1", "nats"))
    first = await podman_engine.deploy(
        {"nats": [deployment(other, "nats"), service("nats", http=False)]}, nats
    )
    second = await podman_engine.deploy({"app1": [deployment(app), service(node_port=port)]})
    await podman_engine.until_state(first, DeploymentState.HEALTHY, "nats", instance=nats)
    await podman_engine.until_state(second, DeploymentState.HEALTHY)
    for name, body in (
        ("app1", "app1"),
        (f"app1.{NAMESPACE}", "app1"),
        ("nats.nats-staging", "nats"),
        ("nats.nats-staging.svc", "nats"),
        ("nats.nats-staging.svc.cluster.local", "nats"),
    ):
        assert await answer(port, f"/fetch?url=http://{name}/") == body, name


async def test_configuration_secrets_volumes_and_init_containers_reach_the_container(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    port, image = free_port(), images.publish().reference
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings"},
        "data": {"COLOUR": "blue", "file.txt": "content"},
    }
    container = {
        "envFrom": [{"configMapRef": {"name": "settings"}}],
        "env": [
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "login", "key": "token"}}},
            {"name": "WHERE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
            {"name": "SENTENCE", "value": "it is $(COLOUR)"},
        ],
        "volumeMounts": [
            {"name": "config", "mountPath": "/config"},
            {"name": "scratch", "mountPath": "/scratch"},
            {"name": "data", "mountPath": "/data"},
        ],
    }
    init = {
        "name": "prepare",
        "image": image,
        "args": ["write", "/scratch/made", "by-init"],
        "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
    }
    volumes = [
        {"name": "config", "configMap": {"name": "settings"}},
        {"name": "scratch", "emptyDir": {}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
    ]
    pod = {"initContainers": [init], "volumes": volumes}
    documents = [config, deployment(image, pod=pod, container=container), service(node_port=port)]
    promotion = await podman_engine.deploy({"app1": documents})
    told = await podman_engine.until(promotion, lambda seen: seen["app1"].cause is Cause.SURROUNDINGS)
    assert f"{NAMESPACE}.login" in told["app1"].words
    wanted = [Reference(kind="Secret", name="login"), Reference(kind="ConfigMap", name="settings")]
    assert list(await podman_engine.client.missing_references(STAGING, NAMESPACE, wanted)) == wanted[:1]
    secret = podman_engine.settings.state / "login.json"
    secret.write_text('{"token": "Z2VoZWlt"}')
    await podman_engine.podman("secret", "create", f"{NAMESPACE}.login", str(secret))
    try:
        await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    finally:
        await podman_engine.podman("secret", "rm", f"{NAMESPACE}.login")
    for name, value in (
        ("COLOUR", "blue"),
        ("TOKEN", "geheim"),
        ("WHERE", NAMESPACE),
        ("SENTENCE", "it is blue"),
    ):
        assert await answer(port, f"/env?name={name}") == value
    assert await answer(port, "/file?path=/config/file.txt") == "content"
    assert (await answer(port, "/file?path=/scratch/made")).strip() == "by-init"
    assert await answer(port, "/write?path=/data/kept&text=kept") == ""
    changed = {**config, "data": {"COLOUR": "red", "file.txt": "new"}}
    container["env"] = container["env"][1:]
    documents = [changed, deployment(image, pod=pod, container=container), service(node_port=port)]
    promotion = await podman_engine.deploy({"app1": documents})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    assert await answer(port, "/env?name=COLOUR") == "red"
    assert await answer(port, "/file?path=/config/file.txt") == "new"
    assert await answer(port, "/file?path=/data/kept") == "kept"


async def test_a_volume_claim_outlives_every_pod_and_an_empty_dir_goes_with_its_pod(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish().reference
    volumes = [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "scratch", "emptyDir": {}},
    ]
    mounts = [{"name": "data", "mountPath": "/data"}, {"name": "scratch", "mountPath": "/scratch"}]
    document = deployment(image, pod={"volumes": volumes}, container={"volumeMounts": mounts})
    promotion = await podman_engine.deploy({"app1": [document]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    listing = ("volume", "ls", "-q", "--filter", f"label=headway.dev/engine={podman_engine.settings.name}")
    assert len((await podman_engine.podman(*listing)).split()) == 2
    await podman_engine.deploy({})
    claim = f"headway-{podman_engine.settings.name}-staging-{NAMESPACE}-data"
    async with asyncio.timeout(60):
        while (await podman_engine.podman(*listing)).split() != [claim]:  # noqa: ASYNC110 - podman's, not ours
            await asyncio.sleep(0.1)
    assert await podman_engine.containers() == []


async def test_a_taken_port_is_told_and_stops_nothing_else(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish(environment={"BODY": "fine"}).reference
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        promotion = await podman_engine.deploy(
            {
                "app1": [deployment(image), service(node_port=taken)],
                "app2": [deployment(image, "app2"), service("app2", node_port=port)],
            }
        )
        told = await podman_engine.until(
            promotion,
            lambda seen: (
                (seen["app1"].cause, seen["app2"].state) == (Cause.SURROUNDINGS, DeploymentState.HEALTHY)
            ),
        )
        assert f"port {taken}" in told["app1"].words
        assert await answer(port) == "fine"
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    assert await answer(taken) == "fine"


async def test_a_sibling_is_never_touched_and_what_leaves_the_lock_goes(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    one, two = (images.publish(environment={"BODY": body}).reference for body in ("one", "two"))
    promotion = await podman_engine.deploy({"app1": [deployment(one)], "app2": [deployment(one, "app2")]})
    await podman_engine.until(promotion, _all_healthy)
    before = await podman_engine.containers()
    promotion = await podman_engine.deploy({"app1": [deployment(two)], "app2": [deployment(one, "app2")]})
    await podman_engine.until(promotion, _all_healthy)
    # The old pod serves no more once all is healthy, and goes a moment later.
    async with asyncio.timeout(60):
        while len(set(before) & set(await podman_engine.containers())) > 1:  # noqa: ASYNC110 - podman's, not ours
            await asyncio.sleep(0.1)
    assert len(set(before) & set(await podman_engine.containers())) == 1
    promotion = await podman_engine.deploy({"app2": [deployment(one, "app2")]})
    await podman_engine.until(promotion, _all_healthy)
    async with asyncio.timeout(60):
        while set(await podman_engine.containers()) - set(before):  # noqa: ASYNC110 - podman's, not ours
            await asyncio.sleep(0.1)
    left = await podman_engine.containers()
    assert len(left) == 1
    podman_engine.desired.drop(STAGING, INSTANCE)
    await podman_engine.ask()
    told = await podman_engine.until(promotion, lambda seen: "left as it runs" in seen["app2"].words)
    assert told["app2"].state is DeploymentState.HEALTHY
    assert await podman_engine.containers() == left


async def test_a_job_check_runs_inside_the_instances_network(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish().reference
    promotion = await podman_engine.deploy({"app1": [deployment(image), service()]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)

    async def check(attempt: str, run: HttpCheck | JobCheck) -> tuple[Verdict, str]:
        request = CheckRequest(
            environment=STAGING,
            instance=INSTANCE,
            namespace=NAMESPACE,
            attempt_id=attempt,
            check="contract",
            run=run,
            timeout=timedelta(seconds=10),
        )
        result = await podman_engine.client.run_check(request)
        return result.verdict, result.words

    verdict, words = await check("a", JobCheck(image=image, command=("/probe", "get", "http://app1/")))
    assert (verdict, "answered 200" in words) == (Verdict.PASSED, True), words
    verdict, words = await check("b", JobCheck(image=image, command=("/probe", "exit", "3")))
    assert (verdict, "ended with 3" in words) == (Verdict.FAILED, True), words
    gone = image[:-8] + "00000000"
    verdict, words = await check("c", JobCheck(image=gone))
    assert verdict is Verdict.ERRORED, words
    verdict, words = await check("d", HttpCheck(service="app1", contains="something else"))
    assert (verdict, "without" in words) == (Verdict.FAILED, True), words


def _all_healthy(told: object) -> bool:
    assert isinstance(told, dict)
    return {health.state for health in told.values()} == {DeploymentState.HEALTHY}
