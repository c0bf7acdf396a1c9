"""A repository of overlays is read, with the real Kustomize, against what its environments run."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.fixtures.adoption import OldRepository, deployment, digest_of, service

from headway.domain.errors import Transient, UsageError

APP1 = "harbor.example/oneconnect/app1"
Begin = Callable[[Mapping[str, str]], OldRepository]


@pytest.fixture
def begin(tmp_path: Path, kustomize_program: Path) -> Begin:
    """Give what writes a repository."""
    return lambda files: OldRepository(tmp_path / "argocd-oc-apps", kustomize_program, files)


def overlays(image: str, *places: str) -> dict[str, str]:
    """Write one application with an overlay for each place, which pins the image."""
    files = {
        "oneconnect/base/kustomization.yaml": "resources: [all.yaml]\n",
        "oneconnect/base/all.yaml": f"{deployment('app1', 'app1')}---\n{service('app1')}",
    }
    for place in places:
        files[f"oneconnect/overlays/{place}/kustomization.yaml"] = (
            f"resources: [../../base]\nnamePrefix: oc-\nimages: [{{name: app1, {image}}}]\n"
        )
    return files


BY_DIGEST = f'newName: {APP1}, digest: "{digest_of(1)}"'


async def test_overlays_by_digest_become_locks_that_change_nothing(begin: Begin) -> None:
    old = begin(overlays(BY_DIGEST, "dev", "production"))
    old.run("production", "oneconnect/overlays/production", into="oneconnect")
    old.run("development", "oneconnect/overlays/dev", into="oneconnect-dev")
    found = await old.look()
    assert found.refused == ()
    assert [str(one.found.instance) for one in found.locks] == ["oneconnect/dev", "oneconnect/production"]
    for lock in found.locks:
        assert lock.differences == ()
        assert lock.entries["app1"].reference == f"{APP1}@{digest_of(1)}"
    assert sorted(found.files) == [
        "estate.yaml",
        "oneconnect/app1/overlays/dev/kustomization.yaml",
        "oneconnect/app1/overlays/production/kustomization.yaml",
        "oneconnect/application.yaml",
    ]
    assert found.estate is not None
    application = found.estate.applications["oneconnect"]
    assert application.artifacts["app1"].shares == ("oneconnect/base", "oneconnect/overlays")
    assert application.namespaces == {"production": "oneconnect"}, "dev's is the usual one"
    waves = found.estate.waves("oneconnect")
    assert [dict(one.instances) for one in waves] == [{"dev": "development"}, {"production": "production"}]


async def test_what_is_proposed_is_kept_once_it_is_there_and_edited(begin: Begin) -> None:
    """A second look writes nothing over what people made of it."""
    old = begin(overlays(BY_DIGEST, "dev"))
    old.run("development", "oneconnect/overlays/dev", into="oneconnect-dev")
    files = (await old.look()).files
    old.write({path: data.decode() for path, data in files.items()})
    edited = files["estate.yaml"].decode().replace("standard:", "slow:")
    old.write({"estate.yaml": edited})
    old.write(
        {
            "oneconnect/application.yaml": files["oneconnect/application.yaml"]
            .decode()
            .replace("lane: standard", "lane: slow")
        }
    )
    again = await old.look()
    assert again.files == {}
    assert again.estate is not None
    assert again.estate.applications["oneconnect"].lane == "slow"
    assert [lock.differences for lock in again.locks] == [()]


async def test_a_tag_becomes_the_digest_that_its_pods_run_and_says_that_pods_are_replaced(
    begin: Begin,
) -> None:
    old = begin(overlays(f"newName: {APP1}, newTag: 1.4.2", "dev"))
    old.run("development", "oneconnect/overlays/dev", running={f"{APP1}:1.4.2": digest_of(7)})
    found = await old.look()
    (lock,) = found.locks
    assert lock.entries["app1"].digest == digest_of(7)
    assert [str(one) for one in lock.differences] == [
        f"Deployment oc-app1 spec.template.spec.containers[0].image: {APP1}:1.4.2 → {APP1}@{digest_of(7)} "
        "(its pods are replaced once)"
    ]
    assert found.estate is not None
    image = found.estate.applications["oneconnect"].artifacts["app1"].image
    assert image is not None
    assert image.semver == ">=1.4.2"


async def test_a_tag_that_no_pod_runs_is_unclear_not_guessed(begin: Begin) -> None:
    old = begin(overlays(f"newName: {APP1}, newTag: 1.4.2", "dev"))
    old.run("development", "oneconnect/overlays/dev")
    (lock,) = (await old.look()).locks
    assert lock.problem is not None
    assert lock.problem.code == "adopt-digest-unclear"
    assert f"{APP1}:1.4.2" in lock.problem.what


async def test_an_object_that_differs_from_git_already_is_said(begin: Begin) -> None:
    old = begin(overlays(BY_DIGEST, "dev"))
    old.run("development", "oneconnect/overlays/dev", out_of_sync=["oc-app1"])
    (lock,) = (await old.look()).locks
    assert [str(one) for one in lock.differences] == [
        "Service oc-app1: it differs from Git already: the engine calls it out of sync",
        "Deployment oc-app1: it differs from Git already: the engine calls it out of sync",
    ]


async def test_main_that_went_on_since_argo_cd_looked_is_a_difference(begin: Begin) -> None:
    old = begin(overlays(BY_DIGEST, "dev"))
    old.run("development", "oneconnect/overlays/dev")
    old.write({"oneconnect/base/all.yaml": deployment("app1", "app1")})
    (lock,) = (await old.look()).locks
    assert [str(one) for one in lock.differences] == ["Service oc-app1: it would be removed"]


async def test_an_environment_that_cannot_be_asked_is_never_an_empty_one(begin: Begin) -> None:
    old = begin(overlays(BY_DIGEST, "dev", "production"))
    old.run("development", "oneconnect/overlays/dev")
    old.run("production", "oneconnect/overlays/production")
    old.environments["production"].is_away = True
    with pytest.raises(Transient) as caught:
        await old.look()
    assert caught.value.code == "engine-away"


async def test_each_application_that_cannot_be_taken_over_is_named_and_stops_no_other(begin: Begin) -> None:
    old = begin(
        {
            **overlays(BY_DIGEST, "dev"),
            "chart/overlays/dev/kustomization.yaml": "resources: [all.yaml]\n",
            "chart/overlays/dev/all.yaml": service("chart"),
            "wide/overlays/dev/kustomization.yaml": "resources: [all.yaml]\n",
            "wide/overlays/dev/all.yaml": service("one").replace("{name: one}", "{name: one, namespace: a}")
            + "---\n"
            + service("two").replace("{name: two}", "{name: two, namespace: b}"),
        }
    )
    old.run("development", "oneconnect/overlays/dev")
    old.run(
        "development", "chart/overlays/dev", hindrance="its source is read by helm: render it into a folder"
    )
    old.run("development", "wide/overlays/dev")
    found = await old.look()
    assert [str(one.found.instance) for one in found.locks] == ["oneconnect/dev"]
    assert [(one.code, one.why) for one in found.refused] == [
        ("adopt-application-odd", "its source is read by helm"),
        ("adopt-several-namespaces", "its objects are in the namespaces a, b, and an instance has one"),
    ]


async def test_two_environments_of_one_argo_cd_are_told_apart_by_the_instance(begin: Begin) -> None:
    old = begin(overlays(BY_DIGEST, "dev", "staging"))
    for environment in ("development", "staging"):
        for place in ("dev", "staging"):
            old.run(environment, f"oneconnect/overlays/{place}", address="https://argocd.example", into=place)
    found = await old.look()
    assert [(str(one.found.instance), one.found.application.environment) for one in found.locks] == [
        ("oneconnect/dev", "development"),
        ("oneconnect/staging", "staging"),
    ]


async def test_names_that_say_no_order_are_asked_for(begin: Begin) -> None:
    old = begin(overlays(BY_DIGEST, "red", "blue"))
    old.run("one", "oneconnect/overlays/red")
    old.run("two", "oneconnect/overlays/blue")
    with pytest.raises(UsageError) as caught:
        await old.look()
    assert caught.value.code == "adopt-order-unknown"
    found = await old.look(lane="blue, red")
    assert found.estate is not None
    assert [list(one.instances) for one in found.estate.waves("oneconnect")] == [["blue"], ["red"]]


async def test_nothing_to_take_over_is_said_with_where_was_looked(begin: Begin) -> None:
    old = begin(overlays(BY_DIGEST, "dev"))
    old.run("development", "oneconnect/overlays/dev")
    old.environments["development"].told.clear()
    with pytest.raises(UsageError) as caught:
        await old.look()
    assert caught.value.code == "adopt-nothing-found"


async def test_other_layouts_are_read_too(begin: Begin) -> None:
    """The environment's folder first, and no `overlays` between."""
    files = {
        "apps/app1/base/kustomization.yaml": "resources: [all.yaml]\n",
        "apps/app1/base/all.yaml": deployment("app1", f"{APP1}@{digest_of(1)}"),
        "apps/app1/dev/kustomization.yaml": "resources: [../base]\n",
        "clusters/staging/app2/kustomization.yaml": "resources: [all.yaml]\n",
        "clusters/staging/app2/all.yaml": service("app2"),
    }
    old = begin(files)
    old.run("development", "apps/app1/dev")
    old.run("staging", "clusters/staging/app2")
    found = await old.look()
    assert [str(one.found.instance) for one in found.locks] == ["app1/dev", "app2/staging"]
    assert [lock.differences for lock in found.locks] == [(), ()]
    assert found.estate is not None
    applications = found.estate.applications
    assert applications["app1"].artifacts["app1"].shares == ("apps/app1",)
    assert applications["app2"].artifacts["app2"].image is None, "plain configuration"
    assert applications["app1"].leaves_out == ("staging",)


async def test_where_nothing_can_be_taken_over_nothing_is_proposed(begin: Begin) -> None:
    old = begin(overlays(BY_DIGEST, "dev"))
    old.run(
        "development", "oneconnect/overlays/dev", hindrance="it has several sources: give it the one source"
    )
    found = await old.look()
    assert (found.estate, found.files, found.locks) == (None, {}, ())
    assert [one.code for one in found.refused] == ["adopt-application-odd"]


async def test_what_follows_its_branch_already_is_done(begin: Begin) -> None:
    old = begin(overlays(BY_DIGEST, "dev"))
    old.run("development", "oneconnect/overlays/dev", branch="environments/development")
    found = await old.look()
    assert (found.files, found.refused) == ({}, ())
    assert [one.branch for one in found.survey.followed] == ["environments/development"]


async def test_registries_that_differ_between_environments_are_told_from_what_runs(begin: Begin) -> None:
    """Production pulls the same digest from a registry of its own, and goes on doing so."""
    ecr = "1234.dkr.ecr.ap-southeast-2.amazonaws.com/oneconnect/app1"
    files = overlays(BY_DIGEST, "dev", "production")
    there = "oneconnect/overlays/production/kustomization.yaml"
    files[there] = files[there].replace(APP1, ecr)
    old = begin(files)
    old.run("development", "oneconnect/overlays/dev")
    old.run("production", "oneconnect/overlays/production")
    found = await old.look()
    assert [lock.differences for lock in found.locks] == [(), ()]
    assert [lock.entries["app1"].reference for lock in found.locks] == [
        f"{APP1}@{digest_of(1)}",
        f"{ecr}@{digest_of(1)}",
    ]
    assert found.estate is not None
    image = found.estate.applications["oneconnect"].artifacts["app1"].image
    assert image is not None
    assert image.repository == APP1
    registries = {name: one.registries for name, one in found.estate.environments.items()}
    assert registries == {
        "development": {},
        "production": {"harbor.example": "1234.dkr.ecr.ap-southeast-2.amazonaws.com"},
    }


async def test_an_image_without_a_registry_is_named_and_stops_no_other(begin: Begin) -> None:
    old = begin(
        {
            **overlays(BY_DIGEST, "dev"),
            "door/dev/kustomization.yaml": "resources: [all.yaml]\n",
            "door/dev/all.yaml": deployment("door", "nginx:1.27"),
        }
    )
    old.run("development", "oneconnect/overlays/dev")
    old.run("development", "door/dev")
    found = await old.look()
    assert [str(one.found.instance) for one in found.locks] == ["oneconnect/dev"]
    assert [one.why for one in found.refused] == [
        "its image nginx names no registry, and Headway asks one for new images"
    ]


async def test_overlays_that_nobody_reads_are_named(begin: Begin) -> None:
    """Nobody runs them, or the account may not see who does: which of both is a person's to know."""
    old = begin(overlays(BY_DIGEST, "dev", "test", "staging", "production"))
    old.run("development", "oneconnect/overlays/dev")
    old.run("development", "oneconnect/test/manifests", branch="environments/development")
    old.run("production", "oneconnect/overlays/production", hindrance="it has several sources: give it one")
    found = await old.look()
    assert found.unread == ("oneconnect/overlays/staging",)
    assert found.survey.counts == {"development": 2, "production": 1}
