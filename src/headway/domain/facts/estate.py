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
