"""What an Argo CD tells of what it runs, asked over real HTTP and read as it is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.fixtures.json_server import JsonHandler, serving

from headway.adapters.argocd.api import ArgocdApi
from headway.adapters.argocd.credentials import Credentials
from headway.adapters.argocd.live import ArgocdLive
from headway.domain.adoption.live import LiveApplication
from headway.domain.errors import Transient
from headway.domain.names import EnvironmentName

URL = "https://git.example/platform/apps.git"
ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
Told = dict[str, Any]


def application(name: str = "oc", **source: Any) -> Told:
    """Give an Application that reads an overlay on main."""
    return {
        "metadata": {"name": name, "namespace": "argocd"},
        "spec": {
            "source": {"repoURL": URL, "targetRevision": "main", "path": "oc/overlays/dev", **source},
            "destination": {"namespace": "live"},
            "syncPolicy": {"automated": {}},
        },
        "status": {
            "sync": {"status": "OutOfSync"},
            "resources": [{"kind": "Service", "name": "app1", "status": "OutOfSync"}],
        },
    }


def managed(kind: str, wanted: object, live: object) -> Told:
    """Give an object as Argo CD tells of it: two texts of JSON."""
    return {
        "kind": kind,
        "namespace": "live",
        "name": "app1",
        "targetState": json.dumps(wanted),
        "liveState": json.dumps(live),
    }


def pod(image: str, image_id: str) -> Told:
    """Give a pod that runs an image."""
    return {
        "spec": {"containers": [{"name": "c", "image": image}]},
        "status": {"containerStatuses": [{"name": "c", "image": "other:name", "imageID": image_id}]},
    }


@contextmanager
def argocd(
    applications: list[Told], objects: list[Told] | None = None, pods: dict[str, Told] | None = None
) -> Iterator[str]:
    """Serve what an Argo CD answers."""

    class Handler(JsonHandler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            last = asked.path.rsplit("/", 1)[-1]
            named = parse_qs(asked.query).get("resourceName", [""])[0]
            answers: dict[str, object] = {
                "applications": {"items": applications},
                "managed-resources": {"items": objects or []},
                "resource-tree": {"nodes": [{"kind": "Pod", "name": name} for name in pods or {}]},
                "resource": {"manifest": json.dumps((pods or {}).get(named))},
            }
            self.answer(200, answers[last])

    with serving(Handler) as url:
        yield url


async def ask(url: str, repository: str = URL) -> list[LiveApplication]:
    """Ask an Argo CD for what it runs of a repository."""
    name = EnvironmentName("development")
    live = ArgocdLive(name, url, ArgocdApi(name, lambda: Credentials(url=url, token="t", authority=None)))
    try:
        return list(await live.applications(repository))
    finally:
        await live.close()


async def test_objects_and_running_digests_are_read_as_they_are_told() -> None:
    containers = [{"image": "harbor.example/app1:1.4"}]
    wanted = {"kind": "Deployment", "spec": {"template": {"spec": {"containers": containers}}}}
    objects = [
        managed("Deployment", wanted, {"kind": "Deployment", "status": {}}),
        managed("Service", {"kind": "Service"}, {"kind": "Service"}),
        managed("ConfigMap", {"kind": "ConfigMap"}, None),
        managed("Secret", None, {"kind": "Secret"}),
    ]
    pods = {
        "a": pod("harbor.example/app1:1.4", f"harbor.example/app1@{ONE}"),
        "b": pod("harbor.example/app1:1.4", f"docker-pullable://harbor.example/app1@{TWO}"),
        "c": pod("harbor.example/local:1", "sha256:" + "3" * 64),
    }
    with argocd([application()], objects, pods) as url:
        (found,) = await ask(url)
    assert (str(found), found.path, found.into, found.branch) == (
        "argocd/oc",
        "oc/overlays/dev",
        "live",
        "main",
    )
    assert found.hindrance is None
    assert found.running == {"harbor.example/app1:1.4": {ONE, TWO}}, "an image's local id is no digest"
    told = {one.kind: (one.wanted is not None, one.is_there, one.is_synced) for one in found.objects}
    assert told == {
        "Deployment": (True, True, True),
        "Service": (True, True, False),
        "ConfigMap": (True, False, True),
        "Secret": (False, True, True),
    }
    assert found.objects[0].wanted == wanted


async def test_pods_are_not_asked_where_git_says_the_digest() -> None:
    containers = [{"image": f"harbor.example/app1@{ONE}"}]
    wanted = {"kind": "Deployment", "spec": {"template": {"spec": {"containers": containers}}}}
    pods = {"a": pod("harbor.example/app1:1.4", f"harbor.example/app1@{TWO}")}
    with argocd([application()], [managed("Deployment", wanted, wanted)], pods) as url:
        (found,) = await ask(url)
    assert found.running == {}


async def test_only_applications_of_the_repository_are_told_however_it_is_reached() -> None:
    other = application("other", repoURL="https://git.example/platform/other.git")
    by_ssh = application("ssh", repoURL="ssh://git@git.example/platform/apps.git")
    with argocd([other, by_ssh]) as url:
        assert [one.name for one in await ask(url)] == ["ssh"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ({"helm": {"values": "x"}}, "its source is read by helm, not by Kustomize"),
        ({"directory": {"recurse": True}}, "its source is read by directory, not by Kustomize"),
        ({"targetRevision": "v1.2"}, "it follows v1.2, not main"),
        ({"kustomize": {"namePrefix": "x-"}}, "it changes by spec.source.kustomize.namePrefix what its"),
        ({"kustomize": {"images": ["app1:2"]}}, None),
        ({"targetRevision": "HEAD"}, None),
        ({"targetRevision": "environments/development", "directory": {"recurse": True}}, None),
    ],
)
async def test_what_stands_in_the_way_is_named(source: Told, why: str | None) -> None:
    with argocd([application(**source)]) as url:
        (found,) = await ask(url)
    assert (found.hindrance or "").startswith(why or "")
    assert (found.hindrance is None) is (why is None)


async def test_several_sources_stand_in_the_way_whatever_they_are() -> None:
    several = application()
    several["spec"]["sources"] = [several["spec"].pop("source"), {"repoURL": "https://charts.example"}]
    with argocd([several]) as url:
        (found,) = await ask(url)
    assert found.hindrance == "it has several sources: give it the one source"


@pytest.mark.parametrize("status", [{}, {"sync": {"status": "Unknown"}}])
async def test_what_argo_cd_has_not_compared_is_unknown_not_the_same(status: Told) -> None:
    unknown = application()
    unknown["status"] = status
    with argocd([unknown]) as url:
        (found,) = await ask(url)
    assert found.hindrance is not None
    assert found.hindrance.startswith("Argo CD does not know how what runs differs from Git")


async def test_what_argo_cd_hydrates_itself_is_seen_and_stands_in_the_way() -> None:
    hydrated = application()
    hydrated["spec"]["sourceHydrator"] = {"drySource": hydrated["spec"].pop("source")}
    with argocd([hydrated]) as url:
        (found,) = await ask(url)
    assert found.hindrance is not None
    assert found.hindrance.startswith("Argo CD hydrates it into a branch of its own")


@pytest.mark.parametrize(
    ("about", "keeper"),
    [
        ({"ownerReferences": [{"kind": "ApplicationSet", "name": "all"}]}, "ApplicationSet all"),
        (
            {"annotations": {"argocd.argoproj.io/tracking-id": "root:argoproj.io/Application:argocd/oc"}},
            "Application root",
        ),
        ({"labels": {"app.kubernetes.io/instance": "root"}}, "Application root"),
        ({}, None),
    ],
)
async def test_who_would_put_an_application_back_is_told(about: Told, keeper: str | None) -> None:
    kept = application()
    kept["metadata"] |= about
    with argocd([kept]) as url:
        (found,) = await ask(url)
    assert found.kept_by == keeper


async def test_an_argo_cd_that_does_not_answer_is_away_not_empty() -> None:
    with argocd([]) as url:
        pass
    with pytest.raises(Transient) as caught:
        await ask(url)
    assert caught.value.code == "engine-away"
