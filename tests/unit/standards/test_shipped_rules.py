"""What each shipped rule catches and lets through, beyond its two examples."""

from typing import Any

import pytest
from tests.fixtures.shipped_cases import (
    CAUGHT,
    LET_THROUGH,
    Change,
    all_of,
    deployment,
    of_container,
    of_pod,
    pods_in,
)
from tests.fixtures.shipped_judging import judged, rules_broken
from tests.fixtures.shipped_standards import example

SLEEP_40 = {"preStop": {"exec": {"command": ["sh", "-c", "sleep 40 && drain"]}}}
PORT = {"name": "http", "containerPort": 8080}


@pytest.mark.parametrize(("rule", "change"), CAUGHT)
async def test_a_rule_catches_it_in_every_kind_that_runs_pods(rule: str, change: Change) -> None:
    for objects in (deployment(change), *pods_in(change)):
        judgement = await judged(objects)
        assert (judgement.problems, judgement.unjudged) == ((), ())
        assert {one.rule for one in judgement.violations} == {rule}
        assert all(
            "container shop" in one.message or "the pod" in one.message for one in judgement.violations
        )


@pytest.mark.parametrize("change", LET_THROUGH)
async def test_what_is_as_good_is_let_through(change: Change) -> None:
    for objects in (deployment(change), *pods_in(change)):
        assert await rules_broken(objects) == set()


async def test_init_containers_are_asked_about_by_name() -> None:
    bad = {"name": "first", "image": "registry.example/first:1"}
    judgement = await judged(deployment(of_pod(initContainers=[bad])))
    assert all("container first" in one.message for one in judgement.violations)
    assert {one.rule for one in judgement.violations} == {
        *("image-digest", "resources", "privilege-escalation", "capabilities", "read-only-root")
    }


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (of_container(lifecycle=None), {"draining"}),
        (of_container(lifecycle=SLEEP_40), {"draining"}),
        (of_pod(terminationGracePeriodSeconds=5), {"draining"}),
        (all_of(of_container(lifecycle=SLEEP_40), of_pod(terminationGracePeriodSeconds=60)), set()),
        (of_container(ports=[{"containerPort": 80}], readinessProbe=None), {"readiness"}),
        (
            of_container(
                ports=[{"name": "metrics", "containerPort": 1}], readinessProbe=None, lifecycle=None
            ),
            set(),
        ),
        (of_container(ports=None, readinessProbe=None, lifecycle=None), set()),
    ],
)
async def test_what_serves_requests_is_probed_and_drained(change: Change, broken: set[str]) -> None:
    assert await rules_broken(deployment(change)) == broken


@pytest.mark.parametrize(("ports", "broken"), [([PORT], {"draining"}), (None, set())])
async def test_only_what_serves_nobody_may_be_recreated(ports: object, broken: set[str]) -> None:
    objects = deployment(of_container(ports=ports))
    objects[0]["spec"]["strategy"] = {"type": "Recreate"}
    assert await rules_broken(objects) == broken


async def test_a_port_of_the_host_is_told() -> None:
    objects = deployment(of_container(ports=[{**PORT, "hostPort": 80}]))
    assert await rules_broken(objects) == {"host-access"}


OPTIONS, HOOK = "argocd.argoproj.io/sync-options", "argocd.argoproj.io/hook"
DELETES = "argocd.argoproj.io/hook-delete-policy"


@pytest.mark.parametrize(
    ("annotations", "good"),
    [
        ({OPTIONS: "Replace=true,Force=true"}, True),
        ({OPTIONS: "Replace=true"}, False),
        ({HOOK: "PreSync", DELETES: "HookSucceeded"}, False),
        ({HOOK: "PreSync", DELETES: "HookSucceeded, BeforeHookCreation"}, True),
        ({}, False),
    ],
)
async def test_a_job_is_one_that_can_be_replaced(annotations: dict[str, str], good: bool) -> None:
    objects: list[dict[str, Any]] = example("job-replaceable", "fails")
    objects[0]["metadata"]["annotations"] = annotations
    assert await rules_broken(objects) == (set() if good else {"job-replaceable"})
    objects[0]["spec"]["ttlSecondsAfterFinished"] = 60
    assert await rules_broken(objects) == set()


@pytest.mark.parametrize(
    ("hosts", "good"),
    [
        (["shop.example"], True),
        (["*.example"], True),
        (["*.shop.example"], False),
        (["other.example"], False),
    ],
)
async def test_every_host_of_an_ingress_has_tls(hosts: list[str], good: bool) -> None:
    objects: list[dict[str, Any]] = example("ingress-tls", "passes")
    objects[0]["spec"]["tls"][0]["hosts"] = hosts
    assert await rules_broken(objects) == (set() if good else {"ingress-tls"})


GATEWAY = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "public"}}


@pytest.mark.parametrize(
    ("name", "protocol", "good"),
    [("https", "HTTPS", True), ("http", "HTTP", False), ("redirect", "HTTP", True)],
)
async def test_a_listener_has_tls_or_only_sends_on(name: str, protocol: str, good: bool) -> None:
    gateway = {**GATEWAY, "spec": {"listeners": [{"name": name, "protocol": protocol, "port": 1}]}}
    assert await rules_broken([gateway]) == (set() if good else {"gateway-tls"})


@pytest.mark.parametrize(
    ("parent", "good"),
    [
        ({"name": "public"}, False),
        ({"name": "public", "sectionName": "https"}, True),
        ({"name": "a", "kind": "Service"}, True),
    ],
)
async def test_a_route_says_which_listener_it_hangs_on(parent: dict[str, str], good: bool) -> None:
    objects: list[dict[str, Any]] = example("gateway-tls", "passes")
    objects[0]["spec"]["parentRefs"] = [parent]
    assert await rules_broken(objects) == (set() if good else {"gateway-tls"})


@pytest.mark.parametrize(("least", "broken"), [(1, {"replicas"}), (None, {"replicas"}), (2, set())])
async def test_an_autoscaler_in_production_keeps_two_pods(least: int | None, broken: set[str]) -> None:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "a"}, "maxReplicas": 4, "minReplicas": least}
    scaler = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "a"}}
    assert await rules_broken([{**scaler, "spec": spec}]) == broken
