"""Whether an image can be pulled for a platform: its manifest, its configuration and every layer are there.

A registry can hold an index whose image for one platform was never copied, or a manifest whose layers are
gone; both are absences that a pull would meet later, so they are looked for here.
"""

from collections.abc import Sequence

from headway.adapters.registry.images import Images
from headway.adapters.registry.manifest import ImageIndex, ImageManifest, platform_of
from headway.adapters.registry.reference import Repository
from headway.adapters.registry.together import all_of
from headway.app.ports import Presence, PresenceSeen
from headway.domain.errors import Transient, UsageError
from headway.domain.names import Digest


async def find_presence(
    images: Images, repository: Repository, digest: Digest, platform: str
) -> PresenceSeen:
    """Say whether an image can be pulled; what keeps us from telling is unknown, never absent."""
    try:
        return await _look(images, repository, digest, platform)
    except Transient as error:
        return PresenceSeen(presence=Presence.UNKNOWN, words=f"{error.what}: {error.why}")
    except UsageError as error:
        absent = error.code == "image-unknown"
        return PresenceSeen(
            presence=Presence.ABSENT if absent else Presence.UNKNOWN, words=f"{error.what}: {error.why}"
        )


def is_for(platform: str, offered: str | None) -> bool:
    """Say whether an image for `offered` runs on `platform`; a variant counts only where both name one.

    An image that does not say what it is for (None) is taken as one that runs.
    """
    if offered is None:
        return True
    wanted, has = platform.split("/"), offered.split("/")
    return wanted[:2] == has[:2] and (len(wanted) < 3 or len(has) < 3 or wanted[2] == has[2])


async def _look(images: Images, repository: Repository, digest: Digest, platform: str) -> PresenceSeen:
    manifest = await images.read_manifest(repository, digest)
    if isinstance(manifest, ImageIndex):
        fitting = [entry for entry in manifest.entries if is_for(platform, entry.platform)]
        if not fitting:
            return _absent_for(platform, [entry.platform for entry in manifest.entries])
        inner = await images.read_manifest(repository, fitting[0].digest)
        if isinstance(inner, ImageIndex):
            return PresenceSeen(presence=Presence.UNKNOWN, words="it is an index of indexes")
        manifest = inner
    config = await images.read_config(repository, manifest.config)
    offered = platform_of(config)
    if not is_for(platform, offered):
        return _absent_for(platform, [offered])
    return await _look_for_layers(images, repository, manifest, platform)


async def _look_for_layers(
    images: Images, repository: Repository, manifest: ImageManifest, platform: str
) -> PresenceSeen:
    layers = tuple(dict.fromkeys(manifest.layers))
    there = await all_of([images.has_blob(repository, layer) for layer in layers])
    gone = [layer for layer, is_there in zip(layers, there, strict=True) if not is_there]
    if gone:
        words = (
            f"its manifest is there, but {len(gone)} of its {len(layers)} layers are not ({gone[0][:19]}…)"
        )
        return PresenceSeen(presence=Presence.ABSENT, words=words)
    return PresenceSeen(presence=Presence.PRESENT, words=f"can be pulled for {platform}")


def _absent_for(platform: str, offered: Sequence[str | None]) -> PresenceSeen:
    named = ", ".join(sorted({name for name in offered if name is not None})) or "no platform at all"
    return PresenceSeen(presence=Presence.ABSENT, words=f"there is none for {platform}: only for {named}")
