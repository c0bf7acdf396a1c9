"""The virtual environment `.venv`: exactly what `requirements.lock` says, by hash, and this project in it.

uv installs it and is itself pinned by hash; pip only brings uv. No build of a dependency runs unpinned: the
project's own build back end comes from the same lock, so its install needs no isolation and no network.
"""

import platform
import sys
from pathlib import Path

from tools.setup.program import run_program
from tools.setup.step import Step, hash_of

_NETWORK = "see that package registries can be reached (behind a proxy?), then run it again"
_SERIES = f"{sys.version_info.major}.{sys.version_info.minor}"
"""Packages are installed for a series of Python; another patch level of it finds them as they are."""


def plan_environment(root: Path) -> list[Step]:
    """Give the steps that make `.venv`, in order."""
    uv, venv, lock = root / ".tools/uv", root / ".venv", root / "requirements.lock"
    pinned_uv = root / "tools/setup/uv-requirements.txt"
    project = root / "pyproject.toml"
    made = hash_of(_SERIES, pinned_uv, lock)
    return [
        Step(
            name="uv",
            says="fetching uv, the installer",
            key=hash_of(platform.machine(), pinned_uv),
            makes=(uv / "bin/uv",),
            do=lambda: install_wheels(uv, pinned_uv),
        ),
        Step(
            name="python-packages",
            says="filling .venv from requirements.lock",
            key=made,
            makes=(venv / "bin/python", venv / "bin/pytest"),
            do=lambda: _fill(uv / "bin/uv", venv, lock),
        ),
        Step(
            name="headway",
            says="putting headway itself into .venv",
            key=hash_of(made, project),
            makes=(venv / "bin/headway",),
            do=lambda: _install_project(uv / "bin/uv", venv, root),
        ),
    ]


def install_wheels(venv: Path, requirements: Path) -> None:
    """Make a virtual environment of its own for pinned wheels; one that is there is made anew.

    Raises:
        SetupError: it could not be made, or the wheels could not be fetched or have other hashes.
    """
    no_venv = "install Python's venv part (Debian: apt-get install python3-venv), then run it again"
    run_program([sys.executable, "-m", "venv", "--clear", venv], timeout_s=120, next_step=no_venv)
    run_program(
        [
            *(venv / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--only-binary", ":all:", "-r", requirements),
        ],
        timeout_s=600,
        next_step=_NETWORK,
    )


def _fill(uv: Path, venv: Path, lock: Path) -> None:
    if not (venv / f"lib/python{_SERIES}").is_dir() or not (venv / "bin/python").exists():
        run_program(
            [uv, "venv", "--quiet", "--no-project", "--clear", "--python", sys.executable, venv],
            timeout_s=120,
            next_step="remove .venv and run it again",
        )
    run_program(
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", venv / "bin/python", lock],
        timeout_s=900,
        next_step=_NETWORK,
    )


def _install_project(uv: Path, venv: Path, root: Path) -> None:
    run_program(
        [
            *(uv, "pip", "install", "--quiet", "--python", venv / "bin/python"),
            *("--no-deps", "--no-build-isolation", "--offline", "--editable", root),
        ],
        timeout_s=120,
        next_step="see that pyproject.toml and README.md are whole, then run it again",
    )
