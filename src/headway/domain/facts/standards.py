"""Facts about standards: what judges, and what was found of versions and of what runs."""

from dataclasses import dataclass
from typing import ClassVar

from headway.domain.names import ArtifactName, CommitId, InstanceName, TreeId, Version
from headway.domain.standards.judgement import Unjudged, Violation
from headway.domain.standards.problem import PolicyProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsTaken:
    """What judges is in force from here on: the estate's own standards, and what it uses of Headway's."""

    TYPE: ClassVar = "standards-taken"
    SCHEMA: ClassVar = 1
    commit: CommitId | None
    """The commit of `main` whose `standards/` it is; None: it was not read since Headway itself changed."""
    headway: str
    """The version of Headway that asks them."""
    fingerprint: str
    """Of every document and rule, and of the Headway that asks them; empty: it is not known."""
    chosen: tuple[str, ...]
    """What the estate uses of the standards that come with Headway, as it names them."""
    rules: tuple[str, ...] = ()
    """The ids of all that can be asked, but those of schemas."""
    problems: tuple[PolicyProblem, ...] = ()
    """What makes others unusable: nothing passes until they are mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsJudged:
    """A version, as it is rendered for an instance, was judged by the standards in force, waivers aside."""

    TYPE: ClassVar = "standards-judged"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    instance: InstanceName
    version: Version
    fingerprint: str
    """Of all that the verdict depends on; the verdict is worth nothing where it is another now."""
    violations: tuple[Violation, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    rests_on: tuple[tuple[ArtifactName, InstanceName, TreeId], ...] = ()
    """Where definitions of its custom resources were found, and in which manifests."""
    failure: str = ""
    """Why it could not be judged at all; empty: it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningJudged:
    """What runs meets today's standards no longer, or again, or in another way; it is not touched."""

    TYPE: ClassVar = "running-judged"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    instance: InstanceName
    version: Version
    violations: tuple[Violation, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    """Both empty: it meets them."""
