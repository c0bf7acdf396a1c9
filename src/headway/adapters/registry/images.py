"""Reads images from a registry: manifests, configurations and what they say, each verified by its digest.

An index says what it has by its entries; what it does not say of source and time is read from its first
image, for one more request or two.
"""

import hashlib
from collections.abc import Sequence

from headway.adapters.registry.answers import away, image_malformed, image_unknown, is_absence
from headway.adapters.registry.description import Said, describe
from headway.adapters.registry.http import RegistryHttp
from headway.adapters.registry.manifest import (
    ImageIndex,
    ImageManifest,
    parse_manifest,
    parse_object,
    platform_of,
    texts_of,
    verify_bytes,
)
from headway.adapters.registry.media import ACCEPT, MANIFEST_TYPES
from headway.adapters.registry.reference import Repository
from headway.app.ports import ImageSeen
from headway.domain.errors import UsageError
from headway.domain.names import Digest, parse_digest

MOST_MANIFEST_BYTES = 4 * 1024 * 1024
"""The distribution specification lets registries refuse larger manifests; so do we."""
MOST_CONFIG_BYTES = 8 * 1024 * 1024
"""Configurations hold a history of each layer and the labels: some KiB in practice."""


class Images:
    """Reads the images of registries; safe to use concurrently."""

    def __init__(self, http: RegistryHttp) -> None:
        self._http = http

    async def read_manifest(self, repository: Repository, digest: Digest) -> ImageIndex | ImageManifest:
        """Read the manifest with this digest.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `image-unknown`, `image-malformed`.
        """
        reference = f"{repository}@{digest}"
        content, media_type = await self._read(
            repository, f"manifests/{digest}", MOST_MANIFEST_BYTES, reference
        )
        verify_bytes(reference, content, digest)
        return parse_manifest(reference, content, media_type)

    async def read_config(self, repository: Repository, digest: Digest) -> dict[str, object]:
        """Read an image's configuration.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `image-unknown`, `image-malformed`.
        """
        reference = f"{repository}@{digest}"
        content, _ = await self._read(repository, f"blobs/{digest}", MOST_CONFIG_BYTES, reference)
        verify_bytes(reference, content, digest)
        return parse_object(reference, content)

    async def resolve_tag(self, repository: Repository, tag: str) -> Digest:
        """Give the digest that a tag points at now.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `image-unknown`, `image-malformed`.
        """
        reference = f"{repository}:{tag}"
        answer = await self._http.ask(
            repository, f"manifests/{tag}", method="HEAD", most_bytes=0, headers={"Accept": ACCEPT}
        )
        named = answer.headers.get("docker-content-digest")
        if answer.status == 200 and named is not None:
            try:
                return parse_digest(named)
            except UsageError as error:
                raise image_malformed(reference, f"the registry names it by {named[:80]!r}") from error
        # no digest in the answer, or a 404 whose reason a HEAD cannot tell: read it whole
        content, _ = await self._read(repository, f"manifests/{tag}", MOST_MANIFEST_BYTES, reference)
        return Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")

    async def has_blob(self, repository: Repository, digest: Digest) -> bool:
        """Say whether the registry has a blob; one that it redirects to counts as there.

        Raises:
            Transient: `registry-away`, `registry-denied`.
        """
        answer = await self._http.ask(repository, f"blobs/{digest}", method="HEAD", most_bytes=0)
        return answer.status != 404

    async def look_at(self, repository: Repository, digest: Digest, tags: Sequence[str]) -> ImageSeen:
        """Read what an image says of itself.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `image-unknown`, `image-malformed`.
        """
        manifest = await self.read_manifest(repository, digest)
        if isinstance(manifest, ImageIndex):
            return await self._look_at_index(repository, digest, tags, manifest)
        config = await self.read_config(repository, manifest.config)
        platform = platform_of(config)
        said = Said(texts=(manifest.annotations, _labels_of(config)))
        return describe(digest, tags, said, [platform] if platform else [], _created_of(config))

    async def _look_at_index(
        self, repository: Repository, digest: Digest, tags: Sequence[str], index: ImageIndex
    ) -> ImageSeen:
        platforms = [entry.platform for entry in index.entries if entry.platform is not None]
        said, created = Said(texts=(index.annotations,)), None
        if index.entries and not all(said.find(name) for name in ("revision", "source", "created")):
            first = await self.read_manifest(repository, index.entries[0].digest)
            if isinstance(first, ImageIndex):
                raise image_malformed(f"{repository}@{digest}", "it is an index of indexes")
            config = await self.read_config(repository, first.config)
            said = Said(texts=(index.annotations, first.annotations, _labels_of(config)))
            created = _created_of(config)
        return describe(digest, tags, said, platforms, created)

    async def _read(
        self, repository: Repository, rest: str, most_bytes: int, reference: str
    ) -> tuple[bytes, str | None]:
        answer = await self._http.ask(
            repository, rest, most_bytes=most_bytes, headers={"Accept": f"{ACCEPT}, */*"}
        )
        if not answer.is_whole:
            raise image_malformed(
                reference, f"its manifest or configuration is larger than {most_bytes} bytes"
            )
        if is_absence(answer.status, answer.body):
            raise image_unknown(reference)
        if answer.status != 200:
            raise away(repository.host, f"it answered {answer.status}, not in the words of a registry")
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
        return answer.body, media_type if media_type in MANIFEST_TYPES else None


def _labels_of(config: dict[str, object]) -> dict[str, str]:
    inner = config.get("config")
    return texts_of(inner.get("Labels")) if isinstance(inner, dict) else {}


def _created_of(config: dict[str, object]) -> str | None:
    created = config.get("created")
    return created if isinstance(created, str) else None
