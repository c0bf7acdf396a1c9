"""A service and a podman engine as people run them, with one small artifact in three waves without waits.

Everything below one folder of its own, removed at the end. The image is the tests' probe program, which
answers with what its image says, so that whoever asks over HTTP sees which version runs.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from tests.fixtures.git_remote import BareRemote
from tests.fixtures.images import ImagePublisher, build_probe, make_layer
from tests.fixtures.registry import TestRegistry, free_port
from tests.fixtures.tiny_estate import TinyApplication, application_files, estate_file

INSTANCES = ("one", "two", "three")
_SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: published}
spec:
  type: NodePort
  selector: {app: app}
  ports: [{name: http, port: 80, targetPort: http, nodePort: 1}]
"""
_PATCH = """\
resources: [../../base]
patches:
- target: {kind: Service, name: published}
  patch: |-
    - {op: replace, path: /spec/ports/0/nodePort, value: PORT}
"""
_WITHIN_S = 60.0


class SmallWorld:
    """The running world. Not safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.registry = TestRegistry(folder)
        self.ports = {name: free_port() for name in INSTANCES}
        self.url = f"http://127.0.0.1:{free_port()}"
        self.programs: list[subprocess.Popen[bytes]] = []
        self._client = httpx.Client(timeout=10, trust_env=False)

    def publish(self, version: str) -> str:
        """Publish a version that answers with its own name; give its reference."""
        published = self.images.publish("tiny/app", tags=[version], environment={"BODY": version})
        return published.reference

    def wait_for(self, instance: str, version: str, begun: float) -> float:
        """Wait until an instance answers with a version; give the milliseconds since `begun`."""
        while time.perf_counter() - begun < _WITHIN_S:
            with contextlib.suppress(httpx.HTTPError):
                answer = httpx.get(f"http://127.0.0.1:{self.ports[instance]}/", timeout=1, trust_env=False)
                if answer.text == version:
                    return (time.perf_counter() - begun) * 1000
            time.sleep(0.002)
        raise TimeoutError(f"{instance} does not answer with {version}; see {self.folder}/serve.log")

    def wait_until_verified(self) -> None:
        """Wait until nothing is under way."""
        until = time.monotonic() + _WITHIN_S
        while time.monotonic() < until:
            board = self.ask("status")
            cells = [cell for instance in board["instances"] for cell in instance["cells"]]
            if cells and all(cell["verification"] == "passed" for cell in cells):
                return
            time.sleep(0.1)
        raise TimeoutError(f"not everything is verified; see {self.folder}/serve.log")

    def ask(self, question: str) -> dict[str, list[dict[str, object]]]:
        """Ask the API."""
        answer = self._client.get(f"{self.url}/api/v1/{question}")
        answer.raise_for_status()
        found: dict[str, list[dict[str, object]]] = answer.json()
        return found

    def tell(self, verb: str, body: dict[str, object]) -> None:
        """Command the API."""
        self._client.post(f"{self.url}/api/v1/{verb}", json=body).raise_for_status()

    def start(self, layer: bytes) -> None:
        """Start everything and wait for the first delivery."""
        self.registry.start()
        self.images = ImagePublisher(self.registry, layer)
        remote = BareRemote(self.folder / "remotes" / "manifests.git")
        lane = [f"{{wave: {name}, instances: {{{name}: {name}}}}}" for name in INSTANCES]
        tiny = TinyApplication(name="tiny", checks=(), more=_SERVICE)
        files = application_files(tiny, f"{self.registry.address}/tiny/app", INSTANCES)
        for name, port in self.ports.items():
            path = f"tiny/app/overlays/{name}/kustomization.yaml"
            files[path] = _PATCH.replace("PORT", str(port)).encode()
        files["estate.yaml"] = estate_file(remote.folder, lane, INSTANCES)
        remote.commit("main", files)
        self.publish("1.0.0")
        self._run("serve", "--estate", remote.url, "--no-agent", "--port", self.url.rpartition(":")[2])
        self._run("agent", "--estate", remote.url, "--name", self.engine)
        self._wait_until_up()
        token = (self.state / "token").read_text().strip()
        self._client.headers["Authorization"] = f"Bearer {token}"
        secret = (self.state / "hook-token").read_text().strip()
        self.registry.stop()
        self.registry.notifications = f"{self.url}/hooks/registry"
        self.registry.notification_headers = {"Authorization": f"Bearer {secret}"}
        self.registry.start()
        self.wait_for("three", "1.0.0", time.perf_counter())
        self.wait_until_verified()

    @property
    def engine(self) -> str:
        """Give the engine's name."""
        return f"bench{self.folder.name[-4:].lower()}"

    def close(self) -> None:
        """End everything and remove it from the machine."""
        for program in self.programs:
            program.terminate()
        for program in self.programs:
            program.wait(timeout=30)
        subprocess.run(self._command("agent", "--name", self.engine, "--tear-down"), check=False, timeout=300)
        self.registry.stop()

    def _wait_until_up(self) -> None:
        until = time.monotonic() + _WITHIN_S
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError, json.JSONDecodeError):
                if self._client.get(f"{self.url}/api/v1/health").json().get("ready"):
                    return
            time.sleep(0.05)
        raise TimeoutError((self.folder / "serve.log").read_text()[-500:])

    def _run(self, verb: str, *arguments: str) -> None:
        with (self.folder / f"{verb}.log").open("wb") as log:
            self.programs.append(
                subprocess.Popen(self._command(verb, *arguments), stdout=log, stderr=log, env=os.environ)
            )

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "headway", "--state", str(self.state), *arguments]


@contextlib.contextmanager
def small_world() -> Iterator[SmallWorld]:
    """Give a running world, and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="hw-bench-"))
    world = SmallWorld(folder)
    try:
        (folder / "probe").mkdir()
        probe = build_probe(folder / "probe")
        world.start(make_layer({"probe": probe.read_bytes()}))
        yield world
    finally:
        world.close()
        shutil.rmtree(folder, ignore_errors=True)
