"""The identities that everything else is keyed by.

Parsed once at the edge (`parse_…`), carried inward as what they are. The tuples hash and compare in C,
because a situation holds tens of thousands of them as keys.
"""

import re
from typing import NamedTuple, NewType

from headway.domain.errors import UsageError

Digest = NewType("Digest", str)
"""An image's identity: ``sha256:`` and 64 hexadecimal digits."""

CommitId = NewType("CommitId", str)
"""A Git commit: 40 hexadecimal digits."""

TreeId = NewType("TreeId", str)
"""A Git tree: 40 hexadecimal digits. Equal ids are equal contents, so it stands for a rendering."""

PromotionId = NewType("PromotionId", str)
"""Names a promotion, its commit and the deployment that follows: 16 hexadecimal digits."""

EnvironmentName = NewType("EnvironmentName", str)
"""A place to run, with one engine: ``staging``."""

RepositoryName = NewType("RepositoryName", str)
"""A manifests repository as the estate calls it: ``argocd-oc-apps``."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class ArtifactName(NamedTuple):
    """What is released on its own, inside its application: ``oneconnect/app1``."""

    application: str
    artifact: str

    def __str__(self) -> str:
        return f"{self.application}/{self.artifact}"


class InstanceName(NamedTuple):
    """An application deployed in an environment: ``oneconnect/staging``."""

    application: str
    instance: str

    def __str__(self) -> str:
        return f"{self.application}/{self.instance}"


class Cell(NamedTuple):
    """One artifact in one instance: the unit that is planned."""

    artifact: ArtifactName
    instance: InstanceName

    def __str__(self) -> str:
        return f"{self.artifact} in {self.instance}"


class Version(NamedTuple):
    """One immutable state of an artifact: its image's digest and its configuration commit.

    ``digest`` is None for an artifact without an image (plain configuration).
    """

    digest: Digest | None
    commit: CommitId

    def __str__(self) -> str:
        """Give the short form that people read and type: ``1f6e2a9c+0b12cd34``."""
        image = self.digest.removeprefix("sha256:")[:8] if self.digest else "-"
        return f"{image}+{self.commit[:8]}"


def parse_digest(text: str) -> Digest:
    """Read an image digest.

    Raises:
        UsageError: it is not ``sha256:`` and 64 lower-case hexadecimal digits.
    """
    if not _DIGEST.fullmatch(text):
        raise UsageError(
            "digest-malformed",
            f"{text!r} is not an image digest",
            why="a digest is sha256: and 64 hexadecimal digits",
            next_step="take it from `headway versions`",
        )
    return Digest(text)


def parse_commit(text: str) -> CommitId:
    """Read a full Git commit id.

    Raises:
        UsageError: it is not 40 lower-case hexadecimal digits.
    """
    if not _COMMIT.fullmatch(text):
        raise UsageError(
            "commit-malformed",
            f"{text!r} is not a commit id",
            why="a commit id is 40 hexadecimal digits",
            next_step="take it from `git rev-parse` or `headway versions`",
        )
    return CommitId(text)


def parse_artifact(text: str) -> ArtifactName:
    """Read ``application/artifact``.

    Raises:
        UsageError: it is not two names of lower-case letters, digits and dashes around one slash.
    """
    return ArtifactName(*_two_names(text, "an artifact", "oneconnect/app1"))


def parse_instance(text: str) -> InstanceName:
    """Read ``application/instance``.

    Raises:
        UsageError: it is not two names of lower-case letters, digits and dashes around one slash.
    """
    return InstanceName(*_two_names(text, "an instance", "oneconnect/staging"))


def is_label(text: str) -> bool:
    """Say whether a name can stand in a path, a branch and a Kubernetes name (RFC 1123 label)."""
    return _LABEL.fullmatch(text) is not None


def _two_names(text: str, what: str, example: str) -> tuple[str, str]:
    parts = text.split("/")
    if len(parts) != 2 or not all(is_label(part) for part in parts):
        raise UsageError(
            "name-malformed",
            f"{text!r} does not name {what}",
            why="a name is two words of lower-case letters, digits and dashes around one slash",
            next_step=f"write it like {example}",
        )
    return parts[0], parts[1]
