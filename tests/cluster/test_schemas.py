"""Schemas say what a real API server says: of good manifests, and of each with one thing changed."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.api_server import Answer, ApiServer, api_server
from tests.fixtures.ordinary_manifests import NAMES, ordinary
from tools.cluster import Cluster

from headway.adapters.schemas.judge import judge_objects
from headway.domain.kubernetes_version import KubernetesVersion

pytestmark = pytest.mark.cluster

VERSION = KubernetesVersion(1, 34)
DEFINITIONS = ordinary("operator")[:1]
GONE = object()
VALUES = (GONE, None, "text", 7, True, [], {}, {"zzz": 1}, 1.5, ["x"], 99999999999, -1)
EACH = 3
"""Of these values each place gets so many, another place others: all of all take a minute."""
NAMING = {("apiVersion",), ("kind",), ("metadata", "name")}

Place = tuple[str | int, ...]
Changed = tuple[str, dict[str, object]]


def places(value: object, at: Place = ()) -> Iterator[Place]:
    if at and at not in NAMING and "status" not in at:
        yield at
    below: Any = ()
    if isinstance(value, dict | list):
        below = value.items() if isinstance(value, dict) else enumerate(value)
    for part, inner in below:
        yield from places(inner, (*at, part))


def changed(found: dict[str, object]) -> Iterator[Changed]:
    """Give an object with one thing changed, and what."""
    for number, place in enumerate(places(found)):
        if found["kind"] == "LimitRange" and place == ("metadata",):
            continue  # a server makes up its name, which nobody who keeps manifests in Git can want
        for turn in range(EACH):
            value = VALUES[(number * EACH + turn) % len(VALUES)]
            copy: Any = deepcopy(found)
            holder = copy
            for part in place[:-1]:
                holder = holder[part]
            if value is GONE:
                del holder[place[-1]]
            else:
                holder[place[-1]] = deepcopy(value)
            yield f"{found['kind']} {place} {'gone' if value is GONE else value!r}", copy


@pytest.fixture
def server(cluster: Cluster, namespace: str, tmp_path: Path) -> Iterator[ApiServer]:
    """Give the cluster's API server, which knows the definition among the ordinary manifests."""
    (definition,) = DEFINITIONS
    named: Any = definition["metadata"]
    cluster.kubectl("create", "-f", "-", given=definition)
    cluster.kubectl("wait", "--for=condition=Established", "crd", named["name"])
    with api_server(cluster, namespace, tmp_path) as reached:
        yield reached
    cluster.kubectl("delete", "crd", named["name"])


def is_refused(found: dict[str, object]) -> bool:
    return not judge_objects([found], VERSION, DEFINITIONS).passed


def is_there_already(answer: Answer) -> bool:
    """The definition and the storage class of the fixtures may be: they were read and found valid."""
    return answer.status == 409


@pytest.mark.timeout(300)
def test_what_is_refused_a_server_refuses_and_what_it_cannot_read_is_refused(server: ApiServer) -> None:
    false_alarms, missed = [], []
    count = 0
    for name in NAMES:
        for found in ordinary(name):
            for what, spoilt in [("as it is", found), *changed(found)]:
                count += 1
                answer = server.try_to_create(spoilt)
                is_taken = answer.is_taken or is_there_already(answer)
                # What a server refuses with 422 it has read: of its own kinds that is no schema's word.
                is_by_schema = answer.status == 400 or spoilt["kind"] == "Broker"
                if is_refused(spoilt) and is_taken:
                    false_alarms.append(what)
                elif not is_refused(spoilt) and not is_taken and is_by_schema:
                    missed.append(f"{what}: {answer.message}")
    assert count > 1500
    assert false_alarms == []
    assert missed == []
