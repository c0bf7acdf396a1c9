"""The real Kustomize, run where it can reach nothing but its inputs.

Invariants: it gets a folder of its own, no home, no search path (so it can start no git, no helm, no plugin)
and a proxy that nobody answers at; time, memory and output are bounded; nothing of the folder is left
afterwards and its name is in no message. Safe to run concurrently: as many run at once as there are
processors, the others wait.
"""

import asyncio
import os
import posixpath
import shutil
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from headway.adapters.kustomize.yaml_text import write_object
from headway.domain.errors import Transient, UsageError
from headway.programs import Bounds, CutOff, Finished, run_bounded

_NOBODY = "http://127.0.0.1:1"
"""The proxy: a port that nobody listens at, should an address ever get past `inputs`."""
_WORDS_LIMIT = 2000


BOUNDS = Bounds(time=timedelta(seconds=60), memory=1 << 30, output=16 << 20)
"""How much one rendering may take: far above what an API server takes, far below what hurts."""


class Kustomize:
    """One Kustomize binary."""

    def __init__(self, program: Path, bounds: Bounds = BOUNDS) -> None:
        self._program = program
        self._bounds = bounds
        self._places = asyncio.Semaphore(os.cpu_count() or 1)
        self._version: str | None = None
        # A hundred renderings that begin together must not each ask for it.
        self._asking = asyncio.Lock()

    async def version(self) -> str:
        """Give its version, asked once.

        Raises:
            Transient: `renderer-away`.
        """
        async with self._asking:
            if self._version is None:
                with tempfile.TemporaryDirectory(prefix="headway-kustomize-") as folder:
                    finished = await self._run(Path(folder), "version")
                if finished.status != 0:
                    raise self._away(finished.errors.decode(errors="replace")[:_WORDS_LIMIT])
                self._version = finished.output.decode(errors="replace").strip()
            return self._version

    async def build(
        self, files: Mapping[str, bytes], overlay: str, kustomization: Mapping[str, object]
    ) -> bytes:
        """Render an overlay below a generated kustomization and give what Kustomize wrote.

        Args:
            files: all that is to be there, by path in the repository.
            overlay: the overlay's folder.
            kustomization: the generated one without its resources.

        Raises:
            UsageError: `kustomize-failed`, with its words; `manifests-too-large`.
            Transient: `renderer-away`, `renderer-slow`.
        """
        async with self._places:
            jail = await asyncio.to_thread(_make_jail, files, overlay, kustomization)
            try:
                finished = await self._run(jail, "build", *_RESTRICTED, str(jail / "build"))
            finally:
                await asyncio.to_thread(_remove_jail, jail)
        if finished.is_done:
            return finished.output
        raise self._failure(finished, jail, overlay)

    async def _run(self, jail: Path, *arguments: str) -> Finished:
        environment = {
            "HOME": str(jail / "nowhere"),
            "XDG_CONFIG_HOME": str(jail / "nowhere"),
            "TMPDIR": str(jail),
            "PATH": "",
            "HTTP_PROXY": _NOBODY,
            "HTTPS_PROXY": _NOBODY,
        }
        if self._bounds.memory is not None:
            environment["GOMEMLIMIT"] = str(self._bounds.memory * 3 // 4)
        try:
            return await run_bounded(
                [str(self._program), *arguments],
                folder=jail,
                environment=environment,
                bounds=self._bounds,
            )
        except Transient as missing:
            raise self._away(missing.why) from missing

    def _failure(self, finished: Finished, jail: Path, overlay: str) -> UsageError | Transient:
        if finished.cut_off is CutOff.OUTPUT:
            return _too_large(overlay, f"it writes more than {self._bounds.output >> 20} MB")
        if finished.status is None or finished.status < 0:
            return Transient(
                "renderer-slow",
                f"{overlay} could not be rendered",
                why=f"Kustomize was ended, after {self._bounds.time.total_seconds():g} s at most",
                next_step="it is tried again; look at the manifests if it lasts",
            )
        words = finished.errors.decode(errors="replace")
        if finished.status == 2 and "fatal error:" in words:
            return _too_large(overlay, "Kustomize ran out of the memory that it is given")
        return UsageError(
            "kustomize-failed",
            f"Kustomize cannot render {overlay}",
            why=_in_repository(words, jail, overlay),
            next_step="mend the manifests; `headway render` shows the same",
        )

    def _away(self, why: str) -> Transient:
        return Transient(
            "renderer-away",
            f"Kustomize could not be run as {self._program.name}",
            why=why,
            next_step="run `make setup`, or name the binary in the settings",
        )


_RESTRICTED = ("--load-restrictor", "LoadRestrictionsRootOnly")


def _make_jail(files: Mapping[str, bytes], overlay: str, kustomization: Mapping[str, object]) -> Path:
    """Write the inputs under ``tree/`` and the generated kustomization beside them, read-only."""
    jail = Path(tempfile.mkdtemp(prefix="headway-render-")).resolve()
    try:
        for path, content in files.items():
            file = jail / "tree" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            file.chmod(0o400)
        build = jail / "build"
        build.mkdir()
        generated = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            **kustomization,
            "resources": [posixpath.join("../tree", overlay)],
        }
        (build / "kustomization.yaml").write_bytes(write_object(generated))
        for folder, _, _ in os.walk(jail):
            Path(folder).chmod(0o500)
    except OSError as error:
        _remove_jail(jail)
        raise Transient(
            "renderer-away",
            "the inputs of a rendering could not be written",
            why=error.strerror or str(error),
            next_step="make room for temporary files",
        ) from error
    return jail


def _remove_jail(jail: Path) -> None:
    for folder, _, _ in os.walk(jail):
        Path(folder).chmod(0o700)
    shutil.rmtree(jail, ignore_errors=True)


def _in_repository(words: str, jail: Path, overlay: str) -> str:
    words = words.removeprefix("Error: ").strip()
    words = words.replace(f"{jail}/tree/", "").replace(f"{jail}/build", overlay)
    words = words.replace("../tree/", "").replace(str(jail), "")
    return words[:_WORDS_LIMIT] or "it said nothing"


def _too_large(overlay: str, why: str) -> UsageError:
    return UsageError(
        "manifests-too-large",
        f"{overlay} renders to more than manifests may",
        why=why,
        next_step="make it smaller, or split the artifact",
    )
