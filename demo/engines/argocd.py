"""Argo CD on Kubernetes: the project's own test cluster, with an Argo CD for each environment and region.

The cluster is a process of the world's. It ends with this process, however that ends, until it is let go of.
What people set up for Headway is as `headway init --argocd` and the pages have it.
"""

import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.cluster.builds import provide
from tools.cluster.registry import trust
from tools.cluster.running import STAY, RunningCluster, read_note

from demo.engines.engine import Crowd, Outfit
from demo.engines.kubectl import Kubectl
from demo.engines.leftovers import processes, refuse
from demo.engines.program import PROGRAM
from demo.world import World
from demo.world.commands import run
from demo.world.home import Home
from demo.world.place import ENVIRONMENTS, Place
from demo.world.processes import Process
from headway.domain.errors import Broken

ROOT = Path(__file__).parents[2]
_ROLE_PAGE = ROOT / "docs/reference/argocd-engine.md"
_CHECKS = ROOT / "deploy/checks"
_UP_WITHIN_S = 400.0
_LOOK_S = 0.05


class Argocd:
    """The Argo CD engine (`Engine`)."""

    # Behind a Kubernetes Service a connection ends with its pod, so each request makes its own.
    crowd = Crowd(people=5, keeps_connections=False)
    stands_on = f"Kubernetes with {len(ENVIRONMENTS)} Argo CDs, registry, repositories, build server"

    def __init__(self, folder: Path) -> None:
        self._world = folder.resolve()
        self._folder = self._world / "cluster"
        self._process: Process | None = None

    def provide(self, say: Callable[[str], None]) -> None:
        """Build Kubernetes and Argo CD from their sources, if they are not there yet: ten minutes, once."""
        begun = time.monotonic()
        provide(lambda words: say(f"[{time.monotonic() - begun:5.0f} s] {words}"))

    def begin(self, home: Home) -> Place:
        """Start the cluster, which takes some twenty seconds."""
        policy = home.folder / "policy.csv"
        policy.write_text(_documented_role())
        up = [sys.executable, "-m", "tools.cluster", "up", "--while-held", "--folder", str(self._folder)]
        self._process = Process(
            [*up, "--argocds", ",".join(ENVIRONMENTS), "--policy", str(policy)],
            world=home.folder,
            log=home.folder / "logs" / "cluster.log",
            extra={"PYTHONPATH": str(ROOT)},
            is_held=True,
        )
        cluster = self._wait_until_up(self._process)
        return Place(
            address=cluster.host_address,
            entrance_address=cluster.node_address,
            serves_git=True,
            engines={name: f"{{argocd: {{url: {cluster.argocds[name].url}}}}}" for name in ENVIRONMENTS},
        )

    def furnish(self, world: World) -> None:
        """Let nodes pull, have Applications on `main` and in each Argo CD, and an account for checks."""
        cluster, kubectl = self._cluster(), self._kubectl()
        trust(self._folder, world.registry.address)
        url = world.manifests["argocd-oc-apps"].url.rpartition("/")[0]
        with tempfile.TemporaryDirectory(dir=self._world) as folder:
            draft = Path(folder) / "estate"
            run([*PROGRAM, "init", str(draft), "--argocd", "http://argocd.example", "--remotes", url])
            written = draft / "argocd-oc-apps" / "argocd"
            for name in ENVIRONMENTS:
                _move(written / name, cluster.argocds[name].namespace)
            world.commit_manifests(
                "argocd-oc-apps",
                "Let each Argo CD follow its environment",
                lambda desk: _copy(written, desk / "argocd"),
            )
            for name in ENVIRONMENTS:
                kubectl("apply", "-f", str(written / name / "bootstrap.yaml"))
        kubectl("apply", "-k", str(_CHECKS))

    def equip(self, world: World, state: Path) -> Outfit:
        """Write Headway's tokens: of its account in each Argo CD, and of the account for checks."""
        cluster, folder = self._cluster(), state / "credentials"
        folder.mkdir(mode=0o700)
        shutil.copy(cluster.ca, folder / "ca.crt")
        checks = {
            "url": self._kubectl().server(),
            "token": self._kubectl().token("headway", "headway-checks"),
            "ca": "ca.crt",
        }
        for name in ENVIRONMENTS:
            argocd = {"url": cluster.argocds[name].url, "token": cluster.argocds[name].token}
            for file, said in {"argocd": argocd, "kubernetes": checks}.items():
                path = folder / f"{name}.{file}.json"
                path.touch(mode=0o600)
                path.write_text(json.dumps(said))
        return Outfit(serve=("--plain-http", world.registry.address))

    def keep(self) -> None:
        """Let go of the cluster."""
        if self._process is not None:
            self._process.let_go(STAY)

    def hints(self, world: World) -> Sequence[str]:
        """Name the cluster to kubectl, and the Argo CDs to a browser."""
        del world
        cluster = self._cluster()
        pages = (f"{one.url}  # Argo CD: admin, {one.admin_password}" for one in cluster.argocds.values())
        return (f"{cluster.kubectl} --kubeconfig {cluster.kubeconfig} get pods -A", *pages)

    def logs(self) -> Sequence[Path]:
        """Give those of the cluster's programs and pods."""
        return (self._folder / "logs",)

    def expect_nothing_left(self) -> None:
        """See that no process is left that has the cluster's folder in its mounts, as all inside have."""
        mark = str(self._folder)
        refuse(list(processes(lambda one: mark in (one / "mountinfo").read_text())))

    def _wait_until_up(self, process: Process) -> RunningCluster:
        until = time.monotonic() + _UP_WITHIN_S
        while (cluster := read_note(self._folder)) is None:
            if not process.is_running() or time.monotonic() > until:
                raise Broken(
                    "demo-engine-failed",
                    "the cluster is not up",
                    why=process.log.read_text(errors="replace")[-1500:],
                    next_step="look at its words; docs/how-to/test-cluster.md says what it needs",
                )
            time.sleep(_LOOK_S)
        return cluster

    def _cluster(self) -> RunningCluster:
        cluster = read_note(self._folder)
        if cluster is None:
            raise Broken(
                "demo-engine-failed",
                "the cluster is not up any more",
                why="it removes its note at its end, and that is not there",
                next_step=f"look at the logs in {self._folder / 'logs'}",
            )
        return cluster

    def _kubectl(self) -> Kubectl:
        cluster = self._cluster()
        return Kubectl(cluster.kubectl, cluster.kubeconfig)


def _documented_role() -> str:
    """Give what the page says that Headway needs in Argo CD, word for word."""
    return _ROLE_PAGE.read_text().split("```csv\n", 1)[1].split("```", 1)[0]


def _move(folder: Path, namespace: str) -> None:
    """Have Applications stand in the namespace where their Argo CD looks for them."""
    for path in folder.rglob("*.yaml"):
        path.write_text(re.sub(r"namespace: argocd\b", f"namespace: {namespace}", path.read_text()))


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target)
