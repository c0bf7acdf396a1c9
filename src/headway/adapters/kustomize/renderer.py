"""Renders one artifact's overlay for one instance (the port `Renderer`).

Invariants: the same request on the same input trees gives the same bytes; what is rendered comes from the
inputs at the commit and from nothing else; every image in the output is a digest. Safe to call concurrently.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from headway.adapters.kustomize.cache import RenderingCache
from headway.adapters.kustomize.inputs import check_inputs, malformed_file
from headway.adapters.kustomize.kustomize import Kustomize
from headway.adapters.kustomize.output import image_parts, read_output
from headway.app.ports import Rendered, RenderRequest
from headway.domain.errors import UsageError
from headway.domain.names import CommitId, TreeId
from headway.domain.tree_path import parse_tree_path

_RENDERER = "1"
"""Goes up whenever the same output of Kustomize would come to other files."""
_CACHE_BYTES = 512 << 20


class Trees(Protocol):
    """The part of `Manifests` that a renderer reads."""

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:
        """See `Manifests.tree_ids`."""
        ...

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """See `Manifests.read_files`."""
        ...

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """See `Manifests.read_folder`."""
        ...


class KustomizeRenderer:
    """Renders what one manifests repository holds (`Renderer`)."""

    def __init__(
        self,
        *,
        trees: Trees,
        kustomize: Kustomize,
        cache: Path,
        cache_bytes: int = _CACHE_BYTES,
    ) -> None:
        """Prepare; nothing is run before the first call.

        Args:
            trees: the repository to render from.
            kustomize: the program; renderers that share it run as many of it at once as there are processors.
            cache: the folder of renderings; it may be shared by renderers and deleted at any time.
            cache_bytes: how much it may hold.
        """
        self._trees = trees
        self._kustomize = kustomize
        self._cache = RenderingCache(cache, cache_bytes)

    async def render(self, request: RenderRequest) -> Rendered:
        """See `Renderer.render`."""
        _refuse_outside(request)
        ids = await self._trees.tree_ids(request.commit, request.inputs)
        key = _key(request, ids, await self._kustomize.version())
        kept = await asyncio.to_thread(self._cache.get, key)
        if kept is not None:
            return kept
        files = await self._export(request)
        await asyncio.to_thread(check_inputs, files, request.overlay)
        output = await self._build(files, request)
        rendered = await asyncio.to_thread(read_output, output, request)
        await asyncio.to_thread(self._cache.put, key, rendered)
        return rendered

    async def _build(self, files: Mapping[str, bytes], request: RenderRequest) -> bytes:
        try:
            return await self._kustomize.build(files, request.overlay, _above(request))
        except UsageError as error:
            found = await asyncio.to_thread(malformed_file, files, error.why)
            if error.code != "kustomize-failed" or found is None:
                raise
            why = f"{found.what}: {found.why}; Kustomize says: {error.why}"
            raise UsageError(error.code, error.what, why=why, next_step=error.next_step) from error

    async def _export(self, request: RenderRequest) -> Mapping[str, bytes]:
        files: dict[str, bytes] = {}
        for path in request.inputs:
            below = await self._trees.read_folder(request.commit, path)
            files |= {f"{path}/{name}": data for name, data in below.items()}
        alone = await self._trees.read_files(request.commit, request.inputs)
        return files | {path: data for path, data in alone.items() if data is not None}


def _above(request: RenderRequest) -> Mapping[str, object]:
    """Give the generated kustomization: the instance's namespace and the locked image."""
    above: dict[str, object] = {"namespace": request.namespace}
    if request.image is not None:
        repository, digest = image_parts(request.image[1])
        above["images"] = [{"name": request.image[0], "newName": repository, "digest": digest}]
    return above


def _refuse_outside(request: RenderRequest) -> None:
    for path in (*request.inputs, request.overlay):
        if not parse_tree_path(path):
            raise UsageError(
                "path-outside",
                "a rendering reads the artifact's folder, not the whole repository",
                why="an input or the overlay is the repository's root",
                next_step="name the folders that the overlay reads",
            )


def _key(request: RenderRequest, ids: Mapping[str, TreeId | None], version: str) -> str:
    """Name a rendering by all that it follows from; the commit is not part of it, the trees are."""
    parts = (
        [_RENDERER, version, request.overlay, request.namespace, request.image],
        sorted((path, ids[path]) for path in request.inputs),
        sorted(request.image_paths),
        sorted(request.locked),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
