"""The build server's side of images: buildah with a store of its own, and what builds may keep between runs.

All of it stands in one cache folder; throwing that away costs time only. Safe for several threads and
processes: buildah, Go and make each guard their own store.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from demo.world.commands import run

_PROJECT = Path(__file__).parents[2]

_STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{folder}/images"
runroot = "{folder}/run"
"""


class Builder:
    """What `make publish` needs around it: programs, caches and buildah's settings."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache.resolve()
        self.wheels = self.cache / "wheels"
        self._python = self.cache / "python"
        self.cache.mkdir(parents=True, exist_ok=True)
        self._write_settings()

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that keep builds away from the user's and the machine's settings."""
        return {
            "CONTAINERS_STORAGE_CONF": str(self.cache / "storage.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(self.cache / "registries.conf"),
            "CONTAINERS_CONF": str(self.cache / "containers.conf"),
            "REGISTRY_AUTH_FILE": str(self.cache / "auth.json"),
            "GOCACHE": str(self.cache / "go-build"),
            "GOMODCACHE": str(self.cache / "go-modules"),
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
            # Without -modcacherw the module cache is read-only and `rm -rf` of the cache folder fails.
            "GOFLAGS": "-mod=readonly -modcacherw",
            "PATH": os.pathsep.join([*self._own_go(), os.environ.get("PATH", os.defpath)]),
            "PIP_CACHE_DIR": str(self.cache / "pip"),
            "PYTHON": str(self._python / "bin" / "python"),
            "WHEELS": str(self.wheels),
        }

    def make(
        self, target: str, folder: Path, variables: Mapping[str, str], *, timeout_s: float = 300
    ) -> None:
        """Run one of a repository's own steps.

        Raises:
            Broken: `demo-command-failed`: the step failed.
        """
        given = [f"{name}={value}" for name, value in variables.items()]
        run(["make", "--silent", target, *given], cwd=folder, extra=self.environment, timeout_s=timeout_s)

    def buildah(self, *arguments: str, timeout_s: float = 60) -> str:
        """Run buildah on the builder's own store.

        Raises:
            Broken: `demo-command-failed`.
        """
        return run(["buildah", *arguments], extra=self.environment, timeout_s=timeout_s)

    def has_image(self, name: str) -> bool:
        """Say whether the builder's store has an image."""
        return bool(self.buildah("images", "--quiet", "--filter", f"reference={name}"))

    def is_ready(self) -> bool:
        """Say whether the Python that builds app2 is there."""
        return (self._python / "bin" / "pip").exists()

    def make_python(self) -> None:
        """Make the Python that builds app2, with pip in it.

        Raises:
            Broken: `demo-command-failed`: Python's venv part is not installed.
        """
        run([sys.executable, "-m", "venv", "--clear", str(self._python)], timeout_s=120)

    def _own_go(self) -> list[str]:
        """Give where set-up put a Go of the project's own: it did if the machine's is missing or too old."""
        folder = _PROJECT / ".tools" / "go-venv" / "bin"
        return [str(folder)] if (folder / "go").exists() else []

    def _write_settings(self) -> None:
        for name, text in {
            "storage.conf": _STORAGE.format(folder=self.cache / "containers"),
            "registries.conf": "unqualified-search-registries = []\n",
            "containers.conf": "",
            "auth.json": "{}\n",
        }.items():
            path = self.cache / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
