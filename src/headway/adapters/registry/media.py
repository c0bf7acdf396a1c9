"""The media types of image manifests, OCI's and Docker's, and what they say to a registry that we accept."""

INDEX_TYPES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)
"""One image for several platforms: a list of image manifests."""

IMAGE_TYPES = frozenset(
    {
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    }
)
"""One image for one platform."""

MANIFEST_TYPES = INDEX_TYPES | IMAGE_TYPES

CONFIG_TYPES = frozenset(
    {
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
    }
)
"""The configuration of something that runs; other types are charts, signatures and the like."""

ACCEPT = ", ".join(sorted(MANIFEST_TYPES))
"""The Accept header: without it a registry may convert an image, which changes its digest."""
