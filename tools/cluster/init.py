"""The first process of the cluster's namespaces: when it ends, the kernel removes all that is in them.

Started by `sandbox.py` under `unshare` with new PID, mount, network, IPC and UTS namespaces; standard
library only. It reads one JSON object a line from standard input and answers each with one line. Standard
input is also its life line: when it closes, because the harness closed it or was killed, this process exits.

What it prepares is seen by nobody outside: `/run` holds the cluster's state in memory, `/var/lib` and
`/var/log` are empty, and the tunables that kubelet writes are copies.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

MS_BIND, MS_MOVE = 4096, 8192
MNT_DETACH = 2
CLONE_NEWCGROUP = 0x02000000
STATE_SIZE = "6g"
"""More than images and etcd of any test need: what is not used is not taken."""
TUNABLES = (
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)
"""What kubelet sets for the whole machine, under /proc/sys."""

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Prepare the namespaces as the first line says, then start and end programs until the input ends."""
    os.set_inheritable(int(sys.argv[1]), False)  # the slot is held by this process, not by its children
    lines = _Lines()
    setup = json.loads(lines.wait_for_one())
    try:
        _prepare_mounts(Path(setup["folder"]), setup["programs"])
        _prepare_cgroups(setup["cgroup"])
        socket.sethostname(setup["node"])
        os.chdir("/run/state")
    except OSError as error:
        _answer({"error": str(error)})
        return
    _answer({"ready": True})
    _Programs().serve(lines)


def _mount(source: str, target: Path, kind: str | None, flags: int = 0, options: str = "") -> None:
    done = _libc.mount(
        source.encode(), str(target).encode(), kind.encode() if kind else None, flags, options.encode()
    )
    if done != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mounting {source} on {target}: {os.strerror(number)}")


def _prepare_mounts(folder: Path, programs: dict[str, str]) -> None:
    # made in the folder and moved to /run last: folder and programs may themselves stand in /run or /var/lib
    run = folder / "run"
    run.mkdir(exist_ok=True)
    _mount("tmpfs", run, "tmpfs", 0, f"size={STATE_SIZE},mode=755")
    (run / "state/tmp").mkdir(parents=True)
    (run / "lock").mkdir()
    seen = {"cluster": str(folder), **{f"bin/{name}": at for name, at in programs.items()}}
    for name, source in seen.items():
        (run / name).mkdir(parents=True)
        _mount(source, run / name, None, MS_BIND)
    names = Path("/etc/resolv.conf").resolve()
    _mount(str(run), Path("/run"), None, MS_MOVE)
    if names.is_relative_to("/run"):  # where systemd keeps it, and just hidden
        names.parent.mkdir(parents=True, exist_ok=True)
        names.touch()
    _mount("/run/cluster/resolv.conf", names, None, MS_BIND)
    for hidden in (Path("/var/lib"), Path("/var/log")):
        _mount("tmpfs", hidden, "tmpfs", 0, "mode=755")
    copies = Path("/run/tunables")  # apart from the state: kubelet looks for the one mount of its file system
    copies.mkdir()
    _mount("tmpfs", copies, "tmpfs", 0, "size=64k,mode=755")
    for tunable in TUNABLES:
        real, copy = Path("/proc/sys") / tunable, copies / tunable
        if real.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(real, copy)
            _mount(str(copy), real, None, MS_BIND)


def _prepare_cgroups(name: str) -> None:
    """Put this process into a cgroup of its own, and let all below see that one as the root."""
    mounts = [
        (Path(words[4]), words[words.index("-") + 1], words[-1])
        for words in (line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines())
        if words[words.index("-") + 1] in {"cgroup", "cgroup2"}
    ]
    for at, _, _ in mounts:
        group = at / name
        group.mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):  # an empty set takes no process
            if (at / setting).exists() and not (group / setting).read_text().strip():
                (group / setting).write_text((at / setting).read_text())
        (group / "cgroup.procs").write_text("0")
    if _libc.unshare(CLONE_NEWCGROUP) != 0:
        raise OSError(ctypes.get_errno(), "no cgroup namespace could be made")
    for at, kind, options in mounts:
        if _libc.umount2(str(at).encode(), MNT_DETACH) != 0:
            raise OSError(ctypes.get_errno(), f"unmounting {at}")
        words = [word for word in options.split(",") if word not in {"rw", "ro"}]
        named = ["none"] if any(word.startswith("name=") for word in words) else []
        _mount("cgroup", at, kind, 0, ",".join([*named, *words]) if kind == "cgroup" else "")
        if kind == "cgroup2":  # a group that has processes may not have groups with limits below it
            (at / "daemons").mkdir()
            (at / "daemons/cgroup.procs").write_text("0")


class _Lines:
    """Standard input by lines, without a buffer that `select` does not see."""

    def __init__(self) -> None:
        self._rest = b""

    def read(self) -> list[str]:
        """Give the lines that arrived; ends this process when the input ended."""
        chunk = os.read(0, 1 << 16)
        if not chunk:
            os._exit(0)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [line.decode() for line in lines]

    def wait_for_one(self) -> str:
        """Give the first line."""
        while not (lines := self.read()):
            pass
        return lines[0]


class _Programs:
    """The programs by name, and how those that ended did."""

    def __init__(self) -> None:
        self._running: dict[str, int] = {}
        self._ended: dict[str, int] = {}

    def serve(self, lines: _Lines) -> None:
        """Answer each line, and reap whoever ends: orphans of all programs are this process's too."""
        woken, waker = os.pipe()
        os.set_blocking(waker, False)
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(waker)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            ready, _, _ = select.select([0, woken], [], [])
            if woken in ready:
                os.read(woken, 4096)
            self._reap()
            if 0 in ready:
                for line in lines.read():
                    _answer(self._do(json.loads(line)))

    def _do(self, asked: dict[str, Any]) -> dict[str, object]:
        try:
            match asked["do"]:
                case "start":
                    return {"pid": self._start(**asked["program"])}
                case "signal":
                    name = asked["name"]
                    if name in self._running:
                        os.kill(self._running[name], asked["signal"])
                    return {}
                case _:
                    self._reap()
                    return {"running": list(self._running), "ended": self._ended}
        except OSError as error:
            return {"error": str(error)}

    def _start(self, *, name: str, argv: list[str], environment: dict[str, str]) -> int:
        log = f"/run/cluster/logs/{name}.log"
        write = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        pid = os.posix_spawn(
            argv[0],
            argv,
            environment,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, write, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        self._ended.pop(name, None)
        self._running[name] = pid
        return pid

    def _reap(self) -> None:
        names = {pid: name for name, pid in self._running.items()}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if name := names.get(pid):
                del self._running[name]
                self._ended[name] = os.waitstatus_to_exitcode(status)


def _answer(what: dict[str, object]) -> None:
    os.write(1, (json.dumps(what) + "\n").encode())


if __name__ == "__main__":
    main()
