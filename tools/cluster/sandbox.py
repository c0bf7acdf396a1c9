"""The namespaces that a cluster lives in, seen from the host: one process tree, one network, one `/run`.

Everything is inside; ending its first process (`init.py`) removes it all. Safe to use from several threads.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tools.cluster.failure import ClusterError, last_lines
from tools.cluster.slot import Slot, clear, take_slot
from tools.setup.program import need_program

ROOT = Path(__file__).resolve().parents[2]
_TOOLS = ROOT / ".tools/bin"
NODE = "node1"
STOP_WITHIN_S = 10.0
"""How long a program may take to end by itself before it is killed."""
INSIDE = Path("/run/cluster")
"""Where the cluster's folder is seen inside; programs are in /run/bin, state (in memory) in /run/state."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program that runs inside."""

    name: str
    """Names it and its log, `logs/NAME.log`."""
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Sandbox:
    """The namespaces while they exist."""

    def __init__(self, folder: Path, slot: Slot, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.slot = slot
        self._keeper = process
        self._inside = 0
        self._programs: dict[str, Program] = {}
        self._stopped: set[str] = set()
        self._lock = threading.Lock()

    @property
    def inside(self) -> int:
        """Give the process on the host that stands in the namespaces, all but the PID namespace it made."""
        return self._inside

    def learn_where(self) -> None:
        """Take the keeper's first line, which says where the namespaces are.

        Raises:
            ClusterError: they could not be made.
        """
        self._inside = int(self._read_answer()["pid"])

    @property
    def logs(self) -> Path:
        """Give the folder of all logs."""
        return self.folder / "logs"

    @property
    def programs(self) -> list[str]:
        """Give the names of the programs that were started, in that order."""
        return list(self._programs)

    def start(self, program: Program) -> None:
        """Start a program.

        Raises:
            ClusterError: it could not be started.
        """
        tmp = f"/run/state/tmp/{program.name}"
        path = f"{_TOOLS}:{os.environ['PATH']}"  # Argo CD runs the Kustomize that it finds first
        environment = {"PATH": path, "HOME": tmp, "TMPDIR": tmp, **program.environment}
        self._programs[program.name] = program
        self._stopped.discard(program.name)
        self.run(["mkdir", "-p", tmp])
        argv = ["/usr/bin/env", "--", *program.argv]
        self.ask(
            {
                "do": "start",
                "program": {"name": program.name, "argv": argv, "environment": environment},
            }
        )

    def start_again(self, name: str) -> None:
        """Start a program that was started before and has ended, with the same arguments."""
        self.start(self._programs[name])

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a program; harmless when it does not run."""
        self.ask({"do": "signal", "name": name, "signal": int(number)})

    def stop(self, name: str, *, kill: bool = False) -> None:
        """End a program, by SIGTERM or at once, and wait for its end; harmless when it does not run."""
        ends = time.monotonic() + STOP_WITHIN_S
        self._stopped.add(name)
        self.signal(name, signal.SIGKILL if kill else signal.SIGTERM)
        while name in self.ask({"do": "look"})["running"]:
            if time.monotonic() > ends:
                self.signal(name, signal.SIGKILL)
            time.sleep(0.02)

    def ended(self) -> dict[str, int]:
        """Give the programs that ended without `stop`, with their exit status (of a signal: negative)."""
        ended = dict(self.ask({"do": "look"})["ended"])
        return {name: status for name, status in ended.items() if name not in self._stopped}

    def run(self, argv: Sequence[str], *, given: str | None = None, timeout_s: float = 120) -> str:
        """Run a command inside to its end and give what it prints.

        Raises:
            ClusterError: it failed; says its words.
        """
        first = str(self._inside)
        inside = ["--target", first, "--mount", "--net", "--ipc", "--uts"]
        done = subprocess.run(
            [need_program("nsenter"), *inside, f"--pid=/proc/{first}/ns/pid_for_children", "--", *argv],
            input=given,
            stdin=None if given is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        if done.returncode != 0:
            raise ClusterError(
                f"`{' '.join(argv[:6])}` failed inside the cluster's namespaces",
                why=f"exit status {done.returncode}: {done.stderr.strip() or done.stdout.strip()}",
                next_step=f"see the logs in {self.logs}",
            )
        return done.stdout

    def ask(self, what: Mapping[str, object]) -> dict[str, Any]:
        """Ask the first process and give its answer.

        Raises:
            ClusterError: it says no, or the namespaces have ended.
        """
        with self._lock:
            with contextlib.suppress(OSError):  # it has ended: the answer will be the end
                _pipe(self._keeper.stdin).write(json.dumps(what).encode() + b"\n")
            said = self._read_answer()
        if "error" in said:
            raise ClusterError(
                f"the cluster's first process could not do it: {what.get('do', 'begin')}",
                why=said["error"],
                next_step=f"see the logs in {self.logs}",
            )
        return said

    def _read_answer(self) -> dict[str, Any]:
        if answer := _pipe(self._keeper.stdout).readline():
            said: dict[str, Any] = json.loads(answer)
            return said
        raise ClusterError(
            "the cluster's namespaces have ended",
            why=last_lines(self.logs / "init.log"),
            next_step=f"see the logs in {self.logs}",
        )

    def end(self) -> None:
        """Let the first process end: the kernel ends all others and removes mounts, links and rules."""
        with contextlib.suppress(OSError):
            _pipe(self._keeper.stdin).close()
        try:
            self._keeper.wait(timeout=STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.kill(self._inside, signal.SIGKILL)  # --kill-child: takes the first process with it
            self._keeper.wait()
        _pipe(self._keeper.stdout).close()
        clear(self.slot)


@contextmanager
def sandboxed(folder: Path, programs: Mapping[str, Path]) -> Iterator[Sandbox]:
    """Make namespaces, joined to the host by a link, and end them with all in them.

    Args:
        folder: seen inside as `/run/cluster`; programs' logs are in its folder `logs`.
        programs: folders of programs, seen inside as `/run/bin/NAME`.

    Raises:
        ClusterError: the machine cannot make them, or not as this user.
    """
    if os.geteuid() != 0:
        raise ClusterError(
            "a cluster cannot be started as this user",
            why="namespaces with networks, mounts and cgroups of their own need root",
            next_step="run it as root",
        )
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    slot = take_slot()
    (folder / "resolv.conf").write_text(f"nameserver {slot.node_address}\n")
    try:
        sandbox = Sandbox(folder, slot, _keep(folder, slot))
        try:
            setup = {name: str(at) for name, at in programs.items()}
            sandbox.learn_where()
            sandbox.ask({"folder": str(folder), "programs": setup, "cgroup": slot.name, "node": NODE})
            _connect(sandbox)
            yield sandbox
        finally:
            sandbox.end()
    finally:
        slot.holder.close()


def _keep(folder: Path, slot: Slot) -> subprocess.Popen[bytes]:
    held = slot.holder.fileno()
    keeper = [sys.executable, "-m", "tools.cluster.keeper", str(slot.number), str(held), str(folder)]
    with (folder / "logs/init.log").open("ab") as log:
        return subprocess.Popen(
            keeper,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            bufsize=0,
            pass_fds=(held,),
            # nothing of ours: whoever looks for processes by their environment must not find the cluster's
            env={"PATH": os.environ["PATH"]},
            start_new_session=True,  # Ctrl-C is for the harness, which then ends this in order
        )


def _connect(sandbox: Sandbox) -> None:
    slot = sandbox.slot
    outside = [
        f"link add {slot.name} type veth peer name eth0 netns {sandbox.inside}",
        f"addr add {slot.host_address}/24 dev {slot.name}",
        f"link set {slot.name} up",
    ]
    inside = [
        "link set lo up",
        f"addr add {slot.node_address}/24 dev eth0",
        "link set eth0 up",
        f"route add default via {slot.host_address}",
    ]
    done = subprocess.run(
        [need_program("ip"), "-batch", "-"],
        input="\n".join(outside),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise ClusterError(
            f"the link {slot.name} could not be made",
            why=done.stderr.strip(),
            next_step="see that this kernel has veth links and that nothing else uses 10.213.0.0/16",
        )
    sandbox.run(["ip", "-batch", "-"], given="\n".join(inside))


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:  # every process here is made with pipes
        raise ValueError("no pipe")
    return stream
