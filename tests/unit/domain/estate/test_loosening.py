"""What a wave does with its instances can be loosened too (rule 8)."""

from dataclasses import replace
from datetime import date

import pytest

from headway.domain.estate import Application, Artifact, Environment, Estate, Lane, Wave
from headway.domain.estate.loosening import loosenings
from headway.domain.kubernetes_version import KubernetesVersion
from headway.domain.names import ArtifactName, EnvironmentName, RepositoryName
from headway.domain.standards.waiver import Scope, Waiver

WAVE = Wave(name="production", instances={"prod": EnvironmentName("production")})


def estate(wave: Wave) -> Estate:
    shop = Application(name="shop", repository=RepositoryName("apps"), lane="standard", artifacts={})
    lanes = {"standard": Lane(name="standard", waves=(wave,))}
    return Estate(environments={}, lanes=lanes, roles={}, repositories={}, applications={"shop": shop})


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (1, 2, "changes 2 instance(s) at a time, not 1"),
        (2, None, "changes all of its instance(s) at a time, not 2"),
    ],
)
def test_more_instances_at_a_time_is_looser(before: int | None, after: int | None, said: str) -> None:
    looser = loosenings(estate(replace(WAVE, max_parallel=before)), estate(replace(WAVE, max_parallel=after)))
    assert looser == (f"shop at production: {said}",)


@pytest.mark.parametrize(("before", "after"), [(None, 1), (2, 1), (2, 2), (None, None)])
def test_fewer_instances_at_a_time_is_not(before: int | None, after: int | None) -> None:
    assert not loosenings(
        estate(replace(WAVE, max_parallel=before)), estate(replace(WAVE, max_parallel=after))
    )


WAIVER = Waiver(
    rule="schema",
    scope=Scope(application="shop", kind="Service"),
    owner="ann",
    reason="until 2.0",
    ends=date(2027, 1, 31),
)


@pytest.mark.parametrize(
    ("before", "after", "is_looser"),
    [
        ((), (WAIVER,), True),
        ((WAIVER,), (WAIVER,), False),
        ((WAIVER,), (), False),
        ((WAIVER,), (replace(WAIVER, ends=date(2027, 1, 30)),), False),
        ((WAIVER,), (replace(WAIVER, owner="bob", reason="until 3.0"),), False),
        ((WAIVER,), (replace(WAIVER, ends=date(2027, 2, 1)),), True),
        ((WAIVER,), (replace(WAIVER, scope=Scope(application="shop")),), True),
        ((WAIVER,), (replace(WAIVER, rule="removed-api"),), True),
    ],
)
def test_a_waiver_that_is_new_wider_or_longer_is_looser(
    before: tuple[Waiver, ...], after: tuple[Waiver, ...], *, is_looser: bool
) -> None:
    found = loosenings(replace(estate(WAVE), waivers=before), replace(estate(WAVE), waivers=after))
    assert bool(found) == is_looser
    if after == (WAIVER,) and is_looser:
        assert found == ("schema is waived for application shop, kind Service until 2027-01-31",)


def test_manifests_that_are_no_longer_judged_by_schemas_are_looser() -> None:
    name = EnvironmentName("production")
    judged = Environment(name=name, engine="argocd", kubernetes=KubernetesVersion(1, 34))
    one, other = (
        replace(estate(WAVE), environments={name: found})
        for found in (judged, replace(judged, kubernetes=None))
    )
    assert loosenings(one, other) == (
        "production: manifests are no longer judged by the schemas of a Kubernetes",
    )
    assert loosenings(other, one) == ()
    older = replace(judged, kubernetes=KubernetesVersion(1, 33))
    assert loosenings(one, replace(one, environments={name: older})) == ()


def test_images_that_no_longer_change_one_at_a_time_are_looser() -> None:
    walked = Artifact(name=ArtifactName("shop", "app"), image=None, one_image_at_a_time=True)
    plain = replace(walked, one_image_at_a_time=False)

    def with_artifact(artifact: Artifact) -> Estate:
        there = estate(WAVE)
        shop = replace(there.applications["shop"], artifacts={"app": artifact})
        return replace(there, applications={"shop": shop})

    said = ("shop/app: its images no longer change one at a time",)
    assert loosenings(with_artifact(walked), with_artifact(plain)) == said
    assert not loosenings(with_artifact(plain), with_artifact(walked))
