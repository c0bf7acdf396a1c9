"""Good manifests pass untouched, in every version of Kubernetes whose schemas are known."""

from copy import deepcopy
from itertools import pairwise

import pytest
from tests.fixtures.ordinary_manifests import NAMES, ordinary

from headway.adapters.schemas import PackagedSchemas
from headway.adapters.schemas.package import known_versions
from headway.domain.kubernetes_version import KubernetesVersion
from headway.domain.standards import Judgement


def test_the_versions_that_are_known_have_no_gap_and_reach_back_to_1_25() -> None:
    versions = known_versions()
    assert versions[0] == KubernetesVersion(1, 25)
    assert all(later == earlier.next for earlier, later in pairwise(versions))


@pytest.mark.parametrize("version", known_versions(), ids=str)
@pytest.mark.parametrize("name", NAMES)
async def test_nothing_is_found_in_ordinary_manifests(name: str, version: KubernetesVersion) -> None:
    objects = ordinary(name)
    before = deepcopy(objects)
    assert await PackagedSchemas().judge(objects, version, objects) == Judgement()
    assert objects == before


def test_the_ordinary_manifests_are_of_each_kind() -> None:
    kinds = {str(one["kind"]) for name in NAMES for one in ordinary(name)}
    assert {"Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Service", "Ingress"} <= kinds
    assert {"CustomResourceDefinition", "Broker", "NetworkPolicy", "PodDisruptionBudget"} <= kinds
