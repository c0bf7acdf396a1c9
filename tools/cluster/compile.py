"""Runs the Go compiler on one module and says how far it is: Kubernetes alone takes minutes on two cores."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.cluster.failure import ClusterError, last_lines
from tools.setup.golang import go_environment
from tools.setup.program import run_program

ROOT = Path(__file__).resolve().parents[2]
TOLD_EVERY_S = 15.0
COMPILE_WITHIN_S = 3600
"""Ten times what the longest took on two cores."""
_NEXT = "see that Go modules can be fetched (GOPROXY?) and that the disk has 5 GB free, then run it again"


def module_folder(go: Path, folder: Path, module: str) -> Path:
    """Give where Go keeps a module's source.

    Raises:
        SetupError: Go does not know it.
    """
    said = run_program(
        [go, "-C", folder, "list", "-m", "-f", "{{.Dir}}", module],
        timeout_s=120,
        next_step=_NEXT,
        environment=go_environment(ROOT),
    )
    return Path(said.strip())


def compile_programs(
    go: Path,
    folder: Path,
    target: Path,
    *,
    programs: Mapping[str, str],
    flags: Sequence[str],
    say: Callable[[str], None],
) -> None:
    """Compile programs of the module at `folder` into `target`, at low priority.

    What an interrupted run has compiled is in Go's cache and is not compiled again.

    Raises:
        SetupError: a module could not be fetched or compiled; it says Go's own words.
    """
    say(f"building {', '.join(programs)} from Go modules (minutes, once)")
    begun = time.monotonic()
    with tempfile.NamedTemporaryFile() as log:
        for program, package in programs.items():
            argv = ["nice", go, "-C", folder, "build", "-v", *flags, "-o", target / program, package]
            _compile([str(word) for word in argv], Path(log.name), program, say)
    say(f"built {', '.join(programs)} in {time.monotonic() - begun:.0f} s")


def _compile(argv: list[str], log: Path, program: str, say: Callable[[str], None]) -> None:
    with log.open("wb") as output:
        going = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **go_environment(ROOT)},
        )
        try:
            status = _wait(going, lambda: say(f"{program}: {_packages(log)} packages so far"))
        finally:
            going.kill()
            going.wait()
    if status != 0:
        raise ClusterError(
            f"{program} could not be built",
            why=f"go ended with status {status}; {last_lines(log)}",
            next_step=_NEXT,
        )


def _wait(going: subprocess.Popen[bytes], tell: Callable[[], None]) -> int:
    ends = time.monotonic() + COMPILE_WITHIN_S
    while time.monotonic() < ends:
        try:
            return going.wait(timeout=TOLD_EVERY_S)
        except subprocess.TimeoutExpired:
            tell()
    return -1


def _packages(log: Path) -> int:
    return len(log.read_bytes().splitlines())
