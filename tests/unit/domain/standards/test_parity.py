"""Instances are held against each other: what differs and is not declared is told, and nothing else."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.fixtures.ordinary_manifests import NAMES, objects_in, ordinary

from headway.domain.standards.parity import (
    ABSENT,
    DeclaredDifference,
    Parity,
    RenderedInstance,
    Undeclared,
    compare,
)

DIGEST = "sha256:" + "1" * 64
DEPLOYMENT = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: app1, namespace: shop-staging}}
spec:
  replicas: 1
  template:
    spec:
      initContainers:
      - {{name: first, image: a}}
      - {{name: second, image: a}}
      containers:
      - name: app1
        image: harbor.example.com/shop/app1@{DIGEST}
        args: [serve, quickly]
        env:
        - {{name: LEVEL, value: info}}
        - {{name: OTHER, value: http://app2.shop-staging.svc.cluster.local/}}
        - {{name: REGION, value: ap-southeast-2}}
        envFrom: [{{configMapRef: {{name: settings-2g4h6kfmt8}}}}]
        ports: [{{containerPort: 8080}}, {{containerPort: 9090}}]
        resources: {{limits: {{memory: 128Mi}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings-2g4h6kfmt8, namespace: shop-staging}}
data: {{a.yaml: same, b.yaml: same}}
---
apiVersion: v1
kind: Secret
metadata: {{name: key, namespace: shop-staging}}
stringData: {{key: hunter2}}
"""
CONTAINER = "spec.template.spec.containers[app1]"


def staging() -> RenderedInstance:
    return RenderedInstance(name="staging", namespace="shop-staging", objects=objects_in(DEPLOYMENT))


def production(*changes: tuple[str, str]) -> RenderedInstance:
    text = DEPLOYMENT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    text = text.replace("shop-staging", "shop-production")
    return RenderedInstance(name="production", namespace="shop-production", objects=objects_in(text))


def told(other: RenderedInstance, *declared: DeclaredDifference) -> list[str]:
    found = compare("app1", (staging(), other), declared).undeclared
    return [f"{one.key} {one.path}: {shown(one.value_here)} {shown(one.value_there)}" for one in found]


def shown(value: object) -> str:
    return "-" if value is ABSENT else repr(value)


def test_what_always_differs_is_no_difference() -> None:
    other = production(
        ("harbor.example.com/shop", "123.dkr.ecr.example.com/shop-mirror"),
        ("settings-2g4h6kfmt8", "settings-9c7b5dfgh2"),
    )
    assert compare("app1", (staging(), other), ()) == Parity()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "[{containerPort: 8080}, {containerPort: 9090}]",
            "[{containerPort: 9090}, {containerPort: 8080}]",
        ),
        (
            "        - {name: LEVEL, value: info}\n",
            "",
        ),
    ],
    ids=["ports", "env"],
)
def test_the_order_of_items_that_have_names_is_no_difference(old: str, new: str) -> None:
    changes = [(old, new)]
    if not new:
        last = "        - {name: REGION, value: ap-southeast-2}\n"
        changes.append((last, last + old))
    assert told(production(*changes)) == []


def test_a_field_without_a_value_is_as_if_it_were_not_there() -> None:
    assert told(production(("  replicas: 1", "  replicas: 1\n  paused: null"))) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("replicas: 1", "replicas: 3", "Deployment app1 spec.replicas: 1 3"),
        ("  replicas: 1\n", "", "Deployment app1 spec.replicas: 1 -"),
        ("value: info", "value: warn", f"Deployment app1 {CONTAINER}.env[LEVEL].value: 'info' 'warn'"),
        (
            "        - {name: LEVEL, value: info}\n",
            "",
            f"Deployment app1 {CONTAINER}.env[LEVEL]: {{'name': 'LEVEL', 'value': 'info'}} -",
        ),
        ("app2.shop-staging", "app3.shop-staging", "Deployment app1 "),
        ("[serve, quickly]", "[serve, slowly]", f"Deployment app1 {CONTAINER}.args[1]: 'quickly' 'slowly'"),
        ("{a.yaml: same", "{a.yaml: other", "ConfigMap settings data['a.yaml']: 'same' 'other'"),
        (
            "memory: 128Mi",
            "memory: 1Gi",
            f"Deployment app1 {CONTAINER}.resources.limits.memory: '128Mi' '1Gi'",
        ),
        ("replicas: 1", "replicas: true", "Deployment app1 spec.replicas: 1 True"),
        (DIGEST, "sha256:" + "2" * 64, f"Deployment app1 {CONTAINER}.image: '@{DIGEST}' '@sha256:222"),
        ("apps/v1", "apps/v1beta2", "Deployment app1 apiVersion: 'apps/v1' 'apps/v1beta2'"),
        ("[serve, quickly]", "serve", f"Deployment app1 {CONTAINER}.args: ['serve', 'quickly'] 'serve'"),
    ],
)
def test_what_differs_is_told_with_its_place(old: str, new: str, line: str) -> None:
    (found,) = told(production((old, new)))
    assert found.startswith(line)


def test_the_order_of_what_is_started_in_order_counts() -> None:
    first, second = "      - {name: first, image: a}\n", "      - {name: second, image: a}\n"
    (line,) = told(production((first + second, second + first)))
    assert line.startswith("Deployment app1 spec.template.spec.initContainers: ")


def test_an_object_of_one_instance_alone_is_told_as_a_whole() -> None:
    found = compare("app1", (staging(), production(("kind: ConfigMap", "kind: Unknown"))), ()).undeclared
    whole = [(one.key.kind, one.path, one.value_here is ABSENT, one.value_there is ABSENT) for one in found]
    assert ("Unknown", "", True, False) in whole
    assert ("ConfigMap", "", False, True) in whole


@pytest.mark.parametrize(
    "declared",
    [
        {"path": "spec.replicas"},
        {"path": "spec.replicas", "kind": "Deployment", "name": "app*"},
        {"path": "spec"},
        {"kind": "Deployment"},
        {"path": "spec.replicas", "artifacts": ("app0", "app1")},
    ],
)
def test_a_declared_difference_is_let_through(declared: dict[str, Any]) -> None:
    assert (
        told(production(("replicas: 1", "replicas: 3")), DeclaredDifference(**declared, reason="size")) == []
    )


@pytest.mark.parametrize(
    "declared",
    [
        {"path": "spec.replica"},
        {"path": "spec.replicas.more"},
        {"path": "spec.replicas", "kind": "StatefulSet"},
        {"path": "spec.replicas", "name": "app2"},
        {"path": "spec.replicas", "artifacts": ("app2",)},
        {"path": "no place["},
    ],
)
def test_a_declaration_of_something_else_lets_nothing_through(declared: dict[str, Any]) -> None:
    other = production(("replicas: 1", "replicas: 3"))
    assert len(told(other, DeclaredDifference(**declared, reason="size"))) == 1


def test_what_one_instance_lacks_is_taken_apart_where_a_part_is_declared() -> None:
    other = production(("        resources: {limits: {memory: 128Mi}}\n", ""))
    assert told(other, DeclaredDifference(path=f"{CONTAINER}.resources.limits.memory", reason="size")) == []
    assert len(told(other, DeclaredDifference(path=f"{CONTAINER}.resources.limits.cpu", reason="size"))) == 1


def test_a_declared_difference_that_is_not_there_is_unused() -> None:
    size = DeclaredDifference(path="spec.replicas", reason="size")
    level = DeclaredDifference(path=f"{CONTAINER}.env[LEVEL]", reason="noise")
    other_artifact = DeclaredDifference(path="spec.replicas", artifacts=("app2",), reason="size")
    found = compare(
        "app1", (staging(), production(("replicas: 1", "replicas: 3"))), (size, level, other_artifact)
    )
    assert found == Parity(unused=(level,))


def test_each_other_instance_is_held_against_the_first() -> None:
    twice = [production(("replicas: 1", f"replicas: {count}")) for count in (3, 5)]
    found = compare("app1", (staging(), *twice), ()).undeclared
    assert [(one.here, one.value_here, one.value_there) for one in found] == [
        ("staging", 1, 3),
        ("staging", 1, 5),
    ]
    assert compare("app1", (), ()) == compare("app1", (staging(),), ()) == Parity()


def test_a_violation_says_both_values_and_a_secret_neither() -> None:
    (size,) = compare("app1", (staging(), production(("replicas: 1", "replicas: 3"))), ()).undeclared
    assert size.violation.rule == "parity"
    assert size.violation.path == "spec.replicas"
    assert size.violation.message == (
        "staging has 1 and production has 3. Make them the same, or declare it under parity with a reason"
    )
    (secret,) = compare("app1", (staging(), production(("hunter2", "hunter3"))), ()).undeclared
    assert "hunter" not in secret.violation.message


def leaves(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    below: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value))
    elif value is not None:
        return [at]
    return [leaf for part, inner in below for leaf in leaves(inner, (*at, part))]


ORDINARY = [one for name in NAMES for one in ordinary(name)]
NAMING = {("kind",), ("metadata", "name"), ("apiVersion",)}


@settings(deadline=None, database=None)
@given(st.data())
def test_any_change_is_found_and_what_is_shown_declares_it(data: st.DataObject) -> None:
    found = data.draw(st.sampled_from(ORDINARY))
    place = data.draw(st.sampled_from(leaves(found)))
    assume(place not in NAMING)
    changed: Any = deepcopy(found)
    holder = changed
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] = "something else"
    here = RenderedInstance(name="staging", namespace="s", objects=[found])
    there = RenderedInstance(name="production", namespace="p", objects=[changed])
    assert compare("app1", (here, here), ()) == Parity()

    first: tuple[Undeclared, ...] = compare("app1", (here, there), ()).undeclared
    assert first
    declared = [DeclaredDifference(path=one.path, kind=one.key.kind, reason="meant") for one in first]
    assert compare("app1", (here, there), declared) == Parity()
    assert compare("app1", (there, here), declared) == Parity()
