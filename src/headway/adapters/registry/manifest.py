"""Image manifests and indexes, parsed from the bytes that a registry gave.

Bytes are hashed before anything believes them. A manifest is somebody else's text: each part is looked at
before it is used, and what is wrong with it is said in one sentence.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from headway.adapters.registry.answers import image_malformed
from headway.adapters.registry.media import CONFIG_TYPES, INDEX_TYPES, MANIFEST_TYPES
from headway.domain.errors import UsageError
from headway.domain.names import Digest, parse_digest

_MOST_PARTS = 1000
"""Platforms of an index, and layers of an image: real ones have dozens (127 layers can be mounted)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """One platform's image in an index."""

    digest: Digest
    platform: str | None
    """None: the index does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageIndex:
    """One image for several platforms."""

    entries: tuple[IndexEntry, ...]
    """Without attestations, which say that their platform is unknown."""
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageManifest:
    """One image for one platform."""

    config: Digest
    layers: tuple[Digest, ...]
    """Those that the registry must hold: layers that come from elsewhere by their own URLs are left out."""
    annotations: Mapping[str, str]


def verify_bytes(reference: str, content: bytes, digest: Digest) -> None:
    """See that content is what its digest says.

    Raises:
        UsageError: `image-malformed`.
    """
    actual = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if actual != digest:
        raise image_malformed(reference, f"the registry gave other bytes than asked for, of digest {actual}")


def parse_manifest(reference: str, content: bytes, media_type: str | None) -> ImageIndex | ImageManifest:
    """Read a manifest; its own media type counts before the one that the registry sent with it.

    Raises:
        UsageError: `image-malformed`.
    """
    said = parse_object(reference, content)
    declared = said.get("mediaType", media_type)
    annotations = texts_of(said.get("annotations"))
    if declared is not None and not (isinstance(declared, str) and declared in MANIFEST_TYPES):
        raise image_malformed(reference, f"it is no image but {str(declared)[:100]!r}")
    if declared in INDEX_TYPES or (declared is None and "manifests" in said):
        return ImageIndex(entries=_read_entries(reference, said.get("manifests")), annotations=annotations)
    config = said.get("config")
    config_type = config.get("mediaType") if isinstance(config, dict) else None
    if isinstance(config_type, str) and config_type not in CONFIG_TYPES:
        raise image_malformed(reference, f"it is nothing that runs but {config_type[:100]!r}")
    layers = said.get("layers")
    if not isinstance(layers, list) or len(layers) > _MOST_PARTS:
        raise image_malformed(reference, "its manifest has no list of layers, or a far too long one")
    return ImageManifest(
        config=_digest_of(reference, config),
        layers=tuple(
            _digest_of(reference, layer)
            for layer in layers
            if not (isinstance(layer, dict) and isinstance(layer.get("urls"), list) and layer["urls"])
        ),
        annotations=annotations,
    )


def parse_object(reference: str, content: bytes) -> dict[str, object]:
    """Read a JSON object.

    Raises:
        UsageError: `image-malformed`.
    """
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise image_malformed(reference, "its manifest or configuration is not JSON") from error
    if not isinstance(said, dict):
        raise image_malformed(reference, "its manifest or configuration is not a JSON object")
    return said


def texts_of(value: object) -> dict[str, str]:
    """Give those entries of a mapping that are texts; of anything else nothing."""
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)}


def platform_of(value: object) -> str | None:
    """Give ``os/architecture`` or ``os/architecture/variant``; None: it does not say, or says unknown."""
    said = texts_of(value)
    parts = [said.get("os", ""), said.get("architecture", ""), said.get("variant", "")]
    is_named = all(part.isascii() and part.isalnum() and part != "unknown" for part in parts[:2])
    variant = parts[2] if parts[2].isascii() and parts[2].isalnum() else ""
    return "/".join([*parts[:2], variant])[:60].rstrip("/") if is_named else None


def _read_entries(reference: str, manifests: object) -> tuple[IndexEntry, ...]:
    if not isinstance(manifests, list) or len(manifests) > _MOST_PARTS:
        raise image_malformed(reference, "its index has no list of images, or a far too long one")
    entries = []
    for manifest in manifests:
        said = manifest.get("platform") if isinstance(manifest, dict) else None
        platform = platform_of(said)
        if said is None or platform is not None:
            entries.append(IndexEntry(digest=_digest_of(reference, manifest), platform=platform))
    return tuple(entries)


def _digest_of(reference: str, descriptor: object) -> Digest:
    digest = descriptor.get("digest") if isinstance(descriptor, dict) else None
    if not isinstance(digest, str):
        raise image_malformed(reference, "its manifest names a part without a digest")
    try:
        return parse_digest(digest)
    except UsageError as error:
        raise image_malformed(
            reference, f"its manifest names a part by {digest[:80]!r}, no digest"
        ) from error
