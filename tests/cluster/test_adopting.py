"""A repository of overlays with live Applications is adopted, and no pod is touched; then it delivers."""

import asyncio
import json
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.cluster_delivery import ClusterDelivery
from tests.fixtures.tiny_estate import TinyApplication

from headway.__main__ import LateComposition
from headway.app.commands.resume import resume
from headway.app.queries.doctor import doctor
from headway.domain.names import InstanceName
from headway.interfaces.cli.main import run

pytestmark = pytest.mark.cluster

WITHIN_S = 240.0
KIND = "applications.argoproj.io"
PLACES = ("staging", "production")
Files = dict[str, bytes | None]


class LiveShop:
    """One application as it lived before: overlays on main by digest, an Application for each, pods."""

    def __init__(self, delivery: ClusterDelivery, clone: Path) -> None:
        self.delivery = delivery
        self.name = f"shop-{delivery.token}"
        self.clone = clone
        self.names = {place: f"live-{delivery.token}-{place}" for place in PLACES}
        self.spaces = {place: f"w-{delivery.token}-{place}" for place in PLACES}
        delivery.applications = (TinyApplication(name=self.name),)

    def begin(self, overlays: Files) -> None:
        """Commit overlays, make the Applications and wait until they are healthy."""
        self.delivery.remote.commit("main", dict(overlays), "As it was")
        for place in PLACES:
            argocd = self.delivery.cluster.argocds[place].namespace
            made = _application(self.names[place], argocd, self.spaces[place])
            made["spec"]["source"] |= {
                "repoURL": self.delivery.remote.url,
                "path": f"{self.name}/overlays/{place}",
            }
            self.delivery.cluster.apply([made])
        for place in PLACES:
            self.wait(place, "main")
        self.git("clone", "--quiet", self.delivery.remote.url, str(self.clone), folder=self.clone.parent)

    def wait(self, place: str, branch: str) -> None:
        """Wait until an Application stands healthy at a branch's tip."""
        ends = time.monotonic() + WITHIN_S
        while True:
            found = self.application(place)
            status = found.get("status", {})
            seen = (status.get("sync", {}).get("status"), status.get("health", {}).get("status"))
            at = (status.get("sync", {}).get("revision"), found["spec"]["source"]["targetRevision"])
            if (seen, at) == (("Synced", "Healthy"), (self.delivery.remote.tip(branch), branch)):
                return
            assert time.monotonic() < ends, (place, seen, at, status.get("conditions"))
            time.sleep(0.2)

    def application(self, place: str) -> dict[str, Any]:
        """Read an Application."""
        argocd = self.delivery.cluster.argocds[place].namespace
        where = f"/apis/argoproj.io/v1alpha1/namespaces/{argocd}/applications/{self.names[place]}"
        found: dict[str, Any] = json.loads(self.delivery.cluster.read(where))
        return found

    def pods(self) -> set[str]:
        """Give the uids of pods that stay, and how often their containers were started again."""
        found = set()
        for space in self.spaces.values():
            told = json.loads(self.delivery.cluster.read(f"/api/v1/namespaces/{space}/pods"))
            for pod in (one for one in told["items"] if "deletionTimestamp" not in one["metadata"]):
                again = [one["restartCount"] for one in pod["status"]["containerStatuses"]]
                found.add(f"{pod['metadata']['uid']} {again}")
        return found

    async def headway(self, *arguments: str) -> int:
        """Run the program on the clone."""
        state = str(self.delivery.home.state)
        given = ["--state", state, "init", "--adopt", str(self.clone), "--person", "pat", *arguments]
        return await asyncio.to_thread(run, LateComposition(), given)

    def merge(self) -> None:
        """Bring what is in the clone to main."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "Let Headway deliver")
        self.git("push", "--quiet", "origin", "main")

    def git(self, *arguments: str, folder: Path | None = None) -> None:
        """Run git as the person who adopts."""
        who = ("-c", "user.name=Pat", "-c", "user.email=pat@example.org")
        subprocess.run(["git", *who, *arguments], cwd=folder or self.clone, check=True, timeout=60)

    def remove(self) -> None:
        """Remove what lived."""
        for place in PLACES:
            argocd = self.delivery.cluster.argocds[place].namespace
            gone = ("delete", "--wait=false", "--ignore-not-found")
            self.delivery.cluster.kubectl(*gone, "-n", argocd, KIND, self.names[place])
            self.delivery.cluster.kubectl(*gone, "namespace", self.spaces[place])


@pytest.fixture
def shop(cluster_delivery: ClusterDelivery, tmp_path: Path) -> Iterator[LiveShop]:
    """Give the place of an application that lives already."""
    made = LiveShop(cluster_delivery, tmp_path / "clone")
    yield made
    made.remove()


async def test_what_lives_is_taken_over_without_a_restart_and_then_delivers(
    shop: LiveShop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seen, written, merged, pushed, re-pointed; the pods are the same until the first promotion."""
    image = shop.delivery.publish(shop.name, "1.0.0")
    shop.begin(_overlays(shop.name, {"app": f"{image.repository}@{image.digest}"}))
    lived = shop.pods()
    assert len(lived) == 2
    capsys.readouterr()
    assert await shop.headway() == 0
    shown = capsys.readouterr().out
    assert shown.count("no difference: its first commit changes nothing that runs") == 2, shown
    assert "--- estate.yaml" in shown
    assert not (shop.clone / "estate.yaml").exists(), "it was only shown"

    assert await shop.headway("--push") == 2, "main lacks the files"
    assert await shop.headway("--write") == 0
    shop.merge()
    capsys.readouterr()
    assert await shop.headway("--push") == 0
    pushed = capsys.readouterr().out
    await _let_follow(shop, pushed, PLACES)
    assert shop.pods() == lived, "no pod was touched"
    assert await shop.headway("--push") == 0, "what is done is done"

    await _delivers(shop)
    assert len(shop.pods() - lived) == 2, "the promotion replaced them"


async def test_a_folder_of_two_images_is_taken_over_as_two_artifacts(
    shop: LiveShop, capsys: pytest.CaptureFixture[str]
) -> None:
    """One is named by digest, the other by tag: only the latter's pods are replaced, once, and it is said."""
    one = shop.delivery.images.publish(f"{shop.name}/one", tags=["1.0.0"])
    two = shop.delivery.images.publish(f"{shop.name}/two", tags=["2.0.0"])
    shop.begin(
        _overlays(shop.name, {"one": f"{one.repository}@{one.digest}", "two": f"{two.repository}:2.0.0"})
    )
    lived = shop.pods()
    assert len(lived) == 4
    assert await shop.headway("--write") == 1, "pods would be replaced"
    shop.merge()
    capsys.readouterr()
    assert await shop.headway("--push") == 1
    assert "kubectl" not in capsys.readouterr().out, "nothing without a difference"
    named = ("--with-difference", f"{shop.name}/staging")
    assert await shop.headway("--push", *named) == 1, "production is left"
    pushed = capsys.readouterr().out
    changed = f"{two.repository}:2.0.0 → {two.repository}@{two.digest} (its pods are replaced once)"
    assert pushed.count(changed) == 2, pushed
    await _let_follow(shop, pushed, ["staging"])
    assert len(shop.pods() & lived) == 3, "all but the one of two in staging"
    locked = shop.delivery.remote.show("environments/staging", f"{shop.name}/staging/lock.yaml")
    assert f"reference: {one.repository}@{one.digest}" in locked
    assert f"reference: {two.repository}@{two.digest}" in locked


async def _let_follow(shop: LiveShop, said: str, places: Sequence[str]) -> None:
    """Do what the command says is next."""
    commands = [line.strip() for line in said.splitlines() if line.strip().startswith("kubectl")]
    assert len(commands) == len(places), said
    for command in commands:
        shop.delivery.cluster.kubectl(*shlex.split(command)[1:])
    for place in places:
        await asyncio.to_thread(shop.wait, place, f"environments/{place}")


async def _delivers(shop: LiveShop) -> None:
    delivery = shop.delivery
    async with delivery.running():
        await delivery.until_verified([shop.name], "1.0.0", "production", within_s=WITHIN_S)
        found = await doctor(delivery.desk)
        assert found.is_well, found
        for place in reversed(PLACES):
            await resume(delivery.desk, "pat", InstanceName(shop.name, place), reason="adopted")
        await delivery.deliver(shop.name, "1.1.0")
        await delivery.until_verified([shop.name], "1.1.0", "production", within_s=WITHIN_S)


def _application(name: str, argocd: str, namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": argocd},
        "spec": {
            "project": "default",
            "destination": {"server": "https://kubernetes.default.svc", "namespace": namespace},
            "source": {"targetRevision": "main"},
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                "syncOptions": ["CreateNamespace=true"],
            },
        },
    }


def _overlays(name: str, images: Mapping[str, str]) -> Files:
    """Write one folder with a workload for each image, which all read one generated configuration each."""
    files: Files = {
        f"{name}/base/{one}.yaml": _workload(one, image).encode() for one, image in images.items()
    }
    generated = "".join(f"- {{name: words-of-{one}, literals: [BODY={one}]}}\n" for one in images)
    listed = ", ".join(f"{one}.yaml" for one in images)
    files[f"{name}/base/kustomization.yaml"] = (
        f"resources: [{listed}]\nconfigMapGenerator:\n{generated}".encode()
    )
    for place in PLACES:
        overlay = (
            f"resources: [../../base]\nlabels: [{{pairs: {{place: {place}}}, includeSelectors: true}}]\n"
        )
        files[f"{name}/overlays/{place}/kustomization.yaml"] = overlay.encode()
    return files


def _workload(name: str, image: str) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      terminationGracePeriodSeconds: 2
      containers:
      - name: app
        image: {image}
        ports: [{{name: http, containerPort: 8080}}]
        envFrom: [{{configMapRef: {{name: words-of-{name}}}}}]
        readinessProbe: {{httpGet: {{path: /, port: http}}, periodSeconds: 1}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{selector: {{app: {name}}}, ports: [{{name: http, port: 80, targetPort: http}}]}}
"""
