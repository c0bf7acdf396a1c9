"""`python3 -m tools.setup`: everything that `make check`, `make test` and `make demo` need, once."""

import fcntl
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Set up and give the exit status: 0 all is there, 1 a step failed (said on standard error)."""
    if sys.version_info < (3, 11):  # noqa: UP036 # what runs this is whatever the machine has
        sys.stderr.write(
            f"Set-up cannot begin: this is Python {sys.version.split()[0]} and Headway needs 3.11 or newer.\n"
            "  what to do: install Python 3.11, then: make setup PYTHON=python3.11\n"
        )
        return 1
    from tools.setup.failure import SetupError  # noqa: PLC0415  # needs the Python that was just looked at

    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"[set-up {time.monotonic() - begun:5.1f} s] {text}", flush=True)

    try:
        _set_up(say)
    except SetupError as failed:
        sys.stderr.write(f"\nSet-up stopped. {failed}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nSet-up was interrupted; what was finished stays. Run it again to go on.\n")
        return 130
    return 0


def _set_up(say: "Callable[[str], None]") -> None:
    from tools.setup.debian import find_missing, install, is_venv_missing  # noqa: PLC0415  # as above
    from tools.setup.environment import plan_environment  # noqa: PLC0415  # as above
    from tools.setup.kustomize import plan_kustomize  # noqa: PLC0415  # as above
    from tools.setup.step import run_steps  # noqa: PLC0415  # as above

    (ROOT / ".tools").mkdir(exist_ok=True)
    for variable, folder in {"UV_CACHE_DIR": ".cache/uv", "PIP_CACHE_DIR": ".cache/pip"}.items():
        os.environ.setdefault(variable, str(ROOT / folder))
    with (ROOT / ".tools/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two make targets at once: the second waits, then finds all done
        missing = find_missing()
        names = [*(["python3-venv"] if is_venv_missing() else []), *(package.name for package in missing)]
        if names:
            install(missing, names, say)
        done = run_steps([*plan_environment(ROOT), *plan_kustomize(ROOT)], ROOT / ".tools/stamps", say)
    if names or done:
        say("all is there")


if __name__ == "__main__":
    sys.exit(main())
