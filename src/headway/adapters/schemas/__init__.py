"""Manifests judged by the schemas of Kubernetes' versions, and by definitions of custom resources."""

from headway.adapters.schemas.judge import PackagedSchemas

__all__ = ["PackagedSchemas"]
