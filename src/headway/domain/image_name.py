"""An image's name as manifests write it, taken apart."""

from dataclasses import dataclass

from headway.domain.errors import UsageError
from headway.domain.names import Digest, parse_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageName:
    """``registry/path:tag@sha256:…``; tag and digest may both be missing."""

    repository: str
    tag: str | None
    digest: Digest | None


def parse_image_name(text: str) -> ImageName:
    """Take an image's name apart; a digest that is none counts as not there."""
    head, _, after = text.partition("@")
    digest: Digest | None = None
    if after:
        try:
            digest = parse_digest(after)
        except UsageError:
            digest = None
    before, colon, tag = head.rpartition(":")
    if colon and "/" not in tag:
        return ImageName(repository=before, tag=tag, digest=digest)
    return ImageName(repository=head, tag=None, digest=digest)
