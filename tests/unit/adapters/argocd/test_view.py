"""What is looked at through Argo CD when somebody asks, and what is not; asked over real HTTP."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.fixtures.json_server import JsonHandler, serving
from tests.fixtures.podman_engine import RealClock

from headway.bootstrap.argocd import open_argocd
from headway.domain.errors import Transient, UsageError
from headway.domain.estate import Environment
from headway.domain.live import LiveInstance, LogRequest, LogTail, ResourceHealth
from headway.domain.names import EnvironmentName, InstanceName
from headway.testing.desired_state import InMemoryDesiredState

STAGING = EnvironmentName("staging")
INSTANCE = InstanceName("oc", "staging")
URL = "https://git.example/apps.git"
IMAGE = "r/app@sha256:" + "a" * 64
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "app1"},
    "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "main", "image": IMAGE}]}}},
}
HOOK = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "migrate", "annotations": {"argocd.argoproj.io/hook": "Sync"}},
}
GONE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "app1"}}


def node(kind: str, name: str, parent: str = "", **more: Any) -> dict[str, Any]:
    """Write a node of the resource tree."""
    group = "apps" if kind in ("Deployment", "ReplicaSet") else ""
    about = {"group": group, "version": "v1", "kind": kind, "namespace": "ns", "name": name, "uid": name}
    return {**about, "parentRefs": [{"uid": parent}] if parent else [], **more}


def pod(name: str) -> dict[str, Any]:
    """Write a pod as it lives."""
    spec = {"containers": [{"name": "main", "image": IMAGE}]}
    return {"kind": "Pod", "metadata": {"name": name, "namespace": "ns"}, "spec": spec, "status": {}}


@dataclass
class FakeArgocd:
    """What one Argo CD would answer."""

    applications: list[dict[str, Any]]
    nodes: list[dict[str, Any]] = field(default_factory=list)
    live: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: tuple[int, str] = (200, "")
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str) -> tuple[int, Any]:
        """Answer one request."""
        at = urlsplit(path)
        self.asked.append(path)
        name = parse_qs(at.query).get("resourceName", [""])[0]
        if at.path.endswith("/resource-tree"):
            return 200, {"nodes": self.nodes}
        if at.path.endswith("/resource"):
            return (200, {"manifest": json.dumps(self.live[name])}) if name in self.live else (404, {})
        return 200, {"items": self.applications}


def application(**status: Any) -> dict[str, Any]:
    """Write an Application that follows the instance's folder."""
    source = {
        "repoURL": URL,
        "targetRevision": "environments/staging",
        "path": "oc/staging/manifests",
        "directory": {"recurse": True},
    }
    spec = {"source": source, "syncPolicy": {"automated": {}}}
    return {"metadata": {"name": "one", "namespace": "argocd"}, "spec": spec, "status": status}


@contextmanager
def serve(fake: FakeArgocd) -> Iterator[None]:
    """Serve it."""

    class Handler(JsonHandler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if urlsplit(self.path).path.endswith("/logs"):
                fake.asked.append(self.path)
                status, text = fake.log
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())
                return
            self.answer(*fake.answer(self.path))

    with serving(Handler) as url:
        fake.url = url
        yield


async def look(folder: Path, fake: FakeArgocd, request: LogRequest | None = None) -> LiveInstance | LogTail:
    """Look at the instance, or at a log."""
    with serve(fake):
        (folder / "staging.argocd.json").write_text(json.dumps({"url": fake.url, "token": "t"}))
        desired = InMemoryDesiredState()
        desired.deploy(STAGING, INSTANCE, {"app1": [DEPLOYMENT, HOOK, GONE]})
        environment = Environment(name=STAGING, engine="argocd", address=fake.url)
        engine = open_argocd(environment, folder, desired, lambda: [URL], RealClock())
        try:
            return await (engine.live(STAGING, INSTANCE) if request is None else engine.log(request))
        finally:
            await engine.close()


async def live(folder: Path, fake: FakeArgocd) -> LiveInstance:
    """Look at the instance."""
    found = await look(folder, fake)
    assert isinstance(found, LiveInstance)
    return found


async def log(folder: Path, fake: FakeArgocd, name: str = "p", container: str = "main") -> LogTail:
    """Look at a log."""
    request = LogRequest(environment=STAGING, instance=INSTANCE, pod=name, container=container)
    found = await look(folder, fake, request)
    assert isinstance(found, LogTail)
    return found


async def test_without_an_application_all_of_it_is_unknown_and_said_why(tmp_path: Path) -> None:
    found = await live(tmp_path, FakeArgocd([]))
    assert [one.health for one in found.resources] == [ResourceHealth.UNKNOWN] * 3
    assert "no Argo CD Application reads oc/staging/manifests" in found.words


async def test_what_is_not_in_the_cluster_is_absent_and_a_hook_that_is_gone_is_unknown(
    tmp_path: Path,
) -> None:
    found = await live(tmp_path, FakeArgocd([application()]))
    told = {(one.kind, one.health) for one in found.resources}
    assert told == {
        ("Deployment", ResourceHealth.ABSENT),
        ("Service", ResourceHealth.ABSENT),
        ("Job", ResourceHealth.UNKNOWN),
    }


async def test_the_newest_pods_of_many_are_looked_at_and_the_rest_is_counted(tmp_path: Path) -> None:
    names = [f"p{number:02}" for number in range(25)]
    pods = [node("Pod", name, "set", createdAt=f"2026-01-01T00:00:{name[1:]}Z") for name in names]
    tree = [node("Deployment", "app1"), node("ReplicaSet", "set", "app1"), *pods]
    fake = FakeArgocd([application()], tree, {name: pod(name) for name in names[1:]})
    (deployment, *_) = (await live(tmp_path, fake)).resources
    assert [one.name for one in deployment.pods] == names[5:][::-1]
    assert deployment.pods_left_out == 5
    assert deployment.pods[0].containers[0].is_locked is True


async def test_a_pod_that_went_meanwhile_is_left_out(tmp_path: Path) -> None:
    tree = [node("Deployment", "app1"), node("Pod", "p", "app1")]
    (deployment, *_) = (await live(tmp_path, FakeArgocd([application()], tree))).resources
    assert deployment.pods == ()
    assert deployment.health is ResourceHealth.ABSENT


async def test_what_waits_to_be_removed_is_told_as_not_in_the_lock(tmp_path: Path) -> None:
    old = {"kind": "Service", "name": "old", "requiresPruning": True, "health": {"status": "Healthy"}}
    found = await live(tmp_path, FakeArgocd([application(resources=[old, {"kind": "Service", "name": "x"}])]))
    (left,) = [one for one in found.resources if not one.is_wanted]
    assert (left.artifact, left.name, left.health) == ("", "old", ResourceHealth.HEALTHY)


async def test_of_a_pod_that_is_not_the_instances_no_log_is_asked_for(tmp_path: Path) -> None:
    fake = FakeArgocd([application()], [node("Pod", "p")], {"p": pod("p"), "other": pod("other")})
    for name, container in (("other", "main"), ("p", "nobody"), ("p", "")):
        with pytest.raises(UsageError) as refused:
            await log(tmp_path, fake, name, container)
        assert refused.value.code == "container-unknown"
    assert not any("/logs" in path for path in fake.asked)


async def test_a_log_is_asked_for_by_name_and_bound(tmp_path: Path) -> None:
    line = {"result": {"content": "hello", "timeStampStr": "2026-01-01T00:00:00Z"}}
    fake = FakeArgocd([application()], [node("Pod", "p")], {"p": pod("p")}, (200, json.dumps(line) + "\n"))
    tail = await log(tmp_path, fake)
    assert [one.text for one in tail.lines] == ["hello"]
    asked = parse_qs(urlsplit(fake.asked[-1]).query)
    assert asked == {
        "appNamespace": ["argocd"],
        "namespace": ["ns"],
        "podName": ["p"],
        "container": ["main"],
        "tailLines": ["201"],
        "follow": ["false"],
    }


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((403, '{"message": "permission denied: logs, get, default/one"}'), "engine-denied"),
        ((401, '{"message": "token is revoked"}'), "engine-denied"),
        ((500, "<html>"), "log-unreadable"),
        ((500, '{"error": {"message": "parsing time \\"unable\\" as"}}'), "log-unreadable"),
        ((200, "<html>"), "log-unreadable"),
        ((200, '{"error": {"message": "no such cluster"}}\n'), "log-unreadable"),
    ],
)
async def test_a_log_that_cannot_be_had_is_no_empty_log(
    tmp_path: Path, answer: tuple[int, str], code: str
) -> None:
    fake = FakeArgocd([application()], [node("Pod", "p")], {"p": pod("p")}, answer)
    with pytest.raises(Transient) as refused:
        await log(tmp_path, fake)
    assert refused.value.code == code


async def test_what_kubernetes_said_in_place_of_a_log_is_not_told_as_argo_cds_trouble(tmp_path: Path) -> None:
    """So does Argo CD 3.2 answer where the run before was removed already."""
    said = {"error": {"http_code": 500, "message": 'parsing time "unable" as "2006-01-02": cannot parse'}}
    fake = FakeArgocd([application()], [node("Pod", "p")], {"p": pod("p")}, (500, json.dumps(said)))
    with pytest.raises(Transient) as refused:
        await log(tmp_path, fake)
    assert refused.value.why == "Kubernetes has no log of that run, such as of one that it removed already"
