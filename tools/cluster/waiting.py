"""Waits for a condition with a deadline, and fails at once when a program that it depends on has ended."""

import time
from collections.abc import Callable

import httpx

from tools.cluster.failure import ClusterError, last_lines
from tools.cluster.sandbox import Sandbox

_LOOK_EVERY_S = 0.05


def wait_until(sandbox: Sandbox, program: str, what: str, is_so: Callable[[], bool], within_s: float) -> None:
    """Wait until something that a program does is so.

    Raises:
        ClusterError: it took too long, or a program has ended; says the end of the log of whose fault it is.
    """
    ends = time.monotonic() + within_s
    while not is_so():
        if dead := sandbox.ended():
            name, status = next(iter(dead.items()))
            raise _failed(sandbox, name, f"{name} has ended", f"exit status {status}")
        if time.monotonic() > ends:
            raise _failed(sandbox, program, f"{program}: not {what}", f"it took longer than {within_s:g} s")
        time.sleep(_LOOK_EVERY_S)


def answers(url: str) -> bool:
    """Say whether a URL of plain HTTP answers 200 now."""
    try:
        with httpx.Client(trust_env=False, timeout=5, verify=False) as client:  # noqa: S501 - plain HTTP
            return client.get(url).status_code == 200
    except httpx.TransportError:
        return False


def _failed(sandbox: Sandbox, program: str, what: str, why: str) -> ClusterError:
    log = sandbox.logs / f"{program}.log"
    return ClusterError(
        what, why=f"{why}; {last_lines(log)}", next_step=f"see that log and the others in {sandbox.logs}"
    )
