"""The ids of the rules about Kubernetes' own schemas."""

SCHEMA = "schema"
"""The object is not what its kind's schema in this version of Kubernetes allows."""
REMOVED_API = "removed-api"
"""The object's API version is not served any more by this version of Kubernetes."""
DEPRECATED_API = "deprecated-api"
"""The object's API version is served, and will be removed or is discouraged."""
