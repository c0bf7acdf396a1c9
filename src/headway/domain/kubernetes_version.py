"""Which Kubernetes an environment runs: what its manifests must be valid for."""

import re
from typing import NamedTuple

_VERSION = re.compile(r"(?P<major>1)\.(?P<minor>0|[1-9][0-9]{0,2})")


class KubernetesVersion(NamedTuple):
    """A minor version, ``1.34``: what Kubernetes' API changes with. Ordered."""

    major: int
    minor: int

    @property
    def next(self) -> "KubernetesVersion":
        """Give the minor version after this one."""
        return self._replace(minor=self.minor + 1)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def parse_kubernetes_version(text: str) -> KubernetesVersion | None:
    """Read ``1.34``; None: it is no minor version of Kubernetes."""
    found = _VERSION.fullmatch(text)
    return KubernetesVersion(int(found["major"]), int(found["minor"])) if found else None
