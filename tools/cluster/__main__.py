"""`python -m tools.cluster build|up|down`: the test cluster by hand."""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tools.cluster import running_cluster
from tools.cluster.builds import provide
from tools.cluster.running import STAY, RunningCluster, describe, write_note
from tools.setup.failure import SetupError

ROOT = Path(__file__).resolve().parents[2]
ALL_OF_APPLICATIONS = "p, headway, applications, *, */*, allow\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks and give the exit status: 1 when it could not be done."""
    asked = _parse(arguments)
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"[cluster {time.monotonic() - begun:5.1f} s] {text}", flush=True)

    try:
        if asked.command == "down":
            return _down(asked.folder)
        provide(say)
        return 0 if asked.command == "build" else _up(asked, begun)
    except SetupError as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    except KeyboardInterrupt:
        return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.cluster", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="install packages and build what is not built yet")
    up = commands.add_parser("up", help="start a cluster and keep it until Ctrl-C or `down`")
    down = commands.add_parser("down", help="end the cluster that `up` keeps")
    for command in (up, down):
        command.add_argument(
            "--folder", type=Path, default=ROOT / ".cache/cluster", help="where its files and logs stand"
        )
    up.add_argument("--argocds", default="staging", help="names of the Argo CDs, with commas between")
    up.add_argument("--policy", type=Path, help="policy.csv (else `headway` may do all with Applications)")
    up.add_argument("--applicationsets", action="store_true", help="run their controllers too")
    up.add_argument(
        "--while-held",
        action="store_true",
        help=f"end too when standard input ends, unless the line `{STAY}` came before",
    )
    return parser.parse_args(arguments)


def _up(asked: argparse.Namespace, begun: float) -> int:
    policy = asked.policy.read_text() if asked.policy else ALL_OF_APPLICATIONS
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)  # also while it starts, also where a shell let SIGINT be ignored
    if asked.while_held:
        threading.Thread(target=_end_when_let_go, daemon=True).start()
    with running_cluster(
        asked.folder,
        argocds=[name for name in asked.argocds.split(",") if name],
        policy=policy,
        applicationsets=asked.applicationsets,
    ) as cluster:
        (cluster.folder / "pid").write_text(str(os.getpid()))
        running = describe(cluster)
        write_note(cluster.folder, running)
        print(f"up after {time.monotonic() - begun:.1f} s\n\n{_usage(running, cluster.logs)}", flush=True)
        while True:
            signal.pause()


def _end(*_: object) -> None:
    raise KeyboardInterrupt


def _end_when_let_go() -> None:
    """Watch over whoever holds the other end of standard input; the kernel closes it however they end."""
    if sys.stdin.readline().strip() != STAY:
        os.kill(os.getpid(), signal.SIGTERM)


def _usage(running: RunningCluster, logs: Path) -> str:
    lines = [
        f"export KUBECONFIG={running.kubeconfig}",
        f"export PATH=$PATH:{Path(running.kubectl).parent}",
        f"registry      {running.registry} (plain HTTP)",
        f"host address  {running.host_address} (how pods and Argo CDs reach servers of this host)",
        f"node address  {running.node_address} (node ports)",
        f"logs          {logs}",
    ]
    for name, argocd in running.argocds.items():
        lines += [
            f"Argo CD {name}: {argocd.url} in namespace {argocd.namespace}",
            f"    admin's password  {argocd.admin_password}",
            f"    headway's token   {argocd.token}",
        ]
    return "\n".join([*lines, "", "Ctrl-C ends it"])


def _down(folder: Path) -> int:
    noted = folder / "pid"
    try:
        pid = int(noted.read_text())
        os.kill(pid, signal.SIGTERM)
    except (FileNotFoundError, ProcessLookupError):
        print(f"no cluster runs in {folder}")
        return 0
    while noted.exists() and Path(f"/proc/{pid}").exists():
        time.sleep(0.05)
    print("it has ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
