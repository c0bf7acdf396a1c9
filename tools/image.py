"""Builds the container image of Headway itself with buildah: `python -m tools.image --tag NAME`.

The Python packages are those of deploy/requirements.lock, by hash, put together here: the build needs no
network once its system is there. `make setup` comes first: uv, Kustomize and buildah are its.
"""

import argparse
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.setup.failure import SetupError
from tools.setup.program import need_program, run_program

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
PYTHON = "3.13"
"""Of Debian 13, the system of deploy/Containerfile."""
_PLATFORM = "x86_64-manylinux_2_28"
_NETWORK = "see that package registries can be reached (behind a proxy?), then run it again"


def fill_context(folder: Path, python: str = PYTHON) -> None:
    """Put into a folder, which is made anew, all that deploy/Containerfile copies.

    Args:
        folder: where to.
        python: the series of Python in the image's system, such as ``3.13``.

    Raises:
        SetupError: packages could not be fetched, or have other hashes.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bin").mkdir(parents=True)
    shutil.copy2(ROOT / ".tools/bin/kustomize", folder / "bin/kustomize")
    shutil.copy2(DEPLOY / "Containerfile", folder / "Containerfile")
    install = (ROOT / ".tools/uv/bin/uv", "pip", "install", "--quiet", "--link-mode", "copy")
    target = ("--target", folder / "site")
    chosen = ("--python-version", python, "--python-platform", _PLATFORM, "--only-binary", ":all:")
    lock = DEPLOY / "requirements.lock"
    run_program(
        [*install, *target, *chosen, "--require-hashes", "-r", lock], timeout_s=900, next_step=_NETWORK
    )
    run_program(
        [
            *install,
            *target,
            "--python",
            sys.executable,
            "--no-deps",
            "--no-build-isolation",
            "--offline",
            ROOT,
        ],
        timeout_s=120,
        next_step="run `make setup`, then run it again",
    )


def build_image(context: Path, tag: str, *options: str, environment: Mapping[str, str] | None = None) -> None:
    """Build the image out of a filled context, into buildah's store, which `environment` may set.

    Raises:
        SetupError: buildah failed; says its words.
    """
    build = (need_program("buildah"), "build", "--quiet", "--isolation", "chroot", "--format", "oci")
    run_program(
        [*build, *options, "--tag", tag, context],
        timeout_s=900,
        next_step="see that the system's image can be reached, or name one with --system",
        environment=environment,
    )


def main() -> int:
    """Build it as the arguments say."""
    parser = argparse.ArgumentParser(description="Build the container image of Headway itself.")
    parser.add_argument("--tag", default="localhost/headway:latest", help="the image's name")
    parser.add_argument("--system", help="an image with Python, git and ssh; else Debian 13's are installed")
    parser.add_argument("--python", default=PYTHON, help="the series of Python in that system")
    given = parser.parse_args()
    context = ROOT / ".cache/image"
    try:
        fill_context(context, given.python)
        build_image(context, given.tag, *(("--build-arg", f"SYSTEM={given.system}") if given.system else ()))
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{given.tag} is in buildah's store\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
