"""Outlives the harness for a moment: makes the namespaces, and clears away what the kernel leaves of them.

Started by `sandbox.py`; standard input and output are those of the first process in the namespaces. Its
first line says which process stands in the namespaces, and it ends after all that is in them.
"""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from tools.cluster.slot import Slot, clear
from tools.setup.program import need_program

KINDS = ("--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--net", "--ipc", "--uts")


def main() -> None:
    """Keep the slot that the arguments name: its number, its socket, the cluster's folder."""
    number, held, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    slot = Slot(number=number, holder=socket.socket(fileno=held))
    going = subprocess.Popen(
        [need_program("unshare"), *KINDS, sys.executable, "-m", "tools.cluster.init", str(held)],
        pass_fds=(held,),
    )
    sys.stdout.write(json.dumps({"pid": going.pid}) + "\n")
    sys.stdout.flush()
    going.wait()
    clear(slot)
    clear_folder(folder)


def clear_folder(folder: Path) -> None:
    """Remove a cluster's files but its logs; its state was in memory and is gone already."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir() and path.name != "logs":
            shutil.rmtree(path, ignore_errors=True)
        elif not path.is_dir():
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
