"""The error of a pod that cannot be made from what its manifests say."""

from headway.domain.errors import UsageError


def unresolved(what: str, why: str) -> UsageError:
    """Say what cannot be made and why; the engine reports it as trouble of the surroundings."""
    return UsageError("pod-unresolved", what, why=why, next_step="mend the manifests")
