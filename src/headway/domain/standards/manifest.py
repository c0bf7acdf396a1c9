"""What every standard reads of a manifest, whatever it lacks or has wrong."""

from collections.abc import Mapping

from headway.domain.standards.judgement import ObjectKey


def key_of(manifest: Mapping[str, object]) -> ObjectKey:
    """Give an object's key; what is missing or no text is empty."""
    metadata = manifest.get("metadata")
    named = metadata if isinstance(metadata, Mapping) else {}
    return ObjectKey(
        api_version=_text(manifest.get("apiVersion")),
        kind=_text(manifest.get("kind")),
        namespace=_text(named.get("namespace")),
        name=_text(named.get("name")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
