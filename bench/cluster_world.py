"""A service over real Argo CDs of the test cluster, with as many applications as a bench wants.

An application is the tests' tiny one, with an instance for each environment that its lane names; every
environment is an Argo CD. Git is served over HTTP, since Argo CD reads it from elsewhere.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tests.fixtures.argocd_engine import application, write_credentials
from tests.fixtures.cluster import ClusterRegistry, documented
from tests.fixtures.counted import Counted
from tests.fixtures.git_remote import BareRemote, HttpRemote
from tests.fixtures.images import ImagePublisher, PublishedImage, build_probe, make_layer
from tests.fixtures.tiny_estate import TinyApplication, application_files
from tools.cluster import Cluster, Notifications, running_cluster

from bench.served import Served
from headway.domain.names import InstanceName


class ClusterWorld(Served):
    """The running world. Not safe to use from several threads."""

    def __init__(self, folder: Path, cluster: Cluster, images: ImagePublisher) -> None:
        super().__init__(folder, cluster.host_address)
        self.cluster = cluster
        self.images = images
        self.remote = BareRemote(folder / "remotes" / "manifests.git")
        self.git = HttpRemote(folder / "remotes", cluster.host_address)
        self._lanes: Mapping[str, Sequence[str]] = {}
        self.counted = {name: Counted(argocd.url) for name, argocd in cluster.argocds.items()}
        """By environment: what stands between Headway and its Argo CD, and counts requests."""

    @property
    def git_url(self) -> str:
        """Give where Headway and the Argo CDs read the manifests."""
        return self.git.url("manifests.git")

    def begin(
        self,
        applications: Sequence[tuple[TinyApplication, str]],
        lanes: Mapping[str, Sequence[str]],
        files: Mapping[str, bytes],
    ) -> None:
        """Commit the estate, make an Application for each instance, and start the service.

        Args:
            applications: each with the name of its lane.
            lanes: by name, the environments that it goes through, a wave each; instances bear their names.
            files: put in place of those that it would commit.
        """
        whole: dict[str, bytes | None] = {"estate.yaml": self._estate(lanes)}
        made = []
        for one, lane in applications:
            own = application_files(one, self.repository(one.name), lanes[lane])
            described = own[f"{one.name}/application.yaml"] or b""
            own[f"{one.name}/application.yaml"] = described.replace(
                b"lane: standard", f"lane: {lane}".encode()
            )
            whole |= own
            made += [self._application(one.name, environment) for environment in lanes[lane]]
        self._lanes = lanes
        self.remote.commit("main", {**whole, **files})
        self.cluster.apply(made)
        self.state.mkdir()
        write_credentials(
            self.cluster, self.state / "credentials", {n: c.url for n, c in self.counted.items()}
        )
        self.serve(self.git_url, "--plain-http", self.cluster.registry)
        url, headers = self.hook
        self.cluster.notify(Notifications(url=url, headers=headers))

    def freeze_until(self, end: datetime, minutes: int) -> None:
        """Let nothing into any wave until an instant, a whole minute; it has begun so many minutes before."""
        begin = end - timedelta(minutes=minutes)
        window = f'schedule: "{begin.minute} {begin.hour} * * *", lasts: {minutes}m, timeZone: UTC'
        gates = f", gates: {{freeze: [{{{window}, reason: all at once}}]}}"
        self.remote.commit("main", {"estate.yaml": self._estate(self._lanes, gates)}, "Freeze")
        self.hint_git()

    def repository(self, name: str) -> str:
        """Give the image repository of an application."""
        return f"{self.cluster.registry}/{name}/app"

    def publish(self, name: str, version: str) -> PublishedImage:
        """Publish a version that answers with its own name."""
        return self.images.publish(f"{name}/app", tags=[version], environment={"BODY": version})

    def close(self) -> None:
        """End what this process and Headway run; the cluster ends by itself."""
        self.end()
        self.git.close()
        for one in self.counted.values():
            one.close()

    def _estate(self, lanes: Mapping[str, Sequence[str]], gates: str = "") -> bytes:
        lines = ["apiVersion: headway.dev/v1", "kind: Estate", "environments:"]
        lines += [
            f"  {name}: {{engine: {{argocd: {{url: {one.url}}}}}}}" for name, one in self.counted.items()
        ]
        lines += ["roles: {platform: [pat], support: [sue]}", "lanes:"]
        for lane, environments in lanes.items():
            lines += [
                f"  {lane}:",
                *(f"  - {{wave: {one}, instances: {{{one}: {one}}}{gates}}}" for one in environments),
            ]
        lines += ["manifests:", f'- {{name: manifests, url: "{self.git_url}"}}', ""]
        return "\n".join(lines).encode()

    def _application(self, name: str, environment: str) -> dict[str, object]:
        instance, argocd = InstanceName(name, environment), self.cluster.argocds[environment]
        namespace = f"{name}-{environment}"
        return application(
            namespace, argocd.namespace, self.git_url, instance, namespace, environment=environment
        )


@contextlib.contextmanager
def cluster_world(argocds: Sequence[str]) -> Iterator[ClusterWorld]:
    """Give a world over a cluster with these Argo CDs, and remove all of it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="hw-bench-"))
    try:
        (folder / "probe").mkdir()
        layer = make_layer({"probe": build_probe(folder / "probe").read_bytes()})
        where = folder / "cluster"
        with running_cluster(where, argocds=argocds, policy=documented("csv"), say=lambda _: None) as cluster:
            images = ImagePublisher(ClusterRegistry(cluster.registry), layer)
            world = ClusterWorld(folder, cluster, images)
            try:
                yield world
            finally:
                world.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
