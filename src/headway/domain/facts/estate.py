"""Facts about what people wrote on `main`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from headway.domain.estate import Estate
from headway.domain.names import CommitId, RepositoryName


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateTaken:
    """An estate is in force from here on."""

    TYPE: ClassVar = "estate-taken"
    SCHEMA: ClassVar = 1
    commits: Mapping[RepositoryName, CommitId]
    estate: Estate


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateRefused:
    """What stands on `main` cannot be read or may not take force; the last good estate stays."""

    TYPE: ClassVar = "estate-refused"
    SCHEMA: ClassVar = 1
    commits: Mapping[RepositoryName, CommitId]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateWaiting:
    """What stands on `main` loosens a gate or gives a role: it waits until somebody accepts it."""

    TYPE: ClassVar = "estate-waiting"
    SCHEMA: ClassVar = 1
    commits: Mapping[RepositoryName, CommitId]
    fingerprint: str
    """Of the commits: what is accepted is exactly this."""
    loosens: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateAccepted:
    """A person who held the power before lets a looser estate take force. The actor of the fact did."""

    TYPE: ClassVar = "estate-accepted"
    SCHEMA: ClassVar = 1
    fingerprint: str
