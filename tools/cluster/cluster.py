"""A real Kubernetes with real Argo CDs, alive for the time of a `with`; nothing of it is left behind.

Safe to use from several threads; from async code through `asyncio.to_thread`.
"""

import contextlib
import json
import os
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from tools.cluster import kubernetes
from tools.cluster.api_server import ApiServer
from tools.cluster.argocd import ArgoCD
from tools.cluster.builds import Built, build_all
from tools.cluster.failure import ClusterError
from tools.cluster.keeper import clear_folder
from tools.cluster.pause import write_pause_image
from tools.cluster.registry import PORT, Notifications, registry, trust, write_configuration
from tools.cluster.sandbox import INSIDE, NODE, Program, Sandbox, sandboxed
from tools.cluster.waiting import answers, wait_until
from tools.setup.program import find_program, run_program

READY_WITHIN_S = 240.0
"""For each thing that is waited for: many times what two busy cores need."""
_REDIS = Program(
    name="redis",
    argv=["redis-server", "--port", "6379", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
)
_API = f"https://127.0.0.1:{kubernetes.API_PORT}"


class Cluster:
    """A running cluster."""

    def __init__(self, sandbox: Sandbox, built: Built, argocds: Mapping[str, ArgoCD]) -> None:
        self._sandbox = sandbox
        self._built = built
        self.folder = sandbox.folder
        self.argocds = argocds
        """The Argo CDs by the names they were asked for."""

    @property
    def kubeconfig(self) -> Path:
        """Give the administrator's kubeconfig, for programs on the host."""
        return self.folder / "kubeconfig"

    @property
    def logs(self) -> Path:
        """Give the folder of each program's log, `NAME.log`, and of the pods' logs; it stays."""
        return self._sandbox.logs

    @property
    def registry(self) -> str:
        """Give the registry's ``ADDRESS:PORT``, the same for host and node; it speaks plain HTTP."""
        return f"{self.node_address}:{PORT}"

    @property
    def kubectl_folder(self) -> Path:
        """Give the folder in which kubectl stands."""
        return self._built.kubernetes

    @property
    def host_address(self) -> str:
        """Give the address at which pods, Argo CDs and registry reach servers on the host."""
        return self._sandbox.slot.host_address

    @property
    def node_address(self) -> str:
        """Give the address at which the host reaches node ports, the API server and Argo CDs."""
        return self._sandbox.slot.node_address

    @property
    def programs(self) -> list[str]:
        """Give the names of all programs, as `stop`, `start` and `restart` take them."""
        return self._sandbox.programs

    def kubectl(self, *arguments: str, given: object = None, timeout_s: float = 60) -> str:
        """Run kubectl as the administrator and give what it prints.

        Args:
            arguments: its arguments.
            given: objects to read with ``-f -``; None: nothing.
            timeout_s: how long it may take.

        Raises:
            ClusterError: it failed; says its words.
        """
        argv = [str(self._built.kubectl), "--kubeconfig", str(self.kubeconfig), *arguments]
        own = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}  # no proxy, no settings of the user's
        done = subprocess.run(
            argv,
            input=json.dumps(given) if given is not None else "",
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env=own,
        )
        if done.returncode != 0:
            raise ClusterError(
                f"`kubectl {' '.join(arguments)}` failed",
                why=f"exit status {done.returncode}: {done.stderr.strip()}",
                next_step=f"see the logs in {self.logs}",
            )
        return done.stdout

    def read(self, path: str) -> str:
        """Read a path of the API server as the administrator, over a connection that is kept.

        Whoever looks again and again reads: that takes 4 ms, where to start kubectl takes 100.

        Raises:
            ClusterError: there is nothing, or the API server is away.
        """
        return self._api.read(path)

    def apply(self, objects: Sequence[Mapping[str, object]]) -> None:
        """Apply objects.

        Raises:
            ClusterError: one was refused.
        """
        given = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", given=given)

    def stop(self, program: str, *, kill: bool = False) -> None:
        """End a program and wait until it has; `kill`: without letting it end by itself."""
        self._sandbox.stop(program, kill=kill)

    def start(self, program: str) -> None:
        """Start a program that was stopped, and wait until it is ready if there is a way to ask it."""
        self._sandbox.start_again(program)
        self.wait_ready(program)

    def restart(self, program: str, *, kill: bool = False) -> None:
        """Stop and start a program."""
        self.stop(program, kill=kill)
        self.start(program)

    def wait_ready(self, program: str) -> None:
        """Wait until a program answers that it is ready; at once for those that cannot be asked.

        Raises:
            ClusterError: it took too long or has ended.
        """
        urls = {"registry": f"http://{self.registry}/v2/"}
        for argocd in self.argocds.values():
            urls |= argocd.health_urls()
        is_ready: Callable[[], bool] | None = None
        if program == "apiserver":
            is_ready = self._api.is_ready
        elif program in urls:
            is_ready = lambda: answers(urls[program])  # noqa: E731  # the other branch is a method
        if is_ready is not None:
            wait_until(self._sandbox, program, "ready", is_ready, READY_WITHIN_S)

    def notify(self, notifications: Notifications | None) -> None:
        """Let the registry post its events to somebody (None: nobody); restarts it, its images stay."""
        write_configuration(self.folder, notifications)
        self.restart("registry")

    def trust_registry(self, address: str) -> None:
        """Let the node pull from another registry, ``ADDRESS:PORT``, over plain HTTP."""
        trust(self.folder, address)

    def run_inside(self, *argv: str, timeout_s: float = 60) -> str:
        """Run a command in the cluster's namespaces, as on its node, and give what it prints.

        Raises:
            ClusterError: it failed; says its words.
        """
        return self._sandbox.run(argv, timeout_s=timeout_s)

    def close(self) -> None:
        """Close the connection to the API server, if there ever was one."""
        if "_api" in vars(self):
            self._api.close()

    @cached_property
    def _api(self) -> ApiServer:
        address = f"https://{self.node_address}:{kubernetes.API_PORT}"
        return ApiServer(address, pki=self.folder / "pki", logs=self.logs)


@contextmanager
def running_cluster(
    folder: Path,
    *,
    argocds: Sequence[str] = ("staging",),
    policy: str = "",
    notifications: Notifications | None = None,
    applicationsets: bool = False,
    say: Callable[[str], None] = print,
) -> Iterator[Cluster]:
    """Start a cluster, built first if need be, and end it.

    Args:
        folder: its files and logs; made if it is not there. Only `logs` is left in the end.
        argocds: names of the Argo CDs to run; each gets the namespace `argocd-NAME`.
        policy: lines of Argo CD's policy.csv, for all of them; allows the account `headway` what it needs.
        notifications: where the registry posts its events to.
        applicationsets: run the part of each Argo CD that makes Applications of ApplicationSets.
        say: told in words how far it is.

    Raises:
        SetupError: a program is missing or could not be built.
        ClusterError: a program ended or was not ready in time; says the end of its log.
    """
    folder = folder.resolve()
    built = build_all(say)
    programs = {"kubernetes": built.kubernetes, "argocd": built.argocd, "coredns": built.coredns}
    clear_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with sandboxed(folder, programs) as sandbox:
            password = secrets.token_urlsafe(16)
            address = sandbox.slot.node_address
            named = {
                name: ArgoCD(name=name, number=number, address=address, admin_password=password)
                for number, name in enumerate(argocds)
            }
            cluster = Cluster(sandbox, built, named)
            with contextlib.closing(cluster):
                _start_kubernetes(cluster, sandbox, notifications)
                _start_argocds(cluster, sandbox, built, policy, password, applicationsets=applicationsets)
                wait_until(
                    sandbox, "kubelet", "Ready as a node", lambda: _is_node_ready(cluster), READY_WITHIN_S
                )
                yield cluster
    finally:
        clear_folder(folder)


def _start_kubernetes(cluster: Cluster, sandbox: Sandbox, notifications: Notifications | None) -> None:
    folder, slot = sandbox.folder, sandbox.slot
    kubernetes.write_files(folder, slot)
    write_configuration(folder, notifications)
    trust(folder, cluster.registry)
    for first in (kubernetes.etcd(), kubernetes.apiserver(slot), kubernetes.containerd(), registry(), _REDIS):
        sandbox.start(first)
    catatonit = find_program("catatonit") or "/usr/libexec/podman/catatonit"
    write_pause_image(folder / "pause.tar", Path(catatonit))
    containerd = Path("state/containerd.sock")
    wait_until(sandbox, "containerd", "listening", lambda: _is_inside(sandbox, containerd), READY_WITHIN_S)
    sandbox.run(
        ["ctr", "-a", kubernetes.CONTAINERD, "-n", "k8s.io", "images", "import", f"{INSIDE}/pause.tar"]
    )
    cluster.wait_ready("apiserver")
    for program in (*kubernetes.controllers(), *kubernetes.node(slot)):
        sandbox.start(program)


def _start_argocds(
    cluster: Cluster, sandbox: Sandbox, built: Built, policy: str, password: str, *, applicationsets: bool
) -> None:
    if not cluster.argocds:
        return
    manifests = built.argocd / "manifests"
    cluster.kubectl("apply", "--server-side", "-k", str(manifests / "crds"))
    hashed = run_program(
        [built.argocd / "argocd", "account", "bcrypt", "--password", password],
        timeout_s=120,
        next_step="run it by hand",
        environment={"ARGOCD_BINARY_NAME": "argocd"},
    ).strip()
    objects = [
        found for argocd in cluster.argocds.values() for found in argocd.objects(manifests, policy, hashed)
    ]
    cluster.apply(objects)
    for argocd in cluster.argocds.values():
        argocd.write_kubeconfig(sandbox.folder, _API)
        for program in argocd.programs():
            sandbox.start(program)
        if applicationsets:
            sandbox.start(argocd.applicationset_program())
    for argocd in cluster.argocds.values():
        for program_name in argocd.health_urls():
            cluster.wait_ready(program_name)


def _is_node_ready(cluster: Cluster) -> bool:
    with contextlib.suppress(ClusterError):  # not registered yet
        node = json.loads(cluster.read(f"/api/v1/nodes/{NODE}"))
        return any(one["type"] == "Ready" and one["status"] == "True" for one in node["status"]["conditions"])
    return False


def _is_inside(sandbox: Sandbox, path: Path) -> bool:
    with contextlib.suppress(ClusterError):
        sandbox.run(["test", "-e", f"/run/{path}"])
        return True
    return False
