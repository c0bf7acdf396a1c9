"""A service and a podman engine as people run them, with one small artifact in three waves without waits.

Everything below one folder of its own, removed at the end. The image is the tests' probe program, which
answers with what its image says, so that whoever asks over HTTP sees which version runs.
"""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fixtures.git_remote import BareRemote
from tests.fixtures.images import ImagePublisher, build_probe, make_layer
from tests.fixtures.registry import TestRegistry, free_port
from tests.fixtures.tiny_estate import TinyApplication, application_files, estate_file

from bench.published import published_overlay, published_service
from bench.served import Served

INSTANCES = ("one", "two", "three")


class SmallWorld(Served):
    """The running world. Not safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.registry = TestRegistry(folder)
        self.ports = {name: free_port() for name in INSTANCES}

    def publish(self, version: str) -> str:
        """Publish a version that answers with its own name; give its reference."""
        published = self.images.publish("tiny/app", tags=[version], environment={"BODY": version})
        return published.reference

    def wait_for(self, instance: str, version: str, begun: float) -> float:
        """Wait until an instance answers with a version; give the milliseconds since `begun`."""
        return self.wait_for_answer(f"http://127.0.0.1:{self.ports[instance]}/", version, begun)

    def start(self, layer: bytes) -> None:
        """Start everything and wait for the first delivery."""
        self.registry.start()
        self.images = ImagePublisher(self.registry, layer)
        remote = BareRemote(self.folder / "remotes" / "manifests.git")
        lane = [f"{{wave: {name}, instances: {{{name}: {name}}}}}" for name in INSTANCES]
        tiny = TinyApplication(name="tiny", checks=(), more=published_service())
        files = application_files(tiny, f"{self.registry.address}/tiny/app", INSTANCES)
        for name, port in self.ports.items():
            path = f"tiny/app/overlays/{name}/kustomization.yaml"
            files[path] = published_overlay(port)
        files["estate.yaml"] = estate_file(remote.folder, lane, INSTANCES)
        remote.commit("main", files)
        self.publish("1.0.0")
        self.serve(remote.url)
        self.run("agent", "--estate", remote.url, "--name", self.engine)
        self.registry.stop()
        self.registry.notifications, self.registry.notification_headers = self.hook
        self.registry.start()
        self.wait_for("three", "1.0.0", time.perf_counter())
        self.wait_until_verified()

    @property
    def engine(self) -> str:
        """Give the engine's name."""
        return f"bench{self.folder.name[-4:].lower()}"

    def close(self) -> None:
        """End everything and remove it from the machine."""
        self.end()
        subprocess.run(self.command("agent", "--name", self.engine, "--tear-down"), check=False, timeout=300)
        self.registry.stop()


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
